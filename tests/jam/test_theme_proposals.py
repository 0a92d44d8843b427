"""Changes of settled themes: proposed, accepted, declined, superseded; and what people decided holds through all of them."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import changes, ids
from server.jam import commands as c
from server.jam import events as ev
from server.jam.events import REGISTRY, Event
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.theme_proposals import (
    SETTLED_AT,
    Draft,
    ProposalKind,
    ProposalStatus,
    ProposedPart,
    ThemePolicy,
    ThemeProposal,
    settled_themes,
)
from server.jam.upcasts import UPCASTS
from server.journal.codec import EventCodec
from server.snapshots import dump, load
from tests.jam.commanding import part, settled_world, wander
from tests.jam.world import Recorded, World, fold, grouping, newest, plain

FIGURES = ((0.5, 0.6), (0.3, 0.4), 0.7)


class Board(World):
    """h1 = {one, two, three, four} with the part h3 = {two}, h2 = {five, six}."""

    def __init__(self) -> None:
        super().__init__()
        self.ideas = [self.post(title=f"Idea {number}") for number in range(6)]
        self.regroup()

    def regroup(self, *drafts: Draft) -> list[ThemeProposal]:
        """The same themes again, where they still stand, with these proposals; those open then."""
        standing = {theme.id: [] for theme in self.state.board_themes()} or {"h1": self.ideas[:4], "h2": self.ideas[4:]}
        for idea in self.state.ideas:
            if idea.theme is not None:
                standing[idea.theme].append(idea.id)
        self.group(standing, {"h3": ("h1", [self.ideas[1]])} if "h1" in standing else {}, proposals=drafts)
        return [proposal for proposal in self.state.theme_proposals.values() if proposal.is_open]

    def propose(self, draft: Draft) -> str:
        (proposal,) = self.regroup(draft)
        return proposal.id

    def themes(self) -> dict[str, set[str]]:
        return {theme.id: {self.state.ideas[n].id for n in theme.ideas} for theme in self.state.board_themes()}

    def merge(self) -> Draft:
        return Draft(ProposalKind.MERGE, ("h1", "h2"), (part("h1", tuple(self.ideas[4:])),), *FIGURES)

    def split(self, *ideas: int) -> Draft:
        apart = tuple(self.ideas[number] for number in ideas or (2, 3))
        return Draft(ProposalKind.SPLIT, ("h1",), (part("h1", ()), part("n1", apart)), *FIGURES)

    def retire(self) -> Draft:
        parts = (part("h1", (self.ideas[4],)), part(None, (self.ideas[5],)))
        return Draft(ProposalKind.RETIRE, ("h2",), parts, *FIGURES)


@pytest.fixture
def board() -> Board:
    return Board()


def test_a_proposal_changes_nothing_that_participants_see(board: Board) -> None:
    before, seq = board.themes(), board.state.seq
    board.propose(board.merge())
    assert board.themes() == before
    kinds = {kind for kind, _ in board.state.changes.since(seq + 1, 100) or ()}
    assert kinds == {changes.PROPOSALS}


def test_an_accepted_merge_is_a_merge_by_hand_in_the_proposed_words(board: Board) -> None:
    proposal = board.propose(board.merge())
    command = board.command(c.AcceptThemeProposal, "mod", proposal=proposal)
    assert board.run(command) == (
        ev.ThemeProposalAccepted(at=board.now, proposal=proposal, by="mod"),
        ev.ThemesMerged(at=board.now, theme="h2", into="h1", by="mod"),
    )
    assert board.themes() == {"h1": set(board.ideas)}
    theme = board.state.themes["h1"]
    assert (theme.name, theme.given_name, theme.keywords, theme.medoids) == ("Name of h1", None, ("word",), (board.ideas[4],))
    board.still(c.AcceptThemeProposal, "org", proposal=proposal)
    board.refuse(Conflict, c.DeclineThemeProposal, "mod", proposal=proposal)
    assert board.regroup() == []
    assert board.state.theme_proposals == {}
    assert board.state.themes["h2"].merged_into == "h1"


def test_an_accepted_split_is_a_split_by_hand_that_later_runs_keep(board: Board) -> None:
    proposal = board.propose(board.split())
    board.do(c.AcceptThemeProposal, "mod", proposal=proposal, name=" Rivers ")
    assert board.themes() == {"h1": set(board.ideas[:2]), "h2": set(board.ideas[4:]), "n1": set(board.ideas[2:4])}
    new = board.state.themes["n1"]
    assert (new.label, new.keywords, new.medoids) == ("Rivers", ("word",), (board.ideas[2],))
    assert board.state.theme_edits.splits == {"n1": tuple(board.ideas[2:4])}
    board.do(c.MergeThemes, "mod", theme="n1", into="h1")
    assert board.themes() == {"h1": set(board.ideas[:4]), "h2": set(board.ideas[4:])}


def test_an_accepted_retirement_sends_each_idea_where_it_belongs(board: Board) -> None:
    proposal = board.propose(board.retire())
    late = board.post(title="Late")
    board.do(c.PlaceIdea, ids.SYSTEM, idea=late, theme="h2", subtheme=None, x=0.5, y=0.5)
    board.do(c.AcceptThemeProposal, "org", proposal=proposal)
    assert board.themes() == {"h1": set(board.ideas[:5])}
    assert board.idea(board.ideas[5]).theme is board.idea(late).theme is None
    assert "h2" not in board.state.themes
    board.support(late, "ben")


def test_a_theme_with_parts_retires_with_them(board: Board) -> None:
    draft = Draft(ProposalKind.RETIRE, ("h1",), (part("h2", tuple(board.ideas[:4])),), *FIGURES)
    board.do(c.AcceptThemeProposal, "mod", proposal=board.propose(draft))
    assert set(board.state.themes) == {"h2"}
    assert [(idea.theme, idea.subtheme) for idea in board.state.ideas] == [("h2", None)] * 6


def test_what_people_did_meanwhile_outweighs_the_proposal(board: Board) -> None:
    proposal = board.propose(board.split())
    board.do(c.PinToTheme, "mod", idea=board.ideas[2], theme="h1")
    board.do(c.AcceptThemeProposal, "mod", proposal=proposal)
    assert board.themes()["n1"] == {board.ideas[3]}

    other = Board()
    proposal = other.propose(other.retire())
    other.do(c.ExcludeFromTheme, "mod", idea=other.ideas[4], theme="h1")
    other.do(c.AcceptThemeProposal, "mod", proposal=proposal)
    assert other.idea(other.ideas[4]).theme is None


def test_what_people_change_takes_back_what_was_proposed_for_it(board: Board) -> None:
    def after(draft: Draft, kind: type[c.Command], **fields: Any) -> bool:
        fresh = Board()
        fresh.propose(draft)
        fresh.do(kind, "mod", **fields)
        return bool(fresh.state.theme_proposals)

    assert not after(board.merge(), c.RenameTheme, theme="h2", name="Ours")
    assert after(board.merge(), c.RenameTheme, theme="h1", name="Ours")
    assert after(board.split(), c.RenameTheme, theme="h1", name="Ours")
    assert not after(board.retire(), c.RenameTheme, theme="h2", name="Ours")
    assert not after(board.retire(), c.PinToTheme, theme="h2", idea=board.ideas[5])
    assert not after(board.split(), c.MergeThemes, theme="h2", into="h1")
    assert not after(board.split(), c.SplitTheme, theme="h1", ideas=(board.ideas[0],), name="Apart")


def test_what_no_longer_fits_is_refused(board: Board) -> None:
    proposal = board.propose(board.split())
    for idea in board.ideas[2:4]:
        board.do(c.PinToTheme, "mod", idea=idea, theme="h2")
    board.refuse(Conflict, c.AcceptThemeProposal, "mod", proposal=proposal)
    board.refuse(NotFound, c.AcceptThemeProposal, "mod", proposal="q")
    board.refuse(NotAllowed, c.AcceptThemeProposal, "ann", proposal=proposal)
    board.refuse(NotAllowed, c.DeclineThemeProposal, "spo", proposal=proposal)
    board.refuse(InvalidInput, c.AcceptThemeProposal, "mod", proposal=proposal, name="x")


def test_a_split_leaves_something_behind(board: Board) -> None:
    proposal = board.propose(board.split(2, 3))
    for idea in board.ideas[:2]:
        board.do(c.PinToTheme, "mod", idea=idea, theme="h2")
    board.refuse(Conflict, c.AcceptThemeProposal, "mod", proposal=proposal)


def test_a_later_run_supersedes_what_nobody_decided(board: Board) -> None:
    first = board.propose(board.merge())
    since = board.state.theme_proposals[first].since
    board.wait(60_000)
    assert board.propose(board.merge()) == first
    again = board.state.theme_proposals[first]
    assert (again.since, again.at) == (since, board.now)
    other = board.propose(board.split())
    assert set(board.state.theme_proposals) == {other}
    board.refuse(NotFound, c.AcceptThemeProposal, "mod", proposal=first)
    assert board.propose(board.split(0)) != other


def test_a_declined_change_is_not_proposed_again_until_its_themes_have_changed(board: Board) -> None:
    declined = board.propose(board.merge())
    assert board.do(c.DeclineThemeProposal, "mod", proposal=declined) == (
        ev.ThemeProposalDeclined(at=board.now, proposal=declined, by="mod"),
    )
    board.still(c.DeclineThemeProposal, "org", proposal=declined)
    assert board.regroup(board.merge()) == []
    assert [proposal.draft.kind for proposal in board.regroup(board.split())] == [ProposalKind.SPLIT]
    more = [board.post(title=f"More {number}") for number in range(3)]
    for number, idea in enumerate(more):
        board.do(c.PlaceIdea, ids.SYSTEM, idea=idea, theme="h2", subtheme=None, x=0.5, y=0.5)
        proposed = board.regroup(board.merge())
        assert bool(proposed) is (number == 2), "3 of 9 ideas are new: more than 30 %"


def test_what_was_declined_can_be_accepted_after_all(board: Board) -> None:
    declined = board.propose(board.merge())
    board.do(c.DeclineThemeProposal, "mod", proposal=declined)
    board.regroup()
    board.do(c.AcceptThemeProposal, "org", proposal=declined)
    assert board.state.theme_proposals[declined].status is ProposalStatus.ACCEPTED
    assert board.themes() == {"h1": set(board.ideas)}


def test_a_run_proposes_only_about_its_own_themes_and_the_weightiest_first(board: Board) -> None:
    unknown = Draft(ProposalKind.MERGE, ("h1", "h9"), (part("h1", ()),), *FIGURES)
    fields = grouping({"h1": board.ideas}, {}) | newest(board.state) | {"proposals": (unknown, *[board.split(2)] * 30)}
    made = board.do(c.RecordGrouping, ids.SYSTEM, **fields)
    drafts = [event.draft for event in made if isinstance(event, ev.ThemeChangeProposed)]
    assert len(drafts) == 20
    assert unknown not in drafts


def test_themes_settle_with_age_or_by_hand_unless_the_organizer_lets_runs_apply() -> None:
    world = World()
    ideas = [world.post(title=f"Idea {number}") for number in range(SETTLED_AT)]
    assert settled_themes(world.state, 1) == frozenset()
    world.group({"h1": ideas[:50], "h2": ideas[50:99]})
    assert settled_themes(world.state, SETTLED_AT) == frozenset()
    world.do(c.RenameTheme, "mod", theme="h2", name="Ours")
    assert settled_themes(world.state, SETTLED_AT) == {"h2"}
    world.group({"h1": ideas[:50], "h2": ideas[50:]})
    assert settled_themes(world.state, SETTLED_AT) == {"h1", "h2"}
    assert settled_themes(world.state, 2 * SETTLED_AT) == {"h2"}
    assert world.do(c.SetThemePolicy, "org", policy=ThemePolicy.APPLY)
    assert settled_themes(world.state, SETTLED_AT) == frozenset()
    world.still(c.SetThemePolicy, "org", policy=ThemePolicy.APPLY)
    world.refuse(NotAllowed, c.SetThemePolicy, "mod", policy=ThemePolicy.PROPOSE)


def test_runs_of_before_proposals_are_read(board: Board) -> None:
    old = {"at": 1, "run": "g1", "model": "m", "granularity": "auto", "reason": "why", "themes": [], "placements": []}
    upcast = UPCASTS["themes.grouped", 1](old)
    assert upcast == old | {"follows": None, "report": {}}
    codec: EventCodec[Event] = EventCodec(REGISTRY, UPCASTS)
    ((event,),) = (entry.events for entry in codec.decode(orjson.dumps([[None, [old | {"t": "themes.grouped", "v": 1}]]])))
    assert isinstance(event, ev.ThemesGrouped)
    assert (event.follows, event.reason) == (None, "why")


def consistent(state: JamState) -> None:
    """Ideas and themes name each other, nobody's decision is contradicted, and proposals are about themes that stand."""
    for theme in state.themes.values():
        assert theme.ideas == {idea.number for idea in state.ideas if theme.id in (idea.theme, idea.subtheme)}
        assert not (theme.merged_into and theme.ideas)
    for idea in state.ideas:
        assert idea.theme is None or state.themes[idea.theme].merged_into is None
    standing = {theme.id for theme in state.board_themes()}
    for proposal in state.theme_proposals.values():
        assert not proposal.is_open or standing.issuperset(proposal.draft.themes)


