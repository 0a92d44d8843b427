"""What a client holds, brought up to date with what changed, is what a fresh look shows: over random histories and cuts."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import changes
from server.jam import commands as c
from server.jam.changes import ChangeLog, PersonalChange, PersonalLog
from server.jam.entities import LogEntry
from server.jam.people import CROSS_TIER, KEEPERS, Relation, Role, Viewer
from server.jam.state import JamState
from server.jam.tallies import WHOLE_JAM
from server.jam.visibility import reaches
from tests.jam.commanding import PARTICIPANTS, settled_world, wander
from tests.jam.world import World, plain

CLASSES = [
    Viewer(None, role, relation)
    for role in (Role.PARTICIPANT, Role.MODERATOR, Role.REVIEWER)
    for relation in (Relation.EMPLOYEE, Relation.FAMILY, Relation.FRIEND)
]
Key = tuple[str, str]
SEEDS = st.integers(0, 1_000_000)

UNSEEN = {"carried", "rising", "x", "y", "seen", "former_reaches", "children"}
"""Of an idea: what no client is shown, the map, which is fetched anew after a run, and build-ons, of which each sees their own."""


def the_jam(state: JamState, viewer: Viewer) -> Any:
    names = ("titles", "questions", "descriptions", "rules", "schedule", "published", "theme_run")
    topics = [topic for topic in state.topics.values() if state.sees_topic(viewer, topic)]
    counts = [tuple(state.tallies.of(scope, viewer)) for scope in (WHOLE_JAM, *(topic.id for topic in topics))]
    return {name: plain(getattr(state, name)) for name in names} | {
        "members": len(state.members), "counts": counts, "topics": plain(topics), "log": len(list(told_lines(state, viewer))),
    }  # fmt: skip


def told_lines(state: JamState, viewer: Viewer) -> Iterator[LogEntry]:
    for line in state.log:
        comment = state.comment(line.target)
        idea = state.idea(line.target if comment is None else comment.idea)
        if idea is None or reaches(viewer, idea.reach):
            yield line


def shown(state: JamState, viewer: Viewer) -> dict[Key, Any]:
    """Every entity as a client of this class may be shown it."""
    seen: dict[Key, Any] = {(changes.JAM, state.id): the_jam(state, viewer)}
    for idea in state.ideas:
        if state.sees_idea(viewer, idea):
            build_ons = {"children": [child.id for child in state.visible_ideas(viewer, idea.children)]}
            seen[changes.IDEA, idea.id] = build_ons | {k: v for k, v in plain(idea)[1].items() if k not in UNSEEN}
    for comment in state.comments:
        if state.sees_comment(viewer, comment):
            seen[changes.COMMENT, comment.id] = plain(comment)
    for theme in state.themes.values():
        count = state.tallies.of(theme.id, viewer)
        if count.ideas or viewer.role in CROSS_TIER:
            told = {k: v for k, v in plain(theme)[1].items() if k not in ("ideas", "seq")}
            seen[changes.THEMES, theme.id] = (told, tuple(count))
    for announcement in state.announcements:
        seen[changes.ANNOUNCEMENT, announcement.id] = plain(announcement)
    for report in state.reports.values() if viewer.role in KEEPERS else ():
        seen[changes.REPORT, report.id] = plain(report)
    return seen


def caught_up(stale: dict[Key, Any], state: JamState, viewer: Viewer, after: int) -> dict[Key, Any]:
    """The client's side: each changed thing that it may notice is replaced by what it is now, or forgotten."""
    noted = state.changes.since(after, 1_000_000)
    assert noted is not None
    changed = {(kind.partition(":")[0], id) for kind, id in noted if changes.may_notice(viewer, kind)}
    fresh = shown(state, viewer)
    held = {key: value for key, value in stale.items() if key not in changed}
    return held | {key: fresh[key] for key in changed if key in fresh}


def votes(world: World) -> dict[str, set[str]]:
    return {person: {world.state.ideas[number].id for number in world.member(person).supports} for person in PARTICIPANTS}


