"""What is asked about who may invite whom, and of invitations that are mailed."""

from dataclasses import dataclass

from server.jam import ids
from server.jam.commands.base import Command, Touches
from server.jam.invitations import InvitationKind, InvitationPolicy, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Command):
    """Makes an invitation of each place, by whoever may: members within their quota, organizers as they like.

    `expires_at` None: as long as the jam's policy says. Roles other than participant are for organizers to give.
    """

    kind: InvitationKind
    places: tuple[Place, ...]
    expires_at: int | None = None

    def invitation(self, key: str = "") -> str:
        """The id of the invitation made of the place with this key."""
        return ids.derive_id(ids.INVITATION, self.actor, self.id, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinvite(Command):
    """Mails an invitation anew: the old one ends, and one with the secret `token_hash` takes its place."""

    invitation: str
    token_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivery(Command):
    """By the server: the mail server took the mail of an invitation, or refused it for good."""

    invitation: str
    delivered: bool

    def touches(self) -> Touches:
        return Touches(("frame",), (f"invitation:{self.invitation}",))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineInvitation(Command):
    """By the server, for whoever holds the mail: they do not want it, and may say that it was an abuse (`reported`)."""

    token_hash: str
    reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInvitationPolicy(Command):
    policy: InvitationPolicy
