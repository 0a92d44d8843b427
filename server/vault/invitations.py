"""Invitations as far as they are personal: where a mail goes and what it says, and codes that let a room in. The part of the
vault port that is about them; the journal knows an invitation by its id only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class MailState(StrEnum):
    """WAITING to be sent; SENDING: someone has begun; TAKEN by the mail server, or REFUSED, and not recorded yet; DELIVERED and
    FAILED: the same, recorded; DROPPED: it was not sent, for the invitation had ended; DECLINED by who got it."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    DROPPED = "DROPPED"
    DECLINED = "DECLINED"


OPEN_STATES = (MailState.WAITING, MailState.SENDING, MailState.TAKEN, MailState.REFUSED)
"""States in which something is left to do."""


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """The mail of an invitation. `id` is the invitation's; `secret` opens the door, and is "" once the mail is out.
    `planned_at`: when it was to be sent first; `due_at`: when something is to be done about it next; `expires_at`: when it is
    forgotten.
    """

    id: str
    jam_id: str
    inviter_id: str
    address: str
    name: str
    line: str
    language: str
    secret: str
    created_at: int
    planned_at: int
    due_at: int
    expires_at: int
    state: MailState = MailState.WAITING
    attempts: int = 0
    sent_at: int | None = None


@dataclass(frozen=True, slots=True)
class RoomCode:
    """What lets a room in, by what people type: the `secret` of the invitation with this `id`."""

    id: str
    jam_id: str
    owner_id: str
    code: str
    secret: str
    expires_at: int


class InvitationVault(Protocol):
    """What belongs to a person goes with the person: mails of an erased inviter, and mails to an erased person's address."""

    async def put_mails(self, mails: Sequence[InvitationMail], apart_ms: int) -> list[InvitationMail]:
        """Keep mails, all of them or none; those whose id is known stay as they are. Two mails of a jam to one address are
        planned at least `apart_ms` apart, whoever asked for them. The mails as they are kept, in the same order.

        Raises `KeyError` for an unknown inviter.
        """

    async def claim_mails(self, now: int, most: int, lease_ms: int) -> list[InvitationMail]:
        """At most so many mails about which something is to be done, the one due longest first. Until the lease is over they
        are nobody else's; one that was WAITING is SENDING, and its attempts are counted.
        """

    async def keep_mail(self, mail: InvitationMail) -> None:
        """Keep what became of a mail: state, attempts, times and secret. One that is gone stays gone."""

    async def mails(self, ids: Collection[str]) -> dict[str, InvitationMail]:
        """Those of the mails that are known, by the ids of their invitations."""

    async def mailed(self, jam_id: str, addresses: Collection[str]) -> dict[str, list[str]]:
        """Ids of the invitations mailed (or waiting) to these addresses in a jam, by address; without those that failed."""

    async def declined(self, jam_id: str, address: str) -> bool:
        """Whether whoever has this address has declined an invitation to the jam."""

    async def people_by_email(self, addresses: Collection[str]) -> dict[str, str]:
        """The ids of the people with these normalised addresses, by address."""

    async def add_code(self, code: RoomCode) -> bool:
        """Keep a code; False if the code or its id is taken. Raises `KeyError` for an unknown owner."""

    async def room_code(self, code: str, now: int) -> RoomCode | None:
        """The code, or None if it is unknown or over."""

    async def room_codes(self, ids: Collection[str]) -> dict[str, RoomCode]:
        """Those of the codes that are known, by the ids of their invitations."""
