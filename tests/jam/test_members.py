"""Who joins and how, roles, notices that were read, and circles."""

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide.circles import MOST_MEMBERS
from server.jam.invitations import LONGEST_MS, MOST_USES
from server.jam.people import Relation, Role
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, PhaseClosed
from server.jam.visibility import Audience
from tests.jam.world import HOUR, World


def invite(world: World, token: str = "hash", uses: int = 1, ms: int = HOUR) -> str:
    return world.make(
        ids.INVITATION, c.CreateInvitation, "org", token_hash=token, relation=Relation.FRIEND, role=Role.PARTICIPANT,
        max_uses=uses, expires_at=world.now + ms,
    )  # fmt: skip


def test_who_accepts_an_invitation_is_what_it_says(world: World) -> None:
    id = invite(world)
    assert world.do(c.AcceptInvitation, "new", token_hash="hash") == (
        ev.MemberJoined(
            at=world.now, person="new", role=Role.PARTICIPANT, relation=Relation.FRIEND, invitation=id, invited_by="org"
        ),
    )
    assert world.member("new").invited_by == "org"
    assert world.state.invitations["hash"].uses == 1


def test_joining_again_changes_nothing_and_uses_up_nothing(world: World) -> None:
    invite(world, uses=2)
    world.do(c.AcceptInvitation, "new", token_hash="hash")
    world.still(c.AcceptInvitation, "new", token_hash="hash")
    world.still(c.AcceptInvitation, "mod", token_hash="hash")
    assert world.member("mod").role is Role.MODERATOR


def test_an_invitation_ends_by_use_by_time_and_by_being_revoked(world: World) -> None:
    invite(world, "once")
    invite(world, "short", ms=10)
    revoked = invite(world, "revoked")
    world.do(c.AcceptInvitation, "new", token_hash="once")
    world.refuse(NotFound, c.AcceptInvitation, "late", token_hash="once")
    world.wait(9)
    world.do(c.AcceptInvitation, "newer", token_hash="short")
    assert world.do(c.RevokeInvitation, "org", invitation=revoked) == (
        ev.InvitationRevoked(at=world.now, invitation=revoked, by="org"),
    )
    world.still(c.RevokeInvitation, "org", invitation=revoked)
    world.refuse(NotFound, c.AcceptInvitation, "late", token_hash="revoked")
    invite(world, "at the end", ms=5)
    world.wait(5)
    world.refuse(NotFound, c.AcceptInvitation, "late", token_hash="at the end")
    world.refuse(NotFound, c.AcceptInvitation, "late", token_hash="unknown")
    world.refuse(NotFound, c.RevokeInvitation, "org", invitation="v")


@pytest.mark.parametrize(
    "fields", [{"max_uses": 0}, {"max_uses": -1}, {"max_uses": MOST_USES + 1}, {"ms": 0}, {"ms": -1}, {"ms": LONGEST_MS + 1}]
)
def test_what_is_no_invitation(world: World, fields: dict[str, int]) -> None:
    asked = {"max_uses": 1, "ms": HOUR} | fields
    world.refuse(
        InvalidInput, c.CreateInvitation, "org", token_hash="hash", relation=Relation.FRIEND, role=Role.PARTICIPANT,
        max_uses=asked["max_uses"], expires_at=world.now + asked["ms"],
    )  # fmt: skip


def test_a_repeated_request_makes_no_second_invitation_even_with_another_secret(world: World) -> None:
    invite(world)
    first = world.state.invitations["hash"]
    fields = {"relation": first.relation, "role": first.role, "max_uses": 1, "expires_at": first.expires_at}
    world.still(c.CreateInvitation, "org", token_hash="hash", **fields)
    world.still(c.CreateInvitation, "org", id=f"command-{world.count - 1}", token_hash="other", **fields)


def test_a_member_is_added_once(world: World) -> None:
    fields = {"person": "new", "role": Role.SPONSOR, "relation": Relation.CLIENT}
    joined = ev.MemberJoined(at=world.now, **fields, invitation=None, invited_by=None)
    assert world.do(c.AddMember, ids.SYSTEM, **fields) == (joined,)
    world.still(c.AddMember, "org", **fields | {"role": Role.ORGANIZER})
    assert world.do(c.AddMember, "org", **fields | {"person": "newer"})[0].invited_by == "org"  # type: ignore[attr-defined]
    world.refuse(NotAllowed, c.AddMember, "mod", **fields | {"person": "newest"})


def test_a_role_is_changed_and_the_last_organizer_stays(world: World) -> None:
    assert world.do(c.ChangeRole, "org", person="ann", role=Role.REVIEWER) == (
        ev.RoleChanged(at=world.now, person="ann", role=Role.REVIEWER, by="org"),
    )
    world.still(c.ChangeRole, "org", person="ann", role=Role.REVIEWER)
    world.refuse(Conflict, c.ChangeRole, "org", person="org", role=Role.PARTICIPANT)
    world.refuse(NotFound, c.ChangeRole, "org", person="nobody", role=Role.PARTICIPANT)
    world.refuse(NotAllowed, c.ChangeRole, "mod", person="mod", role=Role.ORGANIZER)
    world.do(c.ChangeRole, "org", person="ann", role=Role.ORGANIZER)
    world.do(c.ChangeRole, "org", person="org", role=Role.PARTICIPANT)
    world.refuse(Conflict, c.ChangeRole, "ann", person="ann", role=Role.MODERATOR)


