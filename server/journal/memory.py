"""A journal in memory, for tests: the same semantics as the stores, gone when its store is."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from server.journal.paged import PAGE_RECORDS, ChainCheck, PagedJournal
from server.journal.port import Conflict, JournalUnavailable, Record, Snapshot, check_append, check_payload


@dataclass(slots=True)
class MemoryStore:
    """What several memory journals share, as several processes share a file."""

    records: dict[str, dict[int, Record]] = field(default_factory=dict)
    snapshots: dict[tuple[str, str], Snapshot] = field(default_factory=dict)
    listeners: list[Callable[[str], None]] = field(default_factory=list)

    def tail(self, stream: str, limit: int | None = None) -> int:
        """Where the last record that follows a number below `limit` ends; 0 if there is none."""
        records = reversed(self.records.get(stream, {}).values())
        return next((record.last for record in records if limit is None or record.after < limit), 0)


class MemoryJournal(PagedJournal):
    """A journal over a `MemoryStore`; pass the same store to two journals to see each other's records."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        super().__init__()
        self.store = MemoryStore() if store is None else store
        self.store.listeners.append(self._wake)

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        """Append `count` events after `after`; see `Journal.append`."""
        self._require_open()
        check_append(after, count, payload)
        records = self.store.records.setdefault(stream, {})
        rival, tail = records.get(after), self.store.tail(stream)
        if rival is not None and rival.token == token:
            return
        if tail != after:
            raise Conflict(stream, after, tail)
        records[after] = Record(stream, after, count, bytes(payload), token)
        for wake in self.store.listeners:
            wake(stream)

    async def streams(self, prefix: str = "") -> list[str]:
        """The names of all streams that begin with `prefix`, sorted."""
        self._require_open()
        return sorted(name for name, records in self.store.records.items() if records and name.startswith(prefix))

    async def replace(self, stream: str, after: int, payload: bytes) -> None:
        """Rewrite the payload of the record that follows `after`; see `Journal.replace`."""
        self._require_open()
        check_payload(payload)
        records = self.store.records.get(stream, {})
        if after not in records:
            raise KeyError((stream, after))
        records[after] = replace(records[after], payload=bytes(payload))

    async def save_snapshot(self, stream: str, seq: int, kind: str, data: bytes) -> None:
        """Keep a snapshot unless a newer one of its kind exists."""
        self._require_open()
        known = self.store.snapshots.get((stream, kind))
        if known is None or known.seq <= seq:
            self.store.snapshots[stream, kind] = Snapshot(seq, bytes(data))

    async def load_snapshot(self, stream: str, kind: str) -> Snapshot | None:
        """The newest snapshot of the stream in the format `kind`, or None."""
        self._require_open()
        return self.store.snapshots.get((stream, kind))

    async def drop_snapshots(self, stream: str) -> None:
        """Remove every snapshot of the stream."""
        self._require_open()
        for key in [key for key in self.store.snapshots if key[0] == stream]:
            del self.store.snapshots[key]

    async def wipe(self) -> None:
        """Memory keeps nothing that was replaced."""

    async def check(self) -> list[str]:
        """The breaks in the chains of records; empty if there are none."""
        self._require_open()
        chains = ChainCheck()
        for stream, records in sorted(self.store.records.items()):
            for record in records.values():
                chains.visit(stream, record.after, record.count)
        return chains.problems

    async def close(self) -> None:
        """End every `follow`; the store keeps what it has."""
        await self._end_followers()
        if self._wake in self.store.listeners:
            self.store.listeners.remove(self._wake)

    async def _page(self, stream: str, after: int) -> list[Record]:
        self._require_open()
        records = self.store.records.get(stream, {})
        page: list[Record] = []
        while len(page) < PAGE_RECORDS and (record := records.get(after)) is not None:
            page.append(record)
            after = record.last
        return page

    async def _end_before(self, stream: str, limit: int | None) -> int:
        self._require_open()
        return self.store.tail(stream, limit)

    async def _watch(self) -> None:
        """Every journal on the store is told of each append at once: there is nothing to watch."""

    def _require_open(self) -> None:
        if self._closed:
            raise JournalUnavailable("the journal is closed")
