"""Web push: what people wish to be told of, the devices that are told, and what waits to be sent. The part of the vault port
that is about that. Nothing here holds words: a push names a stretch of a jam, and what it says is read when it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

READERS_AT_ONCE = 5_000
"""So many readers are answered at a time; who gets as many asks on."""


@dataclass(frozen=True, slots=True)
class PushWish:
    """What a person wishes. `kinds`: names of kinds with a space between. `quiet_from` and `quiet_to`: minutes of the day in
    the time zone `zone` (IANA) between which nothing comes; the same minute twice for no such hours. `apart_min`: at least so
    many minutes lie between two pushes. `since` (ms): nothing from before is told.
    """

    person_id: str
    kinds: str
    quiet_from: int
    quiet_to: int
    zone: str
    apart_min: int
    shows_words: bool
    since: int


@dataclass(frozen=True, slots=True)
class PushMark:
    """Up to where a person has been told: `told_at` (ms) is when something was queued for them the last time; `places` is JSON,
    a place in each jam."""

    person_id: str
    told_at: int = 0
    places: str = "{}"


class PushReader(NamedTuple):
    """Somebody with a device: what they wish, and what they were told."""

    wish: PushWish
    mark: PushMark


class PushReaders(NamedTuple):
    """Readers who are new or were changed, and the position from which to ask on. A reader may come again."""

    readers: Sequence[PushReader]
    position: int


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A browser of a person that may be told things (RFC 8030, a push subscription): it ends with the session in which it was
    made. `key` (P-256, uncompressed) and `auth_secret` are base64url. `failing_since` (ms): nothing was taken there since.
    """

    id: str
    person_id: str
    session_hash: str
    endpoint: str
    key: str
    auth_secret: str
    name: str
    created_at: int
    told_at: int | None = None
    failing_since: int | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """A stretch of a jam, (after, upto], both places as JSON, of which a device is to be told. One device has one of a jam at
    most: what comes while it waits makes it longer."""

    device_id: str
    jam_id: str
    person_id: str
    after: str
    upto: str
    created_at: int
    due_at: int
    attempts: int = 0


class PushVault(Protocol):
    """What belongs to a person goes with the person, and a device with its session."""

    async def push_key(self, candidate: str) -> str:
        """The server's private key, which never changes: `candidate` where there was none."""

    async def push_wish(self, person_id: str) -> PushWish | None:
        """What a person wishes, or None if they never said."""

    async def put_push_wish(self, wish: PushWish) -> None:
        """Keep what a person wishes. Raises `KeyError`."""

    async def add_push_device(self, device: PushDevice) -> None:
        """Keep a device; the same endpoint is one device, whose last owner counts: what waited for another's goes. Added again
        by the same person, it keeps what waits and is good again. Raises `KeyError` for an unknown person or session.
        """

    async def push_devices(self, person_id: str, now: int) -> list[PushDevice]:
        """The devices of a person where they are signed in at `now`, the oldest first."""

    async def end_push_device(self, person_id: str, id: str) -> bool:
        """Remove a person's device with what waits for it; False if they have no such."""

    async def note_push_device(self, id: str, told_at: int | None, failing_since: int | None) -> None:
        """Keep when a device was told something the last time (None: as before), and since when it fails."""

    async def push_readers(self, after: int) -> PushReaders:
        """All with a wish who were added or changed after a position; 0 for all, at most `READERS_AT_ONCE`
        by SQLite. Some may have no device any more."""

    async def queue_pushes(self, before: PushMark, after: PushMark, pushes: Sequence[Push]) -> bool:
        """Queue pushes of one person and move their mark, both or neither. False where the mark is not `before`: another
        process was here, or the person is gone. For a device with a push of the jam waiting, that one is made longer.
        """

    async def claim_pushes(self, now: int, most: int, lease_ms: int) -> list[Push]:
        """At most so many that are due, the one due longest first. Until the lease is over they are nobody else's; their
        attempts are counted.
        """

    async def push_done(self, push: Push, now: int) -> None:
        """It was sent, or there is nothing to say any more. What was added to it meanwhile is due now."""

    async def push_failed(self, push: Push, due_at: int) -> None:
        """It was not taken, and is due again then."""

    async def waiting_pushes(self) -> int:
        """How many wait."""
