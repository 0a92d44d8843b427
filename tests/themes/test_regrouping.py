"""A grouping of a jam: what it tells, what it keeps, and whose words it uses. Decided and applied by the real domain."""

from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from clustering import TfidfEmbedder
from server.jam import commands as c
from server.jam import ids
from server.jam.rejections import Rejection
from server.jam.theme_proposals import settled_themes
from server.jam.visibility import Audience
from server.snapshots import dump, load
from server.themes.edits import edits_of, survivor
from server.themes.foreseeing import foreseen
from server.themes.items import belongs, item_of, notes_of, pack
from server.themes.messages import Grouping, Item, Request
from server.themes.regrouping import regroup
from server.themes.report import report
from server.themes.vectors import VectorStore
from tests.jam.world import EMPLOYEES, World, newest
from tests.themes.texts import ALL, SUBJECTS


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in the clustering processes."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path, TfidfEmbedder())


def items_of(world: World) -> list[Item]:
    return [item_of(idea) for idea in world.state.ideas if belongs(idea)]


def group(world: World, store: VectorStore, settled: frozenset[str] | None = None) -> Grouping:
    """Groups the jam as it stands and records it; `settled`: as the jam's state says."""
    items, state = items_of(world), world.state
    store.embed({item.key: item.text for item in items})
    command_id = f"themes:{state.seq}"
    run = ids.derive_id(ids.RUN, ids.SYSTEM, command_id)
    before = state.theme_run.id if state.theme_run is not None else None
    upto = state.theme_run.upto if state.theme_run is not None else 0
    settled = settled_themes(state, len(items)) if settled is None else settled
    fresh = frozenset(idea.id for idea in state.ideas[upto:])
    request = Request(
        state.id, run, before, "en", "auto", [pack(items)], notes_of(state), edits_of(state), settled, fresh, foreseen(state)
    )  # fmt: skip
    made = regroup(store, request)
    world.do(
        c.RecordGrouping, ids.SYSTEM, id=command_id, model=made.model, granularity="auto", reason=made.reason,
        themes=made.themes, placements=made.placements, report=made.report, proposals=made.proposals, **newest(state),
    )  # fmt: skip
    assert state.theme_run is not None
    assert state.theme_run.id == run
    return made


def full_world() -> World:
    world = World()
    for text in ALL:
        world.post(title=text)
    return world


def theme_of(world: World, id: str) -> str | None:
    return world.idea(id).theme


def test_ideas_of_one_subject_come_together_and_themes_explain_themselves(store: VectorStore) -> None:
    world = full_world()
    made = group(world, store)
    assert len(made.placements) == len(ALL)
    themes = world.state.board_themes()
    assert 2 <= len(themes) <= 8
    for theme in themes:
        assert theme.id.startswith("h")
        assert len(theme.id) == 14
        assert theme.name
        assert theme.keywords
        assert 0 <= theme.x <= 1
        assert {world.idea(id).theme for id in theme.medoids} == {theme.id}
    together = [[theme_of(world, idea.id) for idea in world.state.ideas][start : start + 6] for start in range(0, len(ALL), 6)]
    for subject in together:
        assert max(subject.count(theme) for theme in subject) >= 4
    for sub in (theme for theme in world.state.themes.values() if theme.parent):
        assert {world.state.ideas[number].theme for number in sub.ideas} == {sub.parent}


def test_the_same_jam_gives_the_same_grouping(tmp_path: Path) -> None:
    one = group(full_world(), VectorStore(tmp_path / "a", TfidfEmbedder(256)))
    other = group(full_world(), VectorStore(tmp_path / "b", TfidfEmbedder(256)))
    assert one == other


