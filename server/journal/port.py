"""The journal port: what a jam needs of a store of events.

A stream is a chain of records numbered without gaps: each record holds `count` events and follows the sequence number
`after`. A record is never removed; only a redaction rewrites one.

Errors::

    Exception
    ├── Conflict             another record follows `after`, or `after` is no end of a record: nothing was written
    ├── JournalUnavailable   the store can't serve now; `uncertain` tells whether the append may have been written
    ├── KeyError             `replace` of a record that does not exist
    └── ValueError           a malformed append, or reading on from a number that is no end of a record
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

MAX_PAYLOAD = 15 * 1024 * 1024
"""Bytes of payload in one record: a MongoDB document holds 16 MB, its envelope included."""

SNAPSHOT_CHUNK = 8 * 1024 * 1024
"""Bytes of a snapshot kept in one row or document."""

SNAPSHOT_GRACE_MS = 3_600_000
"""Chunks without a snapshot are left alone this long, in milliseconds: somebody may still be writing them."""


@dataclass(frozen=True, slots=True)
class Record:
    """One group commit: `count` events numbered from `after` + 1 to `after` + `count`, as opaque bytes.

    `token` names the attempt of the writer that appended it.
    """

    stream: str
    after: int
    count: int
    payload: bytes
    token: str

    @property
    def last(self) -> int:
        """The sequence number of the record's last event, which the next record follows."""
        return self.after + self.count


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folded state of a stream, with everything up to the sequence number `seq`."""

    seq: int
    data: bytes


class Conflict(Exception):
    """The tail of `stream` is not `expected`; `found` is the tail at that moment, where it is known."""

    def __init__(self, stream: str, expected: int, found: int | None = None) -> None:
        super().__init__(f"{stream}: expected to append after {expected}, the tail is {found}")
        self.stream = stream
        self.expected = expected
        self.found = found


class JournalUnavailable(Exception):
    """The store can't serve now: unreachable, full, read-only or damaged.

    `reason` is for a person to read. If `uncertain`, an append may have been written all the same: appending again with
    the same token finds out. `plain` says the same without a name or address of the machine, where that is possible: for
    those whose command is refused.
    """

    def __init__(self, reason: str, uncertain: bool = False, plain: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.uncertain = uncertain
        self.plain = plain


class Journal(Protocol):
    """Streams of records, with snapshots. Every adapter passes the one contract test."""

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        """Append `count` events after the sequence number `after`; durable when it returns.

        If the record following `after` carries `token`, it is our own with its acknowledgement lost: returns normally.
        Raises `Conflict`, `JournalUnavailable`, or `ValueError` for a count below 1, a negative `after` or a payload
        above `MAX_PAYLOAD` bytes.
        """

    def read(self, stream: str, after: int = 0) -> AsyncGenerator[Record, None]:
        """Yield the records following `after` in order, up to the tail, a page in memory at a time.

        Raises `ValueError` unless `after` is 0 or the end of a record.
        """

    def follow(self, stream: str, after: int = 0, known: Callable[[], int] | None = None) -> AsyncGenerator[Record, None]:
        """Yield the records following `after` in order, then each new one as it appears, whoever wrote it.

        `known` tells up to which number, the end of a record, the follower has them from elsewhere: a worker has those that
        it appended itself. Those are passed over, unless they are read before they are known, and an append through this
        journal does not wake the follower.

        Outlives outages of the store without losing its place; ends when the journal is closed. Close an iterator that
        is abandoned early (`contextlib.aclosing`). Raises `ValueError` unless `after` is 0 or the end of a record.
        """

    async def last(self, stream: str) -> int:
        """The sequence number of the stream's last event; 0 for an unknown stream."""

    async def streams(self, prefix: str = "") -> list[str]:
        """The names of all streams that begin with `prefix`, sorted."""

    async def replace(self, stream: str, after: int, payload: bytes) -> None:
        """Rewrite the payload of the record that follows `after`, for redaction; its count and token stay.

        Followers who have passed it are not told, and snapshots are not touched: see `drop_snapshots`.
        Raises `KeyError` if there is no such record.
        """

    async def save_snapshot(self, stream: str, seq: int, kind: str, data: bytes) -> None:
        """Keep `data` as the snapshot of the stream at `seq`, in place of older ones of the same kind.

        `kind` is the version of the snapshot's format. A newer snapshot of that kind stays. A reader sees the whole
        snapshot or none of it.
        """

    async def load_snapshot(self, stream: str, kind: str) -> Snapshot | None:
        """The newest snapshot of the stream in the format `kind`, or None."""

    async def drop_snapshots(self, stream: str) -> None:
        """Remove every snapshot of the stream, of every kind: what a redaction must do before it is one."""

    async def wipe(self) -> None:
        """See to it that what was replaced or dropped is not left in the store's files either, as far as the store can.

        Raises `JournalUnavailable` where readers hold it up for longer than some seconds: then it is to be asked again.
        """

    async def check(self) -> list[str]:
        """The problems found in the whole store, for a person to read; empty if it is healthy."""

    async def close(self) -> None:
        """Release the store and end every `follow`; a second call does nothing."""


def check_append(after: int, count: int, payload: bytes) -> None:
    """Raise `ValueError` for an append that no store could take."""
    if after < 0 or count < 1:
        raise ValueError(f"an append needs after >= 0 and count >= 1, not {after} and {count}")
    check_payload(payload)


def check_payload(payload: bytes) -> None:
    """Raise `ValueError` for a payload above `MAX_PAYLOAD` bytes."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a record holds at most {MAX_PAYLOAD} bytes, not {len(payload)}")


def split_snapshot(data: bytes) -> list[bytes]:
    """The snapshot in pieces of `SNAPSHOT_CHUNK` bytes; at least one, so that an empty snapshot exists too."""
    return [data[start : start + SNAPSHOT_CHUNK] for start in range(0, max(len(data), 1), SNAPSHOT_CHUNK)]