def test_what_came_after_the_screen_was_drawn_stays_unread(world: World) -> None:
    idea = world.post("ann")
    world.comment(idea)
    ann = world.state.member("ann")
    assert ann is not None
    drawn = ann.notices[-1].seq
    world.comment(idea)
    late = ann.notices[-1].seq
    assert world.do(c.ReadNotifications, "ann", up_to=drawn) == (ev.NotificationsRead(at=world.now, person="ann", up_to=drawn),)
    assert ann.read_seq == drawn < late
    world.still(c.ReadNotifications, "ann", up_to=drawn)
    world.still(c.ReadNotifications, "ann", up_to=-5)
    world.do(c.ReadNotifications, "ann")
    assert ann.read_seq > late
    before = ann.read_seq
    world.comment(idea)
    world.still(c.ReadNotifications, "ann", up_to=drawn)
    assert ann.read_seq == before
    # A number from the future marks nothing that has not come yet.
    world.do(c.ReadNotifications, "ann", up_to=10**9)
    world.comment(idea)
    assert ann.notices[-1].seq > ann.read_seq


def test_notices_are_read_once(world: World) -> None:
    world.still(c.ReadNotifications, "ann")
    idea = world.post("ann")
    world.comment(idea)
    assert world.do(c.ReadNotifications, "ann") == (ev.NotificationsRead(at=world.now, person="ann", up_to=None),)
    world.still(c.ReadNotifications, "ann")
    world.comment(idea)
    assert world.do(c.ReadNotifications, "ann")
    world.refuse(NotAllowed, c.ReadNotifications, "nobody")


# --------------------------------------------------------------------------------------------------------------- circles
def test_a_circle_holds_who_made_it_and_whom_they_named(world: World) -> None:
    command = world.command(c.CreateCircle, "ann", name=" The few ", members=("ben", "ann", "ben", "cat"))
    id = command.derived(ids.CIRCLE)
    assert world.run(command) == (
        ev.CircleCreated(at=world.now, circle=id, name="The few", members=("ann", "ben", "cat"), by="ann"),
    )
    assert world.run(command) == ()
    assert [person for person in ("ann", "ben", "cat", "org") if id in world.viewer(person).circles] == ["ann", "ben", "cat"]


def test_its_maker_changes_a_circle_and_anyone_may_leave_it(world: World) -> None:
    id = world.circle("ann", "ben", "cat")
    assert world.do(c.ChangeCircle, "ann", circle=id, add=("fay", "ben"), remove=("cat", "pat")) == (
        ev.CircleChanged(at=world.now, circle=id, added=("fay",), removed=("cat",), by="ann"),
    )
    assert world.state.circles[id].members == {"ann", "ben", "fay"}
    assert world.viewer("cat").circles == frozenset()
    world.still(c.ChangeCircle, "ann", circle=id, add=("fay",), remove=("cat",))
    world.refuse(InvalidInput, c.ChangeCircle, "ann", circle=id, add=("fay", "cat"), remove=("fay",))
    world.refuse(NotAllowed, c.ChangeCircle, "ben", circle=id, add=("cat",))
    world.refuse(NotAllowed, c.ChangeCircle, "ben", circle=id, remove=("fay",))
    world.do(c.ChangeCircle, "ben", circle=id, remove=("ben",))
    world.refuse(NotFound, c.ChangeCircle, "ben", circle=id, remove=("ben",))


@pytest.mark.parametrize("kind", [c.CreateCircle, c.ChangeCircle])
def test_who_can_not_be_in_a_circle(world: World, kind: type[c.Command]) -> None:
    id = world.circle("ann", "ben")
    crowd = tuple(f"person-{number}" for number in range(MOST_MEMBERS))
    fields = {"name": "More"} if kind is c.CreateCircle else {"circle": id}
    field = "members" if kind is c.CreateCircle else "add"
    world.refuse(NotFound, kind, "ann", **fields, **{field: ("nobody",)})
    world.refuse(InvalidInput, kind, "ann", **fields, **{field: crowd})


def test_a_circle_needs_a_name_and_an_open_jam(world: World) -> None:
    for name in ("", "x", "a\nb", "x" * 81):
        assert world.refuse(InvalidInput, c.CreateCircle, "ann", name=name, members=()).field == "name"
    draft = World(phase=world.state.phase(0).DRAFT)
    draft.refuse(PhaseClosed, c.CreateCircle, "ann", name="The few", members=())


def test_who_is_let_into_a_circle_sees_what_was_there_and_who_leaves_sees_nothing(world: World) -> None:
    id = world.circle("ann", "ben")
    idea = world.idea(world.post("ann", audience=Audience(circle=id)))
    touched = world.member("cat").touched
    world.do(c.ChangeCircle, "ann", circle=id, add=("cat",))
    assert world.state.sees_idea(world.viewer("cat"), idea)
    assert world.member("cat").touched > touched
    world.do(c.ChangeCircle, "ann", circle=id, remove=("ann",))
    assert not world.state.sees_idea(world.viewer("ann"), idea)