KINDS = (
    c.PostIdea, c.HideIdea, c.RestoreIdea, c.MoveIdea, c.RecordGrouping, c.RecordGrouping, c.PlaceIdea, c.RenameTheme, c.MergeThemes,
    c.SplitTheme, c.PinToTheme, c.ExcludeFromTheme, c.AcceptThemeProposal, c.AcceptThemeProposal, c.DeclineThemeProposal,
    c.SetThemePolicy,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(0, 60))
def test_every_mixture_of_edits_runs_and_decisions_keeps_the_jam_whole(seed: int, steps: int) -> None:
    world = settled_world(Recorded)
    for step in range(steps):
        wander(world, seed + step, 1, *KINDS)
        consistent(world.state)
    codec: EventCodec[Event] = EventCodec(REGISTRY, UPCASTS)
    kept = fold(codec.decode(codec.encode(world.journal)))
    assert plain(kept, but=("commands",)) == plain(world.state, but=("commands",))
    assert plain(load(dump(world.state))) == plain(world.state)


def test_parts_are_kept_as_they_were_proposed(board: Board) -> None:
    proposal = board.propose(board.merge())
    (kept,) = board.state.theme_proposals[proposal].draft.parts
    assert kept == ProposedPart(
        "h1", "Name of h1", ("word",), (board.ideas[4],), tuple(board.ideas[4:]), 2, 0.5, 0.4, 0.7,
    )  # fmt: skip
