"""Who joins, by which invitation, with which role."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, authority, member_may
from server.jam.entities import Invitation
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotFound
from server.jam.state import JamState

MOST_USES = 200_000
LONGEST_MS = 366 * 24 * 3_600_000


def invite(state: JamState, command: c.CreateInvitation, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    if not 1 <= command.max_uses <= MOST_USES:
        raise InvalidInput("maxUses", f"A link can be used between 1 and {MOST_USES:,} times.")
    if not now < command.expires_at <= now + LONGEST_MS:
        raise InvalidInput("expiresAt", "A link must end in the future, within a year.")
    id = command.derived(ids.INVITATION)
    if command.token_hash in state.invitations or state.invitation(id) is not None:
        return ()
    return (
        events.InvitationCreated(
            at=now, invitation=id, token_hash=command.token_hash, relation=command.relation,
            role=command.role, max_uses=command.max_uses, expires_at=command.expires_at, by=command.actor,
        ),
    )  # fmt: skip


def revoke(state: JamState, command: c.RevokeInvitation, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.ORGANIZE, now)
    invitation = state.invitation(command.invitation)
    if invitation is None:
        raise NotFound("invitation", command.invitation)
    if invitation.revoked:
        return ()
    return (events.InvitationRevoked(at=now, invitation=invitation.id, by=command.actor),)


def usable(invitation: Invitation, now: int) -> bool:
    """Whether the invitation still lets someone in; it ends at its last instant, exclusive."""
    return not invitation.revoked and now < invitation.expires_at and invitation.uses < invitation.max_uses


def room(state: JamState, token_hash: str) -> int:
    """How many more people an invitation lets in: so many acceptances don't depend on each other."""
    invitation = state.invitations.get(token_hash)
    return 0 if invitation is None else invitation.max_uses - invitation.uses


def accept(state: JamState, command: c.AcceptInvitation, now: int) -> tuple[events.Event, ...]:
    """Joining again by the same or another link changes nothing: a member keeps role and relation."""
    invitation = state.invitations.get(command.token_hash)
    if invitation is None:
        raise NotFound("invitation", "")
    if state.member(command.actor) is not None:
        return ()
    if not usable(invitation, now):
        raise Conflict("This invitation has ended: please ask for a new one.")
    return (
        events.MemberJoined(
            at=now, person=command.actor, role=invitation.role, relation=invitation.relation, invitation=invitation.id,
            invited_by=invitation.by,
        ),
    )  # fmt: skip


def add(state: JamState, command: c.AddMember, now: int) -> tuple[events.Event, ...]:
    inviter = authority(state, command.actor, Action.ORGANIZE, now)
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
    organizers = sum(1 for other in state.members if other.role is Role.ORGANIZER)
    if member.role is Role.ORGANIZER and organizers == 1:
        raise Conflict("A jam needs an organizer: make someone else one first.")
    return (events.RoleChanged(at=now, person=member.person, role=command.role, by=command.actor),)


def read_notifications(state: JamState, command: c.ReadNotifications, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.VIEW, now)
    newest = state.seq if command.up_to is None else min(command.up_to, state.seq)
    if not any(member.read_seq < notice.seq <= newest for notice in reversed(member.notices)):
        return ()
    return (events.NotificationsRead(at=now, person=member.person, up_to=None if command.up_to is None else newest),)


DECISIONS: Decisions = {
    c.CreateInvitation: invite,
    c.RevokeInvitation: revoke,
    c.AcceptInvitation: accept,
    c.AddMember: add,
    c.ChangeRole: change_role,
    c.ReadNotifications: read_notifications,
}
