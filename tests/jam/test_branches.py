"""Branches of who brought whom: revoked with what they wrote, and restored exactly."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import ids
from server.jam.branches import branch_of, reckon
from server.jam.people import STRANGER, Relation, Role
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, Rejection, Restricted
from server.jam.standing import RestrictionKind
from server.jam.visibility import Audience, ContentStatus
from tests.jam.world import HOUR, World, plain

R = "Because it is so"
VISIBLE, HIDDEN = ContentStatus.VISIBLE, ContentStatus.HIDDEN

MOVING = ("seq", "commands", "changes", "personal", "log", "member_acts")
"""What of a jam tells that something happened, and not what holds."""


def holding(world: World) -> Any:
    """All that holds in the jam: to compare before and after, without the numbers and times of what happened between."""
    shown = plain(world.state, but=MOVING)
    for kind in ("ideas", "comments"):
        shown[kind] = [_but(one, "seq") for one in shown[kind]]
    shown["members"] = [_but(one, "touched", "standing_seq", "notices") for one in shown["members"]]
    shown["themes"] = {id: _but(one, "seq") for id, one in shown["themes"].items()}
    return shown


def _but(entity: Any, *names: str) -> dict[str, Any]:
    return {name: value for name, value in entity[1].items() if name not in names}


def bring(world: World, person: str, by: str, uses: int = 5) -> None:
    """`person` joins by an invitation of `by`, who is made an organizer for that moment; it stays open."""
    token = f"token of {by} for {person}"
    role = world.member(by).role
    if role is not Role.ORGANIZER:
        world.do(c.ChangeRole, "org", person=by, role=Role.ORGANIZER)
    world.do(
        c.CreateInvitation, by, token_hash=token, relation=Relation.FRIEND, role=Role.PARTICIPANT, max_uses=uses,
        expires_at=world.now + 9 * HOUR,
    )  # fmt: skip
    world.do(c.AcceptInvitation, person, token_hash=token)
    if role is not Role.ORGANIZER:
        world.do(c.ChangeRole, "org", person=by, role=role)


TREE = {"b1": "ann", "b2": "ann", "b11": "b1", "b12": "b1", "b111": "b11", "b21": "b2"}


@pytest.fixture
def family(world: World) -> World:
    """ann brought b1 and b2; b1 brought b11 and b12; b11 brought b111; b2 brought b21."""
    for person, by in TREE.items():
        bring(world, person, by)
    return world


def revoke(world: World, person: str, hides: bool = True) -> None:
    assert world.do(c.RevokeBranch, "org", person=person, hides=hides, reason=R)


def restore(world: World, person: str) -> None:
    assert world.do(c.RestoreBranch, "org", person=person)


def out(world: World) -> set[str]:
    return {member.person for member in world.state.members if member.viewer is STRANGER}


def test_a_branch_is_a_person_and_all_whom_they_brought(family: World) -> None:
    assert [one.person for one in branch_of(family.state, family.member("b1"))] == ["b1", "b11", "b12", "b111"]
    assert [one.person for one in branch_of(family.state, family.member("b21"))] == ["b21"]


def test_revoking_suspends_all_of_them_and_closes_their_invitations(family: World) -> None:
    revoke(family, "b1", hides=False)
    assert out(family) == {"b1", "b11", "b12", "b111"}
    assert {one.by for one in family.state.invitations.values() if one.revoked} == {"b1", "b11"}
    with pytest.raises(Rejection):
        family.do(c.AcceptInvitation, "late", token_hash="token of b11 for b111")
    assert family.state.member("late") is None
    refused = family.refuse(Restricted, c.PostIdea, "b111", topic=family.topic, title="An idea", body="")
    assert (refused.kind, refused.until, refused.reason) == ("SUSPENDED", None, R)


def test_what_they_wrote_is_hidden_and_what_others_wrote_stays(family: World) -> None:
    theirs, other = family.post("b11"), family.post("ben")
    answer, reply = family.comment(theirs, "ben"), family.comment(other, "b1")
    family.support(theirs, "ben")
    family.support(other, "b111")
    kept = family.post("b2")
    revoke(family, "b1")
    assert [family.idea(id).status for id in (theirs, other, kept)] == [HIDDEN, VISIBLE, VISIBLE]
    assert [family.remark(id).status for id in (answer, reply)] == [VISIBLE, HIDDEN]
    assert family.idea(theirs).reason == R
    assert (family.idea(other).support, family.idea(other).comment_count) == (1, 0)


def test_what_it_would_concern_is_what_it_concerns(family: World) -> None:
    first, second = family.post("b11"), family.post("b12")
    family.do(c.HideIdea, "mod", idea=second, reason=R)
    family.comment(first, "b111")
    family.do(c.RestrictMembers, "mod", people=("b12",), kind=RestrictionKind.SUSPENDED, until=None, reason=R)
    told = reckon(family.state, family.member("b1"))
    assert told == (4, 3, 1, 1, 3)
    revoke(family, "b1")
    branch = family.state.branches["b1"]
    assert (len(branch.members), len(branch.ideas), len(branch.comments), len(branch.invitations)) == (4, 1, 1, 3)


def test_kept_content_stays_in_sight(family: World) -> None:
    idea = family.post("b11")
    revoke(family, "b1", hides=False)
    assert family.idea(idea).status is VISIBLE
    assert reckon(family.state, family.member("b1")).ideas == 1


def test_restoring_leaves_what_was_decided_before_and_since(family: World) -> None:
    before, since, removed, freed = (family.post("b11", title) for title in ("Before", "Since", "Removed", "Freed"))
    family.do(c.HideIdea, "mod", idea=before, reason="Hidden long before")
    family.do(c.RestrictMembers, "mod", people=("b11",), kind=RestrictionKind.MUTED, until=None, reason=R)
    family.do(c.RevokeInvitation, "org", invitation=family.state.invitations["token of b11 for b111"].id)
    revoke(family, "b1")
    family.do(c.RestoreIdea, "mod", idea=since, reason=R)
    family.do(c.HideIdea, "mod", idea=since, reason="Hidden since")
    family.do(c.RemoveIdea, "mod", idea=removed, reason=R)
    family.do(c.LiftRestrictions, "org", people=("b12",), reason=R)
    family.do(c.RestrictMembers, "org", people=("b12",), kind=RestrictionKind.SUSPENDED, until=None, reason="Again")
    restore(family, "b1")
    assert [family.idea(id).status for id in (before, since, removed, freed)] == [
        HIDDEN, HIDDEN, ContentStatus.REMOVED, VISIBLE,
    ]  # fmt: skip
    assert (family.idea(before).reason, family.idea(since).reason) == ("Hidden long before", "Hidden since")
    assert out(family) == {"b12"}
    muted = family.member("b11").restriction
    assert muted is not None
    assert muted.kind is RestrictionKind.MUTED
    assert family.state.invitations["token of b11 for b111"].revoked
    assert not family.state.invitations["token of b1 for b11"].revoked


def test_an_invitation_revoked_by_hand_meanwhile_stays_revoked(family: World) -> None:
    invitation = family.state.invitations["token of b1 for b11"]
    revoke(family, "b1")
    assert family.do(c.RevokeInvitation, "org", invitation=invitation.id)
    restore(family, "b1")
    assert invitation.revoked


@pytest.mark.parametrize("order", [("b1", "b11"), ("b11", "b1")])
@pytest.mark.parametrize("back", [("b1", "b11"), ("b11", "b1")])
def test_branches_within_each_other_each_hold_by_themselves(
    family: World, order: tuple[str, str], back: tuple[str, str]
) -> None:
    inner, outer = family.post("b111"), family.post("b12")
    before = holding(family)
    for person in order:
        revoke(family, person)
    restore(family, back[0])
    if back[0] == "b11":
        assert out(family) == {"b1", "b11", "b12", "b111"}
        assert (family.idea(inner).status, family.idea(outer).status) == (HIDDEN, HIDDEN)
    else:
        assert out(family) == {"b11", "b111"}
        assert (family.idea(inner).status, family.idea(outer).status) == (HIDDEN, VISIBLE)
    restore(family, back[1])
    assert holding(family) == before


@pytest.mark.parametrize(
    ("why", "by", "fields"),
    [
        (NotAllowed, "mod", {}),
        (NotAllowed, "ann", {}),
        (Conflict, "org", {"person": "org"}),
        (NotFound, "org", {"person": "nobody"}),
        (InvalidInput, "org", {"reason": ""}),
    ],
)
def test_who_may_not_revoke_which_branch(family: World, why: type[Rejection], by: str, fields: dict[str, Any]) -> None:
    family.refuse(why, c.RevokeBranch, by, **{"person": "b1", "hides": True, "reason": R} | fields)


def test_nobody_revokes_the_branch_they_are_in(family: World) -> None:
    family.do(c.ChangeRole, "org", person="b111", role=Role.ORGANIZER)
    family.refuse(Conflict, c.RevokeBranch, "b111", person="ann", hides=False, reason=R)
    assert family.do(c.RevokeBranch, "b111", person="b2", hides=False, reason=R)


def test_revoking_twice_holds_already_and_otherwise_is_a_conflict(family: World) -> None:
    revoke(family, "b1")
    family.still(c.RevokeBranch, "org", person="b1", hides=True, reason="Other words")
    family.refuse(Conflict, c.RevokeBranch, "org", person="b1", hides=False, reason=R)
    restore(family, "b1")
    family.still(c.RestoreBranch, "org", person="b1")
    family.refuse(NotFound, c.RestoreBranch, "org", person="nobody")


def test_organizers_bring_back_one_person_of_a_revoked_branch_and_moderators_can_not(family: World) -> None:
    revoke(family, "b1")
    family.refuse(NotAllowed, c.LiftRestrictions, "mod", people=("b12",), reason=R)
    act = family.make(ids.MEMBER_ACT, c.LiftRestrictions, "org", people=("b12",), reason=R)
    assert out(family) == {"b1", "b11", "b111"}
    family.do(c.UndoMemberAct, "org", act=act)
    assert out(family) == {"b1", "b11", "b12", "b111"}
    restore(family, "b1")
    assert out(family) == set()


def test_an_undone_lift_does_not_bring_back_a_branch_that_was_restored(family: World) -> None:
    revoke(family, "b1")
    act = family.make(ids.MEMBER_ACT, c.LiftRestrictions, "org", people=("b12",), reason=R)
    restore(family, "b1")
    family.do(c.UndoMemberAct, "org", act=act)
    assert out(family) == set()


# ---------------------------------------------------------------------------------------------------------- properties
def grown(parents: Iterable[int]) -> World:
    """A forest: person n was brought by person parents[n] before them, and each wrote something."""
    world = World()
    for number, parent in enumerate(parents):
        by = "ann" if number == 0 else f"n{parent % number}"
        bring(world, f"n{number}", by)
        idea = world.post(f"n{number}")
        world.comment(idea, f"n{parent % (number + 1)}")
    return world


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=9), st.data())
def test_restoring_all_in_any_order_is_as_if_nothing_had_been_revoked(parents: list[int], data: st.DataObject) -> None:
    world = grown(parents)
    before = holding(world)
    people = [f"n{number}" for number in range(len(parents))]
    roots = data.draw(st.lists(st.sampled_from(people), min_size=1, max_size=4, unique=True))
    for root in roots:
        revoke(world, root, hides=data.draw(st.booleans()))
    for place, root in enumerate(back := data.draw(st.permutations(roots))):
        restore(world, root)
        standing = {one.person for left in back[place + 1 :] for one in branch_of(world.state, world.member(left))}
        assert out(world) == standing
    assert holding(world) == before


def test_what_is_written_in_a_circle_shows_in_no_reckoning(family: World) -> None:
    before = reckon(family.state, family.member("b1"))
    inside = family.post("b1", audience=Audience(circle=family.circle("b1", "ben")))
    family.comment(inside, "b1")
    assert reckon(family.state, family.member("b1")) == before
