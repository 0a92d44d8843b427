"""Merging duplicates: one vote per person survives, lineage and text stay, voters are told, and it can be undone exactly."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.rejections import Conflict, InvalidInput, Locked, NotFound
from server.jam.visibility import Audience, ContentStatus
from tests.jam.world import EMPLOYEES, World, plain

REASON = "The same idea"
VOTERS = ("ann", "ben", "cat", "fay")
PASSING = ("seq", "reason")
"""Fields of an idea that an undone merge may leave changed."""


def merge(world: World, idea: str, into: str) -> None:
    assert world.do(c.MergeIdeas, "mod", idea=idea, into=into, reason=REASON)


def unmerge(world: World, idea: str) -> None:
    assert world.do(c.UnmergeIdea, "mod", idea=idea, reason=REASON)


def board(world: World) -> list[Any]:
    """The ideas and everybody's votes, without what tells that something happened."""
    ideas = [{name: value for name, value in plain(idea)[1].items() if name not in PASSING} for idea in world.state.ideas]
    votes = [[plain(member.supports), plain(member.disagrees), plain(member.passes)] for member in world.state.members]
    return [ideas, votes]


@pytest.fixture
def pair(world: World) -> tuple[str, str]:
    """Two ideas: `ben` and `cat` support the first, `cat` and `fay` the second."""
    first, second = world.post("ann", "One"), world.post("ben", "The same")
    for idea, people in ((first, ("ben", "cat")), (second, ("cat", "fay"))):
        for person in people:
            world.wait(1000)
            world.support(idea, person)
    return first, second


