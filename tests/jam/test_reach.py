"""The reach meter and the forest of who brought whom, held against a recount that looks at everything."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.apply import apply
from server.jam.forest import Forest, heaviest
from server.jam.invitations import InvitationKind
from server.jam.people import Relation, Role
from server.jam.reach import ReachCount, counting
from server.jam.rejections import Rejection
from server.jam.visibility import Audience, ContentStatus
from tests.jam.world import World

COUNTRIES = {"ann": "IL", "ben": "IL", "cat": "US"}


def counted(world: World) -> ReachCount:
    *steps, count = counting(world.state, COUNTRIES.get)
    assert not any(steps)
    assert count is not None
    return count


class Reached(World):
    """A world in which people join by invitations of each other."""

    def mail(self, by: str, relation: Relation = Relation.FRIEND, state: str = "") -> str:
        """An invitation by mail: on its way, `delivered` or `failed`."""
        return self._invitation(by, InvitationKind.MAIL, relation, 1, state)

    def link(self, by: str, uses: int = 100) -> str:
        return self._invitation(by, InvitationKind.LINK, Relation.FRIEND, uses, "")

    def _invitation(self, by: str, kind: InvitationKind, relation: Relation, uses: int, state: str) -> str:
        self.count += 1
        id = f"v{self.count}"
        made = ev.InvitationCreated(
            at=self.now, invitation=id, token_hash=f"hash of {id}", relation=relation, role=Role.PARTICIPANT, max_uses=uses,
            expires_at=self.now + 1, by=by, kind=kind, language=None,
        )  # fmt: skip
        apply(self.state, made)
        if state == "delivered":
            apply(self.state, ev.InvitationDelivered(at=self.now, invitation=id))
        elif state == "failed":
            apply(self.state, ev.InvitationFailed(at=self.now, invitation=id))
        return id

    def join(self, person: str, invitation: str | None, by: str | None, relation: Relation = Relation.FRIEND) -> str:
        event = ev.MemberJoined(
            at=self.now, person=person, role=Role.PARTICIPANT, relation=relation, invitation=invitation, invited_by=by
        )
        apply(self.state, event)
        return person

    def bring(self, by: str, *people: str) -> None:
        """People whom someone brings by a link."""
        link = self.link(by)
        for person in people:
            self.join(person, link, by)


# ------------------------------------------------------------------------------------------------------------- a recount
def inviter(world: World, person: str) -> str | None:
    by = world.member(person).invited_by
    return by if by is not None and world.state.member(by) is not None else None


def degree(world: World, person: str) -> int:
    by = inviter(world, person)
    return 0 if by is None else degree(world, by) + 1


def is_below(world: World, person: str, root: str) -> bool:
    by = inviter(world, person)
    return by is not None and (by == root or is_below(world, by, root))


def everyone(world: World) -> list[str]:
    return [member.person for member in world.state.members]


def below(world: World, person: str) -> int:
    return sum(1 + below(world, other) for other in everyone(world) if inviter(world, other) == person)


def has_acted(world: World, person: str) -> tuple[int, int, int]:
    """Ideas, comments and votes that stand, each looked for everywhere."""
    state, number = world.state, world.member(person).number
    shown = {idea.id for idea in state.ideas if idea.reach.circle is None and idea.status.value in ("VISIBLE", "MERGED")}
    board = [idea for idea in state.ideas if idea.id in shown and idea.status is ContentStatus.VISIBLE]
    ideas = sum(1 for idea in state.ideas if idea.author == person and idea.id in shown)
    remarks = [one for one in state.comments if one.author == person and one.status is ContentStatus.VISIBLE]
    member = world.member(person)
    stances = sum(1 for idea in board if idea.number in member.disagrees or idea.number in member.passes)
    votes = sum(1 for idea in board if number in idea.supporters) + stances
    return ideas, sum(1 for one in remarks if one.idea in shown), votes


def assert_recounted(world: World) -> None:
    count, people = counted(world), everyone(world)
    acts = {person: has_acted(world, person) for person in people}
    active = [person for person in people if any(acts[person])]
    for number, person in enumerate(people):
        assert (count.acts.ideas[number], count.acts.comments[number], count.acts.votes[number]) == acts[person], person
        assert count.forest.degree[number] == degree(world, person)
        assert count.forest.below[number] == below(world, person)
        assert count.active[number] == sum(1 for other in active if person == other or is_below(world, other, person))
        brought = [p for p in people if inviter(world, p) == person]
        assert [people[child] for child in sorted(count.forest.children(number))] == brought
        assert [people[child] for child in count.forest.branches(number)] == [p for p in brought if below(world, p)]
    assert [people[number] for number in sorted(count.forest.children())] == [
        person for person in people if inviter(world, person) is None
    ]
    assert (count.total.joined, count.total.active) == (len(people), len(active))
    assert (count.posted, count.commented, count.voted) == tuple(sum(1 for a in acts.values() if a[kind]) for kind in range(3))
    mailed = [one for one in world.state.invitations.values() if one.kind is InvitationKind.MAIL]
    assert count.total.invited == len(mailed)
    assert count.total.delivered == sum(1 for one in mailed if one.delivered_at is not None)
    assert count.total.failed == sum(1 for one in mailed if one.failed)
    assert count.total.accepted == sum(one.uses for one in mailed)
    for table, key in (
        (count.by_relation, lambda person: world.member(person).relation),
        (count.by_degree, lambda person: degree(world, person)),
        (count.by_country, COUNTRIES.get),
    ):
        assert_parts(table, count, Counter(map(key, people)), Counter(map(key, active)))  # type: ignore[arg-type]
    assert sum(count.ways.values()) == len(people)
    assert count.suspended == sum(1 for person in people if world.member(person).is_suspended)


def assert_parts(table: dict[Any, Any], count: ReachCount, joined: Counter[Any], active: Counter[Any]) -> None:
    """Each part is what a recount finds; together they are the whole."""
    assert {key: f.joined for key, f in table.items() if f.joined} == joined
    assert {key: f.active for key, f in table.items() if f.active} == active
    assert sum(figures.joined for figures in table.values()) == count.total.joined
    invited = sum(figures.invited for figures in table.values())
    assert invited == (0 if table is count.by_country else count.total.invited)


# ---------------------------------------------------------------------------------------------------------- histories
STEPS = (
    "join",
    "join",
    "mail",
    "accept",
    "post",
    "circle",
    "comment",
    "support",
    "stance",
    "hide",
    "restore",
    "merge",
    "withdraw",
    "revoke",
    "back",
)
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=45)


def play(world: Reached, history: Iterable[tuple[str, int, int]]) -> None:
    """What a step can't do here and now (nothing to hide, voted already) it leaves."""
    circle = world.circle("ann", "ben")
    for step, a, b in history:
        people, ideas = everyone(world), world.state.ideas
        person, idea = people[a % len(people)], ideas[b % len(ideas)] if ideas else None
        relation = tuple(Relation)[b % 5]
        match step:
            case "join":
                by = None if b % 4 == 0 else ids.SYSTEM if b % 4 == 1 else person
                world.join(f"guest {len(people)}", None if by is None else world.link(by), by, relation)
            case "mail":
                world.mail(person, relation, ("", "delivered", "failed")[b % 3])
            case "accept":
                mails = [i for i in world.state.invitations.values() if i.kind is InvitationKind.MAIL and not i.uses]
                if mails:
                    world.join(f"guest {len(people)}", mails[0].id, mails[0].by, mails[0].relation)
            case "post" if not world.member(person).is_suspended:
                world.post(person)
            case "revoke" | "back":
                revoke(world, step, person, hides=b % 2 == 0)
            case "circle" if not world.member("ann").is_suspended:
                world.post("ann", audience=Audience(circle=circle))
            case _ if idea is not None:
                act(world, step, person, idea.id)