def personal(world: World, person: str) -> Any:
    member = world.member(person)
    likes = [comment.id for comment in world.state.comments if member.number in comment.likers]
    return plain([member.role, member.circles, member.notices, member.read_seq, likes])


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 60), st.integers(1, 40))
def test_stale_and_what_changed_is_fresh(seed: int, before: int, since: int) -> None:
    world = settled_world()
    wander(world, seed, before)
    stale, after = {viewer: shown(world.state, viewer) for viewer in CLASSES}, world.state.seq
    own = votes(world)
    mine = {person: personal(world, person) for person in PARTICIPANTS}
    wander(world, seed + 1, since)
    for viewer in CLASSES:
        assert caught_up(stale[viewer], world.state, viewer, after) == shown(world.state, viewer)
    for person in PARTICIPANTS:
        told = world.state.personal.since(person, after)
        assert told is not None
        held = (own[person] | {idea for idea, on in told.items() if on}) - {idea for idea, on in told.items() if not on}
        assert held == votes(world)[person]
        if personal(world, person) != mine[person]:
            assert world.member(person).touched > after


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 60), st.integers(1, 40))
def test_a_circle_is_told_of_everything_that_changes_in_it(seed: int, before: int, since: int) -> None:
    """Its members learn of it one by one: whoever sees a changed thing of a circle has been touched."""
    world = settled_world()
    wander(world, seed, before)
    after = world.state.seq
    wander(world, seed + 1, since)
    for idea in world.state.ideas:
        if idea.reach.circle in world.state.circles and idea.seq > after:
            for person in world.state.circles[idea.reach.circle].members:
                assert world.member(person).touched > after


def test_views_do_not_change_what_is_shown(world: World) -> None:
    idea = world.post()
    before = world.state.seq
    world.do(c.CountSeen, "system", counts={idea: 3})
    assert world.state.changes.since(before, 10) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=30), st.integers(0, 30), st.integers(0, 9))
def test_since_lists_each_thing_once_newest_first(noted: list[tuple[str, int]], after: int, most: int) -> None:
    log = ChangeLog()
    last: dict[tuple[str, str], int] = {}
    for seq, (kind, number) in enumerate(noted, start=1):
        log.note(kind, str(number), seq)
        last[kind, str(number)] = seq
    expected = sorted((key for key, seq in last.items() if seq > after), key=lambda key: -last[key])
    assert log.since(after, most) == (expected if len(expected) <= most else None)
    assert sorted(log) == sorted((*key, seq) for key, seq in last.items())


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans(), st.integers(0, 2)), max_size=40),
    st.integers(1, 12),
    st.integers(0, 30),
)
def test_what_a_person_changed_is_found_as_by_looking_at_everything(
    noted: list[tuple[str, str, bool, int]], most: int, after: int
) -> None:
    ring, everything, seq = PersonalLog(most), list[PersonalChange](), 1
    for person, idea, supported, step in noted:
        seq += step
        everything.append(PersonalChange(seq, person, idea, supported))
        ring.note(everything[-1])
    kept = everything[-most:]
    assert list(ring) == kept
    for person in "abcd":
        theirs = {one.idea: one.supported for one in kept if one.person == person and one.seq > after}
        reaches_back = len(kept) < most or kept[0].seq <= after
        assert ring.since(person, after) == (theirs if reaches_back else None)
    assert sum(map(len, ring._by_person.values())) == len(kept)


def test_a_ring_that_does_not_reach_back_says_so() -> None:
    ring = PersonalLog(most=3)
    for seq, idea in enumerate("abcd", start=1):
        ring.note(PersonalChange(seq, "ann", idea, True))
    assert ring.since("ann", 1) is None
    assert ring.since("ann", 2) == {"c": True, "d": True}
    assert ring.since("ben", 2) == {}
    ring.note(PersonalChange(5, "ann", "d", False))
    assert ring.since("ann", 3) == {"d": False}
