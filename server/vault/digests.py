"""What people wish to be told by mail, and up to where they have been. The part of the vault port that is about that."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class MailMode(StrEnum):
    """How often a person wants a mail about what concerns them in a jam, at most. Who said nothing: DAILY."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    NEVER = "NEVER"


@dataclass(frozen=True, slots=True)
class MailWish:
    """`secret` stands in each mail: whoever has it may end the mails, and nothing else."""

    person_id: str
    mode: MailMode
    secret: str


@dataclass(frozen=True, slots=True)
class DigestMark:
    """A person was told of a jam up to the number `seq` of its journal, at `sent_at` (ms). Until `claimed_until` somebody is
    about to tell them more.
    """

    person_id: str
    jam_id: str
    seq: int
    sent_at: int
    claimed_until: int = 0


class DigestVault(Protocol):
    """What belongs to a person goes with the person."""

    async def mail_wish(self, person_id: str) -> MailWish | None:
        """What the person wishes, or None if they never said, and were never asked."""

    async def mail_wish_of(self, secret: str) -> MailWish | None:
        """Whose secret it is, and what they wish; or None."""

    async def put_mail_wish(self, wish: MailWish) -> MailWish:
        """Keep what a person wishes; who has a secret already keeps theirs. The wish as it is kept. Raises `KeyError`."""

    async def digest_marks(self, jam_id: str) -> dict[str, DigestMark]:
        """The marks of a jam by person; none for those who were never told anything."""

    async def claim_digest(self, before: DigestMark, until: int) -> bool:
        """Claim a person's next mail until `until` (ms). False where the mark is not `before` any more (all 0: that there is
        none): another process was faster. Raises `KeyError`.
        """

    async def put_digest(self, mark: DigestMark) -> None:
        """Keep up to where the person has been told; for someone who is gone, nothing."""