def revoke(world: Reached, step: str, person: str, hides: bool) -> None:
    """A branch, unless the organizer is in it; or back, if it was revoked."""
    with suppress(Rejection):
        if step == "revoke":
            world.do(c.RevokeBranch, "org", person=person, hides=hides, reason="Made up")
        else:
            world.do(c.RestoreBranch, "org", person=person)


def act(world: Reached, step: str, person: str, idea: str) -> None:
    found = world.idea(idea)
    may_act = not world.member(person).is_suspended
    is_open = may_act and found.status is ContentStatus.VISIBLE and world.state.sees_idea(world.viewer(person), found)
    match step:
        case "comment" if is_open:
            world.comment(idea, person)
        case "support" if is_open:
            world.do(c.SupportIdea, person, idea=idea)
        case "withdraw" if is_open:
            world.do(c.WithdrawSupport, person, idea=idea)
        case "stance" if is_open:
            world.do(c.RecordStance, ids.SYSTEM, person=person, idea=idea, stance="disagree")
        case "hide" if found.status is ContentStatus.VISIBLE and found.reach.circle is None:
            world.do(c.HideIdea, "org", idea=idea, reason="Why not")
        case "restore" if found.status is ContentStatus.HIDDEN and found.reach.circle is None:
            world.do(c.RestoreIdea, "org", idea=idea, reason="Why not")
        case "merge" if found.status is ContentStatus.VISIBLE and found.reach.is_public:
            others = [other for other in world.state.ideas if other.is_listed and other.reach.is_public and other.id != idea]
            if others:
                world.do(c.MergeIdeas, "org", idea=idea, into=others[0].id, reason="Why not")


@settings(max_examples=120, deadline=None)
@given(steps)
def test_every_figure_is_that_of_a_recount(history: list[tuple[str, int, int]]) -> None:
    world = Reached()
    play(world, history)
    assert_recounted(world)