def test_a_merge_is_one_event(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    events = world.do(c.MergeIdeas, "mod", idea=second, into=first, reason=f" {REASON} ")
    assert events == (ev.IdeaMerged(at=world.now, idea=second, into=first, reason=REASON, by="mod"),)
    assert world.idea(second).status is ContentStatus.MERGED
    assert (world.idea(second).merged_into, world.idea(first).merged) == (first, [second])


def test_one_vote_a_person_survives_with_its_time(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    assert world.voters(first) == {"ben", "cat", "fay"}
    times = dict(zip(world.idea(first).supporters, world.idea(first).support_times, strict=True))
    started = (world.now - world.state.created_at) // 1000
    assert {world.state.members[number].person: started - at for number, at in times.items()} == {"ben": 3, "cat": 2, "fay": 0}
    assert world.idea(first).by_relation == [2, 1, 0, 0, 0]


def test_text_comments_and_lineage_stay(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    child, remark = world.post("cat", "More of it", parents=(second,)), world.comment(second)
    merge(world, second, first)
    duplicate = world.idea(second)
    assert (duplicate.title, duplicate.author, duplicate.children) == ("The same", "ben", [child])
    assert world.idea(child).parents == (second,)
    assert [world.state.comments[number].id for number in duplicate.comments] == [remark]
    assert world.state.sees_idea(world.viewer("fay"), duplicate)
    assert duplicate.support == 2


def test_a_build_on_of_a_duplicate_builds_on_the_idea_that_stands_for_it(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    child = world.post("cat", "More of it", parents=(second, first))
    assert world.idea(child).parents == (first,)


def test_every_voter_of_the_duplicate_is_told_and_so_is_its_author(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    assert [kind for person in ("cat", "fay", "ben") for kind in world.notices(person)] == ["MERGED"] * 3
    assert world.notices("ann") == []
    unmerge(world, second)
    assert [world.notices(person)[-1] for person in ("cat", "fay", "ben")] == ["UNMERGED"] * 3
    assert world.member("fay").notices[-1].reason == REASON


def test_undoing_a_merge_restores_the_board_exactly(world: World, pair: tuple[str, str]) -> None:
    before = board(world)
    merge(world, pair[1], pair[0])
    assert board(world) != before
    unmerge(world, pair[1])
    assert board(world) == before


def test_a_chain_is_undone_from_the_top(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    third = world.post("cat", "Once more")
    world.support(third, "fay", "pat")
    merge(world, second, first)
    between = board(world)
    merge(world, first, third)
    assert world.voters(third) == {"ben", "cat", "fay", "pat"}
    world.refuse(Conflict, c.UnmergeIdea, "mod", idea=second, reason=REASON)
    unmerge(world, first)
    assert board(world) == between


def test_the_vote_of_another_duplicate_stays_when_merges_are_undone_out_of_order(world: World, pair: tuple[str, str]) -> None:
    """`fay` supports two duplicates: undoing the merge that had carried her vote leaves the one of the other."""
    first, second = pair
    third = world.post("cat", "Once more")
    world.support(third, "fay")
    merge(world, third, first)
    alone = board(world)
    unmerge(world, third)
    merge(world, second, first)
    merge(world, third, first)
    unmerge(world, second)
    assert board(world) == alone
    assert world.voters(first) == {"ben", "cat", "fay"}


def test_a_vote_withdrawn_after_the_merge_does_not_come_back(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    world.do(c.WithdrawSupport, "fay", idea=second)
    assert world.voters(first) == {"ben", "cat"}
    unmerge(world, second)
    assert (world.voters(first), world.voters(second)) == ({"ben", "cat"}, {"cat"})
    assert list(world.member("fay").supports) == []


def test_a_withdrawal_is_a_change_of_the_duplicates_too(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    before = world.state.seq
    world.do(c.WithdrawSupport, "fay", idea=first)
    changed = world.state.changes.since(before, 100)
    assert changed is not None
    assert {("idea", first), ("idea", second)} <= set(changed)
    assert world.state.personal.since("fay", before) == {first: False, second: False}


def test_a_vote_on_a_duplicate_is_one_on_the_idea_that_stands_for_it(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    assert world.do(c.SupportIdea, "pat", idea=second) == (ev.IdeaSupported(at=world.now, idea=first, person="pat"),)
    world.still(c.SupportIdea, "fay", idea=second)
    unmerge(world, second)
    assert (world.voters(first), world.voters(second)) == ({"ben", "cat", "pat"}, {"cat", "fay"})


def test_who_disagreed_is_not_made_a_supporter_by_a_merge(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    world.do(c.RecordStance, ids.SYSTEM, idea=first, person="fay", stance="disagree")
    before = board(world)
    merge(world, second, first)
    assert world.voters(first) == {"ben", "cat"}
    assert world.idea(first).disagrees == 1
    unmerge(world, second)
    assert board(world) == before


def test_a_later_stance_outlives_the_undoing(world: World, pair: tuple[str, str]) -> None:
    """Who changed a carried vote to disagree, and then supported again, keeps that vote as their own."""
    first, second = pair
    merge(world, second, first)
    world.do(c.RecordStance, ids.SYSTEM, idea=second, person="fay", stance="disagree")
    assert (world.voters(first), world.idea(first).disagrees) == ({"ben", "cat"}, 1)
    world.do(c.RecordStance, ids.SYSTEM, idea=second, person="fay", stance="agree")
    assert (world.voters(first), world.idea(first).disagrees) == ({"ben", "cat", "fay"}, 0)
    unmerge(world, second)
    assert world.voters(first) == {"ben", "cat", "fay"}


def test_merging_twice_or_undoing_twice_changes_nothing(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    world.still(c.UnmergeIdea, "mod", idea=second, reason=REASON)
    merge(world, second, first)
    world.still(c.MergeIdeas, "mod", idea=second, into=first, reason=REASON)
    unmerge(world, second)
    world.still(c.UnmergeIdea, "mod", idea=second, reason=REASON)


def test_what_can_not_be_merged(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=first, into=first, reason=REASON)
    world.refuse(InvalidInput, c.MergeIdeas, "mod", idea=first, into=second, reason="")
    world.refuse(NotFound, c.MergeIdeas, "mod", idea=first, into="i", reason=REASON)
    narrow = world.post("ann", audience=EMPLOYEES)
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=narrow, into=first, reason=REASON)
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=first, into=narrow, reason=REASON)
    merge(world, second, first)
    third = world.post("cat")
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=second, into=third, reason=REASON)
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=first, into=second, reason=REASON)
    world.do(c.HideIdea, "mod", idea=third, reason=REASON)
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=third, into=first, reason=REASON)
    world.refuse(Conflict, c.MergeIdeas, "mod", idea=first, into=third, reason=REASON)


def test_ideas_of_one_circle_can_be_merged_by_a_keeper_in_it_only(world: World) -> None:
    circle = Audience(circle=world.circle("ann", "mod"))
    one, two = world.post(audience=circle), world.post(audience=circle)
    world.refuse(NotFound, c.MergeIdeas, "org", idea=one, into=two, reason=REASON)
    merge(world, one, two)


def test_what_was_hidden_after_the_merge_is_restored_as_merged_first(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    before = board(world)
    world.do(c.HideIdea, "mod", idea=second, reason=REASON)
    world.refuse(Conflict, c.UnmergeIdea, "mod", idea=second, reason=REASON)
    world.do(c.RestoreIdea, "mod", idea=second, reason=REASON)
    assert board(world) == before
    unmerge(world, second)


def test_a_duplicate_of_a_locked_idea_takes_no_votes(world: World, pair: tuple[str, str]) -> None:
    first, second = pair
    merge(world, second, first)
    world.do(c.MarkIdea, "mod", idea=first, mark="LOCKED", on=True, reason="Because")
    assert world.refuse(Locked, c.SupportIdea, "pat", idea=second).id == first


class Merging(RuleBasedStateMachine):
    """Votes as they ought to be: each idea has its own, and shows those of its duplicates too.

    A withdrawal takes a person's votes from the whole tree; a stance on an idea keeps a duplicate's vote from counting.
    """

    @initialize()
    def start(self) -> None:
        self.world = World()
        self.ideas = [self.world.post("org", f"Idea {number}") for number in range(4)]
        self.own: dict[str, dict[str, int]] = {idea: {} for idea in self.ideas}
        self.against: dict[str, set[str]] = {idea: set() for idea in self.ideas}
        self.duplicates: dict[str, list[str]] = {idea: [] for idea in self.ideas}
        self.parent: dict[str, str] = {}

    def root(self, idea: str) -> str:
        return self.root(self.parent[idea]) if idea in self.parent else idea

    def shown(self, idea: str) -> dict[str, int]:
        votes = dict(self.own[idea])
        for duplicate in self.duplicates[idea]:
            carried = {who: at for who, at in self.shown(duplicate).items() if who not in self.against[idea]}
            votes = carried | votes
        return votes

    def clear(self, idea: str, person: str) -> None:
        self.own[idea].pop(person, None)
        for duplicate in self.duplicates[idea]:
            self.clear(duplicate, person)

    @rule(number=st.integers(0, 3), person=st.sampled_from(VOTERS))
    def support(self, number: int, person: str) -> None:
        root = self.root(self.ideas[number])
        self.world.wait(700)
        self.world.do(c.SupportIdea, person, idea=self.ideas[number])
        if person not in self.shown(root):
            self.own[root][person] = (self.world.now - self.world.state.created_at) // 1000
            self.against[root].discard(person)

    @rule(number=st.integers(0, 3), person=st.sampled_from(VOTERS))
    def withdraw(self, number: int, person: str) -> None:
        root = self.root(self.ideas[number])
        self.world.do(c.WithdrawSupport, person, idea=self.ideas[number])
        if person in self.shown(root):
            self.clear(root, person)

    @rule(number=st.integers(0, 3), person=st.sampled_from(VOTERS), stance=st.sampled_from(["disagree", "pass"]))
    def object(self, number: int, person: str, stance: str) -> None:
        root = self.root(self.ideas[number])
        self.world.do(c.RecordStance, ids.SYSTEM, idea=self.ideas[number], person=person, stance=stance)
        self.own[root].pop(person, None)
        self.against[root].add(person)

    @rule(number=st.integers(0, 3), into=st.integers(0, 3))
    def merge(self, number: int, into: int) -> None:
        idea, target = self.ideas[number], self.root(self.ideas[into])
        if idea in self.parent or target == idea:
            return
        merge(self.world, idea, target)
        self.parent[idea] = target
        self.duplicates[target].append(idea)

    @rule(number=st.integers(0, 3))
    @precondition(lambda self: bool(self.parent))
    def unmerge(self, number: int) -> None:
        idea = self.ideas[number]
        if idea not in self.parent or self.parent[idea] in self.parent:
            return
        unmerge(self.world, idea)
        self.duplicates[self.parent.pop(idea)].remove(idea)

    @invariant()
    def votes_are_as_they_ought_to_be(self) -> None:
        for id in self.ideas:
            idea = self.world.idea(id)
            people = [self.world.state.members[number].person for number in idea.supporters]
            assert dict(zip(people, idea.support_times, strict=True)) == self.shown(id)
            assert list(idea.supporters) == sorted(set(idea.supporters))
            assert sum(idea.by_relation) == idea.support

    @invariant()
    def nobody_has_two_votes(self) -> None:
        for person in VOTERS:
            member = self.world.member(person)
            kinds = [*member.supports, *member.disagrees, *member.passes]
            assert len(kinds) == len(set(kinds))
            assert list(member.supports) == [idea.number for idea in self.world.state.ideas if member.number in idea.supporters]

    def teardown(self) -> None:
        """Undoing every merge that is left leaves each idea with its own votes and nothing carried."""
        while self.parent:
            idea = next(idea for idea in self.parent if self.parent[idea] not in self.parent)
            unmerge(self.world, idea)
            self.duplicates[self.parent.pop(idea)].remove(idea)
        for id in getattr(self, "ideas", ()):
            assert {self.world.state.members[n].person for n in self.world.idea(id).supporters} == set(self.own[id])
            assert len(self.world.idea(id).carried) == 0


TestMerging = Merging.TestCase
TestMerging.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
