"""Commands that share a group commit are decided against one state: it must be as if they had come one after the other.

Two commands share a commit where neither writes a key that the other touches. Then each must lead to the same events
whether the other was before it or not; where one would have been decided otherwise after the other (a vote after the idea was
hidden), it came before it, and no circle of such befores may arise.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.command_batch import Taken
from server.jam import commands as c
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.commands import Command
from server.jam.decide import decide, room
from server.jam.events import Event
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.journal.codec import Entry
from tests.jam.commanding import FIELDS, Asker, settled_world, wander
from tests.jam.world import SCHEDULE, Recorded, World, fold, plain

ALONE = {
    c.CreateJam, c.DescribeJam, c.ScheduleJam, c.PublishJam, c.ExtendPhase, c.ClosePhaseEarly, c.ReopenPhase, c.AddTopic,
    c.ChangeTopic, c.CreateInvitation, c.Invite, c.Reinvite, c.DeclineInvitation, c.RevokeInvitation, c.SetInvitationPolicy, c.ChangeRole,
    c.CreateCircle, c.ChangeCircle, c.MergeIdeas,
    c.UnmergeIdea, c.RecordGrouping, c.RecordTrends, c.RenameTheme, c.MergeThemes, c.SplitTheme, c.PinToTheme, c.ExcludeFromTheme,
    c.RestrictMembers, c.LiftRestrictions, c.ScopeModerator, c.ChangeRoles, c.RevokeInvitationsOf, c.UndoMemberAct, c.RevokeBranch,
    c.RestoreBranch, c.AcceptThemeProposal, c.DeclineThemeProposal, c.SetThemePolicy, c.PublishTerms, c.RenameCircle, c.CloseCircle, c.AddMinor, c.SetMinorPolicy, c.RemoveMinor,
    c.SetActing, c.SetAuditKey, c.SetAnonymousPosting, c.RequestOpening, c.ConfirmOpening, c.DeclineOpening,
}  # fmt: skip
"""Commands that change what all others depend on."""

SHARING = sorted(set(FIELDS) - ALONE, key=lambda kind: kind.__name__)

Outcome = tuple[Event, ...] | tuple[str, str]


def share(one: Command, other: Command, places: int = 1) -> bool:
    """Whether two commands may share a commit, where so many places are left of what they take."""
    taken = Taken(lambda key: places)
    return taken.admits(one) and taken.admits(other)


def outcome(state: JamState, command: Command, now: int) -> Outcome:
    try:
        return decide(state, command, now)
    except Rejection as refusal:
        return (type(refusal).__name__, str(refusal))


def after(journal: Sequence[Entry[Event]], happened: Sequence[Outcome]) -> JamState:
    """The state of a journal with what was decided applied to it; a refusal changes nothing."""
    state = fold(journal)
    for events in happened:
        apply_all(state, None, [event for event in events if isinstance(event, Event)])
    return state


def gathered(world: World, seed: int, most: int) -> list[Command]:
    """Commands as a commit gathers them: each that shares with all gathered or held back before it."""
    ask = Asker(world, seed)
    drawn = [ask.command(*SHARING) for _ in range(most)]
    taken = Taken(lambda key: room(world.state, key))
    return [command for command in drawn if taken.admits(command)]


# ---------------------------------------------------------------------------------- a state without its order of happening
def unordered(state: JamState) -> Any:
    """The state by ids instead of numbers, without the order in which things of one commit came to be."""
    people = [member.person for member in state.members]
    ideas = {idea.id: _idea(state, people, idea) for idea in state.ideas}
    comments = {
        comment.id: _but(plain(comment)[1], "number", "seq") | {"likers": {people[number] for number in comment.likers}}
        for comment in state.comments
    }
    members = {member.person: _member(state, member) for member in state.members}
    rest = plain(state, but=("seq", "ideas", "comments", "members", *NUMBERED))
    rest["reports"] = {id: _but(report[1], "seq") for id, report in rest["reports"].items()}
    rest["open_reports"] = set(rest["open_reports"])
    rest["log"] = sorted(entry[1:] for entry in rest["log"])
    rest["themes"] = {
        id: _but(theme[1], "seq") | {"ideas": {state.ideas[number].id for number in theme[1]["ideas"]}}
        for id, theme in rest["themes"].items()
    }
    return ideas, comments, members, rest


NUMBERED = ("commands", "changes", "personal", "idea_numbers", "comment_numbers", "member_numbers")


def _but(shown: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}


def _idea(state: JamState, people: list[str], idea: Any) -> dict[str, Any]:
    """Without how many supported a version when it came: a vote on a duplicate does not name the idea that it counts for,
    and may share a commit with an edit of that."""
    times = {people[number]: at for number, at in zip(idea.supporters, idea.support_times, strict=True)}
    return _but(plain(idea)[1], "number", "seq", "supporters", "support_times", "rising") | {
        "votes": times, "carried": {people[number] for number in idea.carried}, "children": set(idea.children),
        "comments": {state.comments[number].id for number in idea.comments},
        "versions": [version._replace(support=0) for version in idea.versions],
    }  # fmt: skip


def _member(state: JamState, member: Any) -> dict[str, Any]:
    def named(numbers: Sequence[int]) -> set[str]:
        return {state.ideas[number].id for number in numbers}

    return _but(plain(member)[1], "number", "touched", "read_seq") | {
        "supports": named(member.supports), "disagrees": named(member.disagrees), "passes": named(member.passes),
        "ideas": named(member.ideas), "notices": sorted(repr(notice[1:]) for notice in member.notices),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ the property
def befores(
    journal: Sequence[Entry[Event]], commands: Sequence[Command], decided: Sequence[Outcome], now: int
) -> set[tuple[int, int]]:
    """(a, b) where command a would have been decided otherwise after b: so a came before b."""
    found = set()
    for b, happened in enumerate(decided):
        if not any(isinstance(event, Event) for event in happened):
            continue
        then = after(journal, [happened])
        found |= {(a, b) for a in range(len(commands)) if a != b and outcome(then, commands[a], now) != decided[a]}
    return found


def in_order(count: int, before: set[tuple[int, int]]) -> list[int]:
    """The places 0 … count - 1, each after what comes before it, and else as they are; fails on a circle."""
    waiting, order = list(range(count)), []
    while waiting:
        free = [b for b in waiting if not any((a, b) in before for a in waiting)]
        assert free, f"a circle of befores: {sorted(before)}"
        order.append(free[0])
        waiting.remove(free[0])
    return order


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(0, 60), st.integers(2, 14))
def test_a_commit_is_as_if_its_commands_had_come_one_after_the_other(seed: int, steps: int, most: int) -> None:
    world = settled_world(Recorded)
    wander(world, seed, steps)
    commands = gathered(world, seed + 1, most)
    now = world.now
    decided = [outcome(world.state, command, now) for command in commands]
    order = in_order(len(commands), befores(world.journal, commands, decided, now))
    one_by_one: list[Outcome] = []
    for place in order:
        assert outcome(after(world.journal, one_by_one), commands[place], now) == decided[place]
        one_by_one.append(decided[place])
    assert unordered(after(world.journal, decided)) == unordered(after(world.journal, one_by_one))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(0, 60))
def test_the_order_within_a_commit_does_not_matter(seed: int, steps: int) -> None:
    world = settled_world(Recorded)
    wander(world, seed, steps)
    commands = gathered(world, seed + 1, 6)
    decided = [outcome(world.state, command, world.now) for command in commands]
    forth, back = after(world.journal, decided), after(world.journal, decided[::-1])
    assert unordered(forth) == unordered(back)


Pair = Callable[[World, str], tuple[Command, Command]]
VOTE, WITHDRAW, REMARK = c.SupportIdea, c.WithdrawSupport, c.PostComment
MODERATE: dict[str, Any] = {"reason": "Because it is so"}


def two(kind: type[Command], actor: str, fields: dict[str, Any], other: type[Command], by: str, rest: dict[str, Any]) -> Pair:
    """A pair of commands; the value `idea` stands for an idea of the world, `remark` for a comment on it, `topic` for its topic."""

    def made(world: World, idea: str) -> tuple[Command, Command]:
        named = {"idea": idea, "topic": world.topic, "remark": world.state.comments[0].id}

        def filled(given: dict[str, Any]) -> dict[str, Any]:
            return {name: named.get(value, value) if isinstance(value, str) else value for name, value in given.items()}

        return world.command(kind, actor, **filled(fields)), world.command(other, by, **filled(rest))

    return made


IDEA, BODY = {"idea": "idea"}, {"idea": "idea", "body": "Hm"}
LIKED = {"comment": "remark"}
NEW = {"topic": "topic", "title": "An idea", "body": ""}

TOGETHER: dict[str, Pair] = {
    "votes of two people on one idea": two(VOTE, "ann", IDEA, VOTE, "ben", IDEA),
    "a vote and a withdrawal": two(VOTE, "ann", IDEA, WITHDRAW, "ben", IDEA),
    "two comments on one idea": two(REMARK, "ann", BODY, REMARK, "ben", BODY),
    "two answers to one comment": two(REMARK, "ann", BODY | {"parent": "remark"}, REMARK, "ben", BODY | {"parent": "remark"}),
    "a vote and a comment of one person": two(VOTE, "ann", IDEA, REMARK, "ann", BODY),
    "two new ideas": two(c.PostIdea, "ann", NEW, c.PostIdea, "ann", NEW),
    "two build-ons of one idea": two(
        c.PostIdea, "ann", NEW | {"parents": ("i",)}, c.PostIdea, "ben", NEW | {"parents": ("i",)}
    ),
    "reports of two people": two(
        c.FileReport, "ann", {"target": "idea", "reason": "SPAM"}, c.FileReport, "ben", {"target": "idea", "reason": "SPAM"}
    ),
    "likes of two people for one comment": two(c.LikeComment, "ann", LIKED, c.LikeComment, "cat", LIKED),
    "a like and another's withdrawal": two(c.LikeComment, "ann", LIKED, c.WithdrawLike, "cat", LIKED),
    "two who join by two links": two(
        c.AcceptInvitation, "new", {"token_hash": "x"}, c.AcceptInvitation, "newer", {"token_hash": "y"}
    ),
}

APART: dict[str, Pair] = {
    "two taps of one person": two(VOTE, "ann", IDEA, VOTE, "ann", IDEA),
    "a vote and its withdrawal": two(VOTE, "ann", IDEA, WITHDRAW, "ann", IDEA),
    "a vote and the idea's edit": two(VOTE, "ben", IDEA, c.EditIdea, "ann", IDEA | {"title": "New", "body": "", "base_version": 1}),
    "a vote and the idea's hiding": two(VOTE, "ben", IDEA, c.HideIdea, "mod", IDEA | MODERATE),
    "a comment and the idea's lock": two(REMARK, "ben", BODY, c.MarkIdea, "mod", IDEA | {"mark": "LOCKED", "on": True, "reason": "Why not"}),
    "an answer and its comment's removal": two(
        REMARK, "ben", BODY | {"parent": "remark"}, c.RemoveComment, "mod", {"comment": "remark"} | MODERATE
    ),
    "two reports of one person": two(
        c.FileReport, "ann", {"target": "idea", "reason": "SPAM"}, c.FileReport, "ann", {"target": "idea", "reason": "ABUSE"}
    ),
    "two who join by one link for one": two(
        c.AcceptInvitation, "new", {"token_hash": "x"}, c.AcceptInvitation, "newer", {"token_hash": "x"}
    ),
    "one who joins by two links": two(c.AcceptInvitation, "new", {"token_hash": "x"}, c.AcceptInvitation, "new", {"token_hash": "y"}),
    "one who joins and is added": two(
        c.AcceptInvitation, "new", {"token_hash": "x"}, c.AddMember, "org",
        {"person": "new", "role": Role.SPONSOR, "relation": Relation.CLIENT},
    ),
    "an idea and its topic's lock": two(c.PostIdea, "ann", NEW, c.ChangeTopic, "mod", {"topic": "topic", "locked": True}),
    "an idea and a new circle": two(c.PostIdea, "ann", NEW, c.CreateCircle, "ben", {"name": "The few", "members": ()}),
    "a vote and a merge": two(VOTE, "ben", IDEA, c.MergeIdeas, "mod", IDEA | {"into": "i"} | MODERATE),
    "a vote and the end of the phase": two(VOTE, "ben", IDEA, c.ClosePhaseEarly, "mod", {}),
    "two edits": two(
        c.EditIdea, "ann", IDEA | {"title": "One", "body": "", "base_version": 1},
        c.EditIdea, "ann", IDEA | {"title": "Two", "body": "", "base_version": 1},
    ),
    "a like and its withdrawal": two(c.LikeComment, "ann", LIKED, c.WithdrawLike, "ann", LIKED),
    "a like and the comment's edit": two(c.LikeComment, "ann", LIKED, c.EditComment, "ben", LIKED | {"body": "Else"}),
    "a like and the comment's hiding": two(c.LikeComment, "ann", LIKED, c.HideComment, "mod", LIKED | MODERATE),
    "two settlements": two(
        c.ResolveReport, "mod", {"report": "r1", "outcome": "UPHELD", "reason": "Why not"},
        c.ResolveReport, "org", {"report": "r2", "outcome": "DISMISSED", "reason": "Why not"}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("pair", "together"), [
    *((pair, True) for pair in TOGETHER.values()), *((pair, False) for pair in APART.values()),
], ids=[*TOGETHER, *APART])  # fmt: skip
def test_what_shares_a_commit_and_what_does_not(pair: Pair, together: bool, world: World) -> None:
    idea = world.post()
    world.comment(idea)
    one, other = pair(world, idea)
    assert share(one, other) is share(other, one) is together


def test_as_many_join_by_one_link_at_once_as_it_has_places(world: World) -> None:
    one, other = (world.command(c.AcceptInvitation, person, token_hash="x") for person in ("new", "newer"))
    assert [share(one, other, places) for places in (1, 2, 3)] == [False, True, True]
    # Of no place none can be taken: each is refused, whoever comes first.
    assert share(one, other, places=0)


def test_the_same_post_sent_twice_at_once_is_one_idea(world: World) -> None:
    fields = {"id": "one", "topic": world.topic, "title": "An idea", "body": ""}
    one, again = (world.command(c.PostIdea, "ann", **fields) for _ in range(2))
    assert one.derived(ids.IDEA) == again.derived(ids.IDEA)
    assert not share(one, again)


def test_which_commands_have_a_commit_to_themselves() -> None:
    world = settled_world()
    ask = Asker(world, 1)
    for kind in FIELDS:
        writes = ask.command(kind).touches().writes
        assert ("frame" in writes) is (kind in ALONE), kind
    for command in (
        world.command(c.ExtendPhase, "mod", phase=Phase.IDEATION, until=1),
        world.command(c.ClosePhaseEarly, "mod"),
        world.command(c.ScheduleJam, "org", schedule=SCHEDULE),
    ):
        assert "frame" in command.touches().writes
    assert all("frame" in ask.command(kind).touches().reads for kind in SHARING)