@settings(max_examples=120, deadline=None)
@given(steps, st.integers(1, 40), st.integers(0, 5))
def test_the_picture_shows_the_heaviest_with_their_inviters(history: list[tuple[str, int, int]], most: int, depth: int) -> None:
    world = Reached()
    play(world, [step for step in history if step[0] in ("join", "accept", "mail")])
    forest = counted(world).forest
    shown = heaviest(forest, None, depth, most)
    numbers = list(shown.numbers)
    assert (
        len(numbers)
        == len(set(numbers))
        == min(most, sum(1 for number in range(len(forest)) if forest.degree[number] <= depth))
    )
    for place, (number, parent) in enumerate(zip(numbers, shown.parents, strict=True)):
        assert parent <= place
        assert (numbers[parent - 1] if parent else -1) == forest.parent[number]
    # Nobody is left out who has more below them than someone shown, and whose inviter is shown as well.
    left = [n for n in range(len(forest)) if n not in numbers and (forest.parent[n] in numbers or forest.degree[n] == 0)]
    left = [number for number in left if forest.degree[number] <= depth]
    if left:
        assert max(forest.below[number] for number in left) <= forest.below[numbers[-1]] or len(numbers) < most


# ------------------------------------------------------------------------------------------------------------- by example
def test_degrees_are_invitations_from_someone_who_came_without_one() -> None:
    world = Reached()
    before = counted(world)
    world.join("root", None, None)
    world.bring("root", "one", "two")
    world.bring("one", "under")
    world.bring("under", "deep")
    count = counted(world)
    of = {member.person: member.number for member in world.state.members}
    assert [count.forest.degree[of[name]] for name in ("root", "one", "two", "under", "deep")] == [0, 1, 1, 2, 3]
    assert [count.forest.below[of[name]] for name in ("root", "one", "two", "under", "deep")] == [4, 2, 0, 1, 0]
    assert [count.forest.brought[of[name]] for name in ("root", "one", "two", "under", "deep")] == [2, 1, 0, 1, 0]
    assert [world.state.members[number].person for number in count.forest.path(of["deep"])] == ["root", "one", "under"]
    assert count.forest.root_count == before.forest.root_count + 1
    assert count.ways[InvitationKind.LINK] == 4


def test_who_was_invited_by_the_server_stands_at_the_top() -> None:
    world = Reached()
    world.join("guest", world.link(ids.SYSTEM), ids.SYSTEM)
    number = world.member("guest").number
    assert counted(world).forest.degree[number] == 0


def test_mails_are_counted_where_they_will_lead_and_links_are_not() -> None:
    world = Reached()
    world.join("root", None, None)
    world.mail("root", Relation.FAMILY, "delivered")
    world.mail("root", Relation.FAMILY, "failed")
    taken = world.mail("root", Relation.FRIEND, "delivered")
    world.join("guest", taken, "root")
    world.link("root", 500)
    count = counted(world)
    assert (count.total.invited, count.total.delivered, count.total.failed, count.total.accepted) == (3, 2, 1, 1)
    assert count.by_degree[1].invited == 3
    assert (count.by_relation[Relation.FAMILY].invited, count.by_relation[Relation.FRIEND].accepted) == (2, 1)


@pytest.mark.parametrize("what", ["idea", "comment", "vote"])
def test_what_happens_in_a_circle_makes_nobody_active(what: str) -> None:
    world = Reached()
    circle = world.circle("ann", "ben")
    secret = world.post("ann", audience=Audience(circle=circle))
    before = counted(world)
    if what == "comment":
        world.comment(secret, "ben")
    elif what == "vote":
        world.support(secret, "ben")
    else:
        world.post("ben", audience=Audience(circle=circle))
    after = counted(world)
    assert (after.total, after.acts) == (before.total, before.acts)
    assert not after.acts.is_active(world.member("ben").number)


def test_what_was_hidden_does_not_count_until_it_is_restored() -> None:
    world = Reached()
    number = world.member("ben").number
    idea = world.post("ben")
    assert counted(world).acts.is_active(number)
    world.do(c.HideIdea, "mod", idea=idea, reason="Why not")
    assert not counted(world).acts.is_active(number)
    world.do(c.RestoreIdea, "mod", idea=idea, reason="Why not")
    assert counted(world).acts.is_active(number)


def test_the_suspended_have_joined_and_are_told_apart() -> None:
    world = Reached()
    world.join("root", None, None)
    world.bring("root", "one", "two")
    before = counted(world)
    world.do(c.RevokeBranch, "org", person="root", hides=False, reason="Made up")
    after = counted(world)
    assert (before.suspended, after.suspended) == (0, 3)
    assert after.total == before.total


def test_who_joins_while_it_is_counted_is_left_for_the_next_count() -> None:
    world = Reached()
    steps = counting(world.state, COUNTRIES.get)
    members = len(world.state.members)
    assert next(steps) is None
    world.bring("ann", "late")
    world.post("late")
    world.support(world.post("ann"), "late")
    *_, count = steps
    assert count is not None
    assert (count.total.joined, len(count.forest)) == (members, members)
    assert_recounted(world)


def test_an_empty_jam_has_an_empty_forest() -> None:
    forest = Forest([])
    assert list(forest.children()) == []
    assert list(heaviest(forest, None, 5, 10).numbers) == []