def test_identities_stay_when_ideas_arrive(store: VectorStore) -> None:
    world = full_world()
    group(world, store)
    before = {idea.id: idea.theme for idea in world.state.ideas}
    colors = {theme.id: theme.color for theme in world.state.board_themes()}
    world.post(title="A bicycle trailer to lend")
    world.post(title="Solar lamps on the bicycle path")
    group(world, store)
    stayed = [world.idea(id).theme == theme for id, theme in before.items()]
    assert sum(stayed) >= 0.9 * len(stayed)
    assert {theme.id: theme.color for theme in world.state.board_themes()}.items() >= {
        id: color for id, color in colors.items() if id in world.state.themes
    }.items()


def test_identities_stay_when_the_derived_data_was_deleted(tmp_path: Path) -> None:
    world = full_world()
    group(world, VectorStore(tmp_path / "a", TfidfEmbedder(256)))
    before = {idea.id: idea.theme for idea in world.state.ideas}
    group(world, VectorStore(tmp_path / "b", TfidfEmbedder(256)))
    assert sum(world.idea(id).theme == theme for id, theme in before.items()) >= 0.9 * len(before)


def test_restricted_ideas_have_a_theme_and_lend_no_word(store: VectorStore) -> None:
    world = full_world()
    secret = [world.post(title=f"Safe bicycle lanes on every Zanzibar road {n}", audience=EMPLOYEES) for n in range(3)]
    made = group(world, store)
    bikes = theme_of(world, world.state.ideas[0].id)
    assert {theme_of(world, id) for id in secret} == {bikes}
    told = repr(list(made.themes)).casefold()
    assert "zanzibar" not in told
    assert not any(id in told for id in secret)
    without = group(full_world(), VectorStore(store.path.parent / "other", TfidfEmbedder()))
    assert [dict(theme) | {"x": 0, "y": 0} for theme in made.themes] == [dict(t) | {"x": 0, "y": 0} for t in without.themes]


def test_circles_and_what_is_not_listed_are_left_out(store: VectorStore) -> None:
    world = full_world()
    circle = world.circle("ann", "ben")
    closed = world.post(title="Bicycle secret of the few", audience=Audience(circle=circle))
    hidden, removed, merged = (world.state.ideas[number].id for number in (0, 1, 2))
    world.do(c.HideIdea, "mod", idea=hidden, reason="not now")
    world.do(c.RemoveIdea, "mod", idea=removed, reason="not ever")
    world.do(c.MergeIdeas, "mod", idea=merged, into=world.state.ideas[3].id, reason="the same")
    made = group(world, store)
    assert {closed, hidden, removed, merged} & {placement[0] for placement in made.placements} == set()
    assert "few" not in repr(made.themes)


def test_a_jam_of_nothing_but_restricted_ideas_shows_no_theme(store: VectorStore) -> None:
    world = World()
    for text in SUBJECTS["bikes"]:
        world.post(title=text, audience=EMPLOYEES)
    made = group(world, store)
    assert made.themes == ()
    assert {placement[1] for placement in made.placements} == {None}


def test_a_theme_split_off_of_restricted_ideas_stays(store: VectorStore) -> None:
    world = full_world()
    secret = [world.post(title=f"Safe bicycle lanes on every Zanzibar road {n}", audience=EMPLOYEES) for n in range(2)]
    group(world, store)
    theme = theme_of(world, secret[0])
    new = world.make(ids.THEME, c.SplitTheme, "mod", theme=theme, ideas=tuple(secret), name="Projects")
    for _ in range(2):
        group(world, store)
        assert {theme_of(world, id) for id in secret} == {new}
        assert world.state.themes[new].given_name == "Projects"


def test_the_report_names_themes_sizes_and_central_ideas(store: VectorStore) -> None:
    world = full_world()
    assert report(world.state) == ["jam: no themes yet."]
    group(world, store)
    lines = report(world.state)
    assert lines[0] == f"jam: 24 ideas in {len(world.state.board_themes())} themes, 0 in none."
    text = "\n".join(lines)
    for theme in world.state.board_themes():
        assert f"{theme.label} ({theme.id}): {len(theme.ideas)} ideas" in text
        assert world.idea(theme.medoids[0]).title in text


