"""Invitations, and who may invite."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.entities import Invitation
from server.jam.state import JamState


def created(state: JamState, event: events.InvitationCreated) -> None:
    state.keep_invitation(
        Invitation(
            event.invitation,
            event.token_hash,
            event.relation,
            event.role,
            event.max_uses,
            event.expires_at,
            event.at,
            event.by,
            kind=event.kind,
            language=event.language,
        )
    )


def revoked(state: JamState, event: events.InvitationRevoked) -> None:
    invitation = state.invitation(event.invitation)
    if invitation is not None:
        invitation.revoked, invitation.held = True, ()


def delivered(state: JamState, event: events.InvitationDelivered) -> None:
    invitation = state.invitation(event.invitation)
    if invitation is not None:
        invitation.delivered_at, invitation.failed = event.at, False


def failed(state: JamState, event: events.InvitationFailed) -> None:
    invitation = state.invitation(event.invitation)
    if invitation is not None:
        invitation.failed = True


def declined(state: JamState, event: events.InvitationDeclined) -> None:
    invitation = state.invitation(event.invitation)
    if invitation is not None:
        invitation.revoked = invitation.declined = True
        invitation.reported = event.reported


def policy_set(state: JamState, event: events.InvitationPolicySet) -> None:
    state.invitation_policy = event.policy
    state.changes.note(changes.JAM, state.id, state.seq)


HANDLERS: marking.Handlers = {
    events.InvitationCreated: created,
    events.InvitationRevoked: revoked,
    events.InvitationDelivered: delivered,
    events.InvitationFailed: failed,
    events.InvitationDeclined: declined,
    events.InvitationPolicySet: policy_set,
}
