"""Real groupings of settled themes: what they propose, what moderators make of it, and what the map does meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from clustering import TfidfEmbedder
from server.jam import commands as c
from server.jam.theme_proposals import Draft, ProposalKind
from server.themes.vectors import VectorStore
from tests.jam.world import EMPLOYEES, World
from tests.themes.test_regrouping import group, theme_of
from tests.themes.texts import SUBJECTS


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(limits=1):
        yield


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path, TfidfEmbedder(256))


class Board(World):
    """Ideas of four subjects, grouped by hand as a test says; then regrouped for real, every theme settled."""

    def __init__(self) -> None:
        super().__init__()
        self.ideas = {name: [self.post(title=text) for text in texts] for name, texts in SUBJECTS.items()}
        self.secret = [self.post(title=f"Safe bicycle lanes on every Zanzibar road {n}", audience=EMPLOYEES) for n in range(2)]

    def regroup(self, store: VectorStore) -> dict[ProposalKind, Draft]:
        group(self, store, settled=frozenset(theme.id for theme in self.state.board_themes()))
        return {proposal.draft.kind: proposal.draft for proposal in self.state.theme_proposals.values() if proposal.is_open}

    def of(self, subject: str) -> set[str | None]:
        return {theme_of(self, id) for id in self.ideas[subject]}

    def proposal(self, kind: ProposalKind) -> str:
        return next(id for id, proposal in self.state.theme_proposals.items() if proposal.draft.kind is kind)

    def places(self) -> dict[str, tuple[float, float]]:
        return {idea.id: (idea.x or 0.0, idea.y or 0.0) for idea in self.state.ideas}


FIRST, SECOND, THIRD, FOURTH = SUBJECTS


def mixed() -> Board:
    """h1 holds two subjects, and those of employees; h2 and h3 are halves of one."""
    board = Board()
    ideas = board.ideas
    board.group({
        "h1": [*ideas[FIRST], *ideas[SECOND], *board.secret], "h2": ideas[THIRD][:4], "h3": ideas[THIRD][4:], "h4": ideas[FOURTH],
    })  # fmt: skip
    return board


def shift(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]], ideas: list[str]) -> float:
    """The median distance that ideas moved on the map, its side being 1."""
    return float(np.median([np.hypot(*np.subtract(after[id], before[id])) for id in ideas]))


def test_what_a_run_would_change_is_proposed_and_not_done(store: VectorStore) -> None:
    board = mixed()
    made = board.regroup(store)
    assert board.of(FIRST) == board.of(SECOND) == {"h1"}
    assert (board.of(THIRD), board.of(FOURTH)) == ({"h2", "h3"}, {"h4"})
    merge, split = made[ProposalKind.MERGE], made[ProposalKind.SPLIT]
    assert (set(merge.themes), split.themes) == ({"h2", "h3"}, ("h1",))
    moving = set(split.moving)
    assert moving in (set(board.ideas[FIRST]) | set(board.secret), set(board.ideas[SECOND]))
    assert merge.parts[0].name
    assert all(part.name and part.central for part in split.parts)
    assert split.cohesion[1] > split.cohesion[0]
    told = repr([(part.name, part.keywords) for draft in made.values() for part in draft.parts]).casefold()
    assert "zanzibar" not in told
    assert not any(id in part.central for draft in made.values() for part in draft.parts for id in board.secret)


def test_what_was_accepted_is_what_the_next_run_finds(store: VectorStore) -> None:
    board = mixed()
    board.regroup(store)
    for kind in (ProposalKind.MERGE, ProposalKind.SPLIT):
        board.do(c.AcceptThemeProposal, "mod", proposal=board.proposal(kind))
    assert len(board.of(THIRD)) == 1
    assert board.of(FIRST).isdisjoint(board.of(SECOND))
    before = {idea.id: idea.theme for idea in board.state.ideas}
    for _ in range(2):
        assert board.regroup(store) == {}
        assert {idea.id: idea.theme for idea in board.state.ideas} == before


def test_what_was_declined_is_left_alone(store: VectorStore) -> None:
    board = mixed()
    board.regroup(store)
    for id in list(board.state.theme_proposals):
        board.do(c.DeclineThemeProposal, "mod", proposal=id)
    before = {idea.id: idea.theme for idea in board.state.ideas}
    for _ in range(2):
        assert board.regroup(store) == {}
        assert {idea.id: idea.theme for idea in board.state.ideas} == before


def test_what_nobody_decided_about_is_proposed_again_in_the_same_words(store: VectorStore) -> None:
    board = mixed()
    before = board.regroup(store)
    ids = set(board.state.theme_proposals)
    assert board.regroup(store).keys() == before.keys()
    assert set(board.state.theme_proposals) == ids
    for kind, draft in board.regroup(store).items():
        assert [part.name for part in draft.parts] == [part.name for part in before[kind].parts]
        assert set(draft.moving) == set(before[kind].moving)


def test_the_same_run_proposes_the_same(tmp_path: Path) -> None:
    one = mixed().regroup(VectorStore(tmp_path / "a", TfidfEmbedder(256)))
    assert mixed().regroup(VectorStore(tmp_path / "b", TfidfEmbedder(256))) == one


def test_the_map_moves_only_where_something_was_accepted(store: VectorStore) -> None:
    """A regrouping that changed no theme leaves the points where they were; an accepted split moves its ideas, the rest little."""
    board = mixed()
    board.regroup(store)
    first = board.places()
    board.regroup(store)
    same = board.places()
    assert shift(first, same, list(first)) < 0.01
    board.do(c.AcceptThemeProposal, "mod", proposal=board.proposal(ProposalKind.SPLIT))
    board.regroup(store)
    after = board.places()
    assert shift(same, after, board.ideas[FOURTH]) < 0.08
    assert shift(same, after, board.ideas[THIRD]) < 0.08


def test_forming_themes_change_by_themselves_and_new_subjects_appear(store: VectorStore) -> None:
    board = mixed()
    group(board, store, settled=frozenset())
    assert board.state.theme_proposals == {}
    assert board.of(FIRST).isdisjoint(board.of(SECOND))

    grown = Board()
    old = [name for name in SUBJECTS if name != FOURTH]
    grown.group({f"h{number}": grown.ideas[name] for number, name in enumerate(old)})
    for id in grown.ideas[FOURTH]:
        assert theme_of(grown, id) is None
    made = grown.regroup(store)
    assert made == {}
    assert len(grown.of(FOURTH)) == 1
    assert grown.of(FOURTH).isdisjoint({"h0", "h1", "h2"})
