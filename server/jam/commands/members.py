"""What is asked about members, invitations and circles."""

from dataclasses import dataclass

from server.jam.commands.base import Command, Touches, on
from server.jam.invitations import InvitationKind
from server.jam.people import Relation, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvitation(Command):
    """By an organizer: a link or a code for many."""

    token_hash: str
    relation: Relation
    role: Role
    max_uses: int
    expires_at: int
    kind: InvitationKind = InvitationKind.LINK


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitation(Command):
    invitation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation(Command):
    token_hash: str

    def touches(self) -> Touches:
        return Touches(("frame",), (f"member:{self.actor}",), (self.token_hash,))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(Command):
    """By an organizer or the system: for imports and for the company's own sign-in."""

    person: str
    role: Role
    relation: Relation

    def touches(self) -> Touches:
        return on((f"member:{self.actor}",), f"member:{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole(Command):
    person: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotifications(Command):
    """Those up to the number `up_to`, such as the newest on the screen; None: all that there are."""

    up_to: int | None = None

    def touches(self) -> Touches:
        return on((), f"notifications:{self.actor}", f"member:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCircle(Command):
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCircle(Command):
    circle: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameCircle(Command):
    circle: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCircle(Command):
    """`closed` false: open it again."""

    circle: str
    closed: bool = True
