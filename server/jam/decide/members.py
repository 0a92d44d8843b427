"""Who is a member, with which role."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority, member_may, not_erased
from server.jam.decide.organizers import keep_an_organizer
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.rejections import Conflict, NotFound
from server.jam.state import JamState


def room(state: JamState, token_hash: str) -> int:
    """How many more people an invitation lets in: so many acceptances don't depend on each other."""
    invitation = state.invitations.get(token_hash)
    return 0 if invitation is None else invitation.max_uses - invitation.uses


def add(state: JamState, command: c.AddMember, now: int) -> tuple[events.Event, ...]:
    inviter = authority(state, command.actor, Action.ORGANIZE, now)
    not_erased(state, command.person, Action.VIEW)
    if state.member(command.person) is not None:
        return ()
    return (
        events.MemberJoined(
            at=now, person=command.person, role=command.role, relation=command.relation, invitation=None,
            invited_by=inviter.person if inviter else None,
        ),
    )  # fmt: skip


def change_role(state: JamState, command: c.ChangeRole, now: int) -> tuple[events.Event, ...]:
    """A jam keeps at least one organizer."""
    authority(state, command.actor, Action.ORGANIZE, now)
    member = state.member(command.person)
    if member is None:
        raise NotFound("member", command.person)
    if member.role is command.role:
        return ()
    if member.is_minor(now):
        raise Conflict("A minor takes part as a participant, until they are of age.")
    if member.role is Role.ORGANIZER:
        keep_an_organizer(state, {member.person}, now)
    return (events.RoleChanged(at=now, person=member.person, role=command.role, by=command.actor),)


def read_notifications(state: JamState, command: c.ReadNotifications, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.VIEW, now)
    newest = state.seq if command.up_to is None else min(command.up_to, state.seq)
    if not any(member.read_seq < notice.seq <= newest for notice in reversed(member.notices)):
        return ()
    return (events.NotificationsRead(at=now, person=member.person, up_to=None if command.up_to is None else newest),)


DECISIONS: Decisions = {
    c.AddMember: add,
    c.ChangeRole: change_role,
    c.ReadNotifications: read_notifications,
}