# ------------------------------------------------------------------------------------------------------ decisions by hand
EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pin", "exclude", "rename", "merge", "split", "post", "hide", "group", "settle", "settle", "accept", "decline"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=8,
)


def act(world: World, store: VectorStore, what: str, one: int, other: int) -> None:
    """One act of a moderator or participant; what the domain refuses does not happen."""
    ideas, boards = world.state.ideas, world.state.board_themes()
    idea = ideas[one % len(ideas)].id
    if what == "group":
        group(world, store)
    elif what == "settle":
        group(world, store, settled=frozenset(theme.id for theme in boards))
    elif what in ("accept", "decline"):
        kind = c.AcceptThemeProposal if what == "accept" else c.DeclineThemeProposal
        for id in list(world.state.theme_proposals)[one % 2 :][:1]:
            world.do(kind, "mod", proposal=id)
    elif what == "post":
        world.post(title=f"{ALL[one % len(ALL)]} {other}", audience=EMPLOYEES if other % 3 == 0 else Audience())
    elif what == "hide":
        world.do(c.HideIdea, "mod", idea=idea, reason="not now")
    elif boards:
        theme, second = boards[one % len(boards)].id, boards[other % len(boards)].id
        command: dict[str, tuple[type[c.Command], dict[str, object]]] = {
            "pin": (c.PinToTheme, {"idea": idea, "theme": second}),
            "exclude": (c.ExcludeFromTheme, {"idea": idea, "theme": second}),
            "rename": (c.RenameTheme, {"theme": theme, "name": f"Name {one}"}),
            "merge": (c.MergeThemes, {"theme": theme, "into": second}),
            "split": (c.SplitTheme, {"theme": theme, "ideas": some_of(world, theme, other), "name": f"Part {other}"}),
        }
        kind, given = command[what]
        world.do(kind, "mod", **given)


def some_of(world: World, theme: str, count: int) -> tuple[str, ...]:
    members = sorted(world.state.themes[theme].ideas)
    return tuple(world.state.ideas[number].id for number in members[: 1 + count % 3])


def assert_decisions_hold(world: World) -> None:
    state = world.state
    edits = edits_of(state)
    for idea, theme in edits.pins.items():
        if belongs(world.idea(idea)):
            assert theme_of(world, idea) == theme
    for idea, themes in edits.exclusions.items():
        if belongs(world.idea(idea)):
            assert theme_of(world, idea) not in themes


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, VectorStore]]:
    store, world = VectorStore(tmp_path_factory.mktemp("vectors"), TfidfEmbedder(256)), full_world()
    with threadpool_limits(limits=1):
        group(world, store)
    yield world, store
    store.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_whatever_people_decide_holds_after_every_later_run(
    grouped: tuple[World, VectorStore], acts: list[tuple[str, int, int]]
) -> None:
    world, store = copy(grouped[0]), grouped[1]
    world.state = load(dump(grouped[0].state))
    for what, one, other in acts:
        try:
            act(world, store, what, one, other)
        except Rejection:
            continue
    pins = dict(edits_of(world.state).pins)
    names = {theme.id: theme.given_name for theme in world.state.board_themes() if theme.given_name and theme.ideas}
    merged = {theme.id: survivor(world.state, theme.id) for theme in world.state.themes.values() if theme.merged_into}
    for is_settled in (False, True):
        group(world, store, settled=frozenset(theme.id for theme in world.state.board_themes()) if is_settled else None)
        assert_decisions_hold(world)
        assert edits_of(world.state).pins == pins
        standing = {theme.id: theme for theme in world.state.board_themes()}
        assert not merged.keys() & standing.keys()
        for id, name in names.items():
            if any(belongs(idea) and idea.theme == id for idea in world.state.ideas):
                assert standing[id].given_name == name
