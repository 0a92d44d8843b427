"""What happened to invitations: made, mailed, revoked; and who may invite."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.invitations import InvitationKind, InvitationPolicy
from server.jam.people import Relation, Role


@stored_as("invitation.created", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCreated(Event):
    """`token_hash` is the hash of the secret in the link. Where a mail goes, and what it says, is in the vault only;
    `language` is the language it is in."""

    invitation: str
    token_hash: str
    relation: Relation
    role: Role
    max_uses: int
    expires_at: int
    by: str
    kind: InvitationKind
    language: str | None


@stored_as("invitation.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(Event):
    invitation: str
    by: str


@stored_as("invitation.delivered")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationDelivered(Event):
    """The mail server took the mail. Whether anybody has read it nobody knows."""

    invitation: str


@stored_as("invitation.failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFailed(Event):
    """The mail server refused the mail, or could not be reached for as long as it was tried."""

    invitation: str


@stored_as("invitation.declined")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationDeclined(Event):
    """Whoever got the mail does not want it; `reported`: they say that it was an abuse."""

    invitation: str
    reported: bool


@stored_as("jam.invitation_policy")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPolicySet(Event):
    policy: InvitationPolicy
    by: str
