"""The embedded journal: one SQLite file, durable at every append, shared by any number of processes."""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from server.journal.paged import PAGE_BYTES, PAGE_RECORDS, ChainCheck, PagedJournal
from server.journal.port import (
    SNAPSHOT_GRACE_MS,
    Conflict,
    JournalUnavailable,
    Record,
    Snapshot,
    check_append,
    check_payload,
    split_snapshot,
)
from server.journal.sqlite_thread import (
    REASONS,
    SqliteThread,
    ThreadClosed,
    connect_reader,
    explain,
    open_pair,
    primary_code,
    scrub,
    transaction,
    wiped,
)

P = ParamSpec("P")
T = TypeVar("T")

POLL_SECONDS = 0.05
PREFIX_END = "\U0010ffff"

SCHEMA = """
CREATE TABLE records (
    stream TEXT NOT NULL,
    after INTEGER NOT NULL,
    count INTEGER NOT NULL,
    token TEXT NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE (stream, after)
);
CREATE TABLE snapshots (
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (stream, kind)
);
CREATE TABLE snapshot_chunks (
    body TEXT NOT NULL,
    place INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (body, place)
)
"""

# One statement is a transaction by itself. Python gives up its lock for the whole of it, sync included, and has to win it
# back once; with BEGIN, SELECT, INSERT and COMMIT it would be four times, each behind a busy event loop.
APPEND = """
INSERT INTO records (stream, after, count, token, payload)
SELECT ?1, ?2, ?3, ?4, ?5
WHERE ?2 = coalesce((SELECT after + count FROM records WHERE stream = ?1 ORDER BY after DESC LIMIT 1), 0)
"""
TAIL = "SELECT after + count FROM records WHERE stream = ? ORDER BY after DESC LIMIT 1"
END_BEFORE = "SELECT after + count FROM records WHERE stream = ? AND after < ? ORDER BY after DESC LIMIT 1"
# Steps from one name to the next along the index instead of visiting every record.
STREAMS = """
WITH RECURSIVE names(name) AS (
    SELECT min(stream) FROM records WHERE stream >= ?1
    UNION ALL
    SELECT (SELECT min(stream) FROM records WHERE stream > name) FROM names WHERE name IS NOT NULL AND name < ?2
)
SELECT name FROM names WHERE name < ?2
"""
CHUNKS = "SELECT data FROM snapshot_chunks WHERE body = ? ORDER BY place"
ORPHANS = """
DELETE FROM snapshot_chunks
WHERE body NOT IN (SELECT body FROM snapshots) AND body != ? AND written_at < ?
"""


class SqliteJournal(PagedJournal):
    """Build it with `open`. One thread writes, another reads, and the event loop never waits for the disk."""

    def __init__(self, path: Path, writer: SqliteThread, reader: SqliteThread) -> None:
        super().__init__()
        self._path = path
        self._writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: str | Path) -> "SqliteJournal":
        """Open the file, made if missing; its folder must exist. Raises `JournalUnavailable`."""
        try:
            return cls(Path(path), *await open_pair("journal", Path(path), [SCHEMA]))
        except sqlite3.Error as error:
            raise JournalUnavailable(explain(error)) from error

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        """Append `count` events after `after`, with one sync of the disk; see `Journal.append`."""
        check_append(after, count, payload)
        await self._run(self._writer, _append, stream, after, count, payload, token)
        self._appended(stream)

    async def streams(self, prefix: str = "") -> list[str]:
        """The names of all streams that begin with `prefix`, sorted."""
        return await self._run(self._reader, _streams, prefix)

    async def replace(self, stream: str, after: int, payload: bytes) -> None:
        """Rewrite the payload of the record that follows `after`, and wipe the old one off the file."""
        check_payload(payload)
        await self._run(self._writer, _replace, stream, after, payload)

    async def save_snapshot(self, stream: str, seq: int, kind: str, data: bytes) -> None:
        """Keep a snapshot unless a newer one of its kind exists; appends go on between its pieces."""
        body = uuid.uuid4().hex
        chunks = split_snapshot(data)
        for place, chunk in enumerate(chunks):
            await self._run(self._writer, _save_chunk, body, place, chunk)
        loser = await self._run(self._writer, _save_snapshot, stream, seq, kind, body)
        if loser is not None:
            await self._drop_body(loser)
        if loser == body:
            # A newer one is there, perhaps because something was redacted meanwhile, which ours still had.
            await self._run(self._writer, scrub)

    async def load_snapshot(self, stream: str, kind: str) -> Snapshot | None:
        """The newest snapshot of the stream in the format `kind`, or None."""
        return await self._run(self._reader, _load_snapshot, stream, kind)

    async def drop_snapshots(self, stream: str) -> None:
        """Remove every snapshot of the stream, and wipe them off the file."""
        await self._run(self._writer, _drop_snapshots, stream)

    async def wipe(self) -> None:
        """Empty the write-ahead log into the file, in whose pages deleted text is overwritten."""
        if not await self._run(self._writer, wiped):
            raise JournalUnavailable("others read the file and keep its write-ahead log from being emptied")

    async def check(self) -> list[str]:
        """SQLite's own check of the file, then the breaks in the chains of records. Reads the whole file, aside."""
        try:
            checker = await SqliteThread.start("journal-check", partial(connect_reader, self._path))
        except sqlite3.Error as error:
            return [explain(error)]
        try:
            return await checker.run(_check)
        finally:
            await checker.close()

    async def close(self) -> None:
        """End every `follow` and close the file once the appends in hand are done."""
        await self._end_followers()
        await self._reader.close()
        await self._writer.close()

    async def _drop_body(self, body: str) -> None:
        while await self._run(self._writer, _drop_chunk, body):
            pass

    async def _page(self, stream: str, after: int) -> list[Record]:
        return await self._run(self._reader, _page, stream, after)

    async def _end_before(self, stream: str, limit: int | None) -> int:
        return await self._run(self._reader, _end_before, stream, limit)

    async def _watch(self) -> None:
        """Poll the number that SQLite changes for a connection whenever another one, of any process, commits.

        The writing connection is asked: for it our own appends are no news, of which the followers know already.
        """
        seen = -1
        while True:
            version = await self._run(self._writer, _data_version)
            if version != seen:
                seen = version
                self._wake_all()
            await asyncio.sleep(POLL_SECONDS)

    async def _run(
        self,
        thread: SqliteThread,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        try:
            return await thread.run(work, *args, **kwargs)
        except ThreadClosed:
            raise JournalUnavailable("the journal is closed") from None
        except sqlite3.Error as error:
            # A sync that failed may still leave the commit in the log, to be found after a restart.
            uncertain = primary_code(error) == sqlite3.SQLITE_IOERR
            raise JournalUnavailable(explain(error), uncertain, REASONS.get(primary_code(error), "")) from error


def _append(db: sqlite3.Connection, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
    if db.execute(APPEND, (stream, after, count, token, payload)).rowcount:
        return
    if not _is_own(db, stream, after, token):
        raise Conflict(stream, after, _end_before(db, stream, None))


def _is_own(db: sqlite3.Connection, stream: str, after: int, token: str) -> bool:
    query = "SELECT 1 FROM records WHERE stream = ? AND after = ? AND token = ?"
    return db.execute(query, (stream, after, token)).fetchone() is not None


def _end_before(db: sqlite3.Connection, stream: str, limit: int | None) -> int:
    cursor = db.execute(TAIL, (stream,)) if limit is None else db.execute(END_BEFORE, (stream, limit))
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _page(db: sqlite3.Connection, stream: str, after: int) -> list[Record]:
    query = "SELECT after, count, payload, token FROM records WHERE stream = ? AND after >= ? ORDER BY after LIMIT ?"
    page: list[Record] = []
    size = 0
    for row in db.execute(query, (stream, after, PAGE_RECORDS)):
        page.append(Record(stream, *row))
        size += len(page[-1].payload)
        if size >= PAGE_BYTES:
            break
    return page


def _streams(db: sqlite3.Connection, prefix: str) -> list[str]:
    return [name for (name,) in db.execute(STREAMS, (prefix, prefix + PREFIX_END))]


def _replace(db: sqlite3.Connection, stream: str, after: int, payload: bytes) -> None:
    with transaction(db):
        changed = db.execute("UPDATE records SET payload = ? WHERE stream = ? AND after = ?", (payload, stream, after))
        if changed.rowcount == 0:
            raise KeyError((stream, after))
    scrub(db)


def _save_chunk(db: sqlite3.Connection, body: str, place: int, data: bytes) -> None:
    with transaction(db):
        db.execute("INSERT INTO snapshot_chunks VALUES (?, ?, ?, ?)", (body, place, _now_ms(), data))


def _save_snapshot(db: sqlite3.Connection, stream: str, seq: int, kind: str, body: str) -> str | None:
    """Make the chunks of `body` the snapshot, unless a newer one is there; return whose chunks are now in vain."""
    with transaction(db):
        db.execute(ORPHANS, (body, _now_ms() - SNAPSHOT_GRACE_MS))
        known = db.execute("SELECT seq, body FROM snapshots WHERE stream = ? AND kind = ?", (stream, kind)).fetchone()
        if known and known[0] > seq:
            return body
        db.execute("REPLACE INTO snapshots VALUES (?, ?, ?, ?)", (stream, kind, seq, body))
        return str(known[1]) if known else None


def _drop_chunk(db: sqlite3.Connection, body: str) -> bool:
    """Delete one chunk and tell whether there was one: a short transaction each, so that appends get in between."""
    with transaction(db):
        chosen = "SELECT rowid FROM snapshot_chunks WHERE body = ? LIMIT 1"
        return db.execute(f"DELETE FROM snapshot_chunks WHERE rowid = ({chosen})", (body,)).rowcount > 0


def _load_snapshot(db: sqlite3.Connection, stream: str, kind: str) -> Snapshot | None:
    with transaction(db, "DEFERRED"):
        head = db.execute("SELECT seq, body FROM snapshots WHERE stream = ? AND kind = ?", (stream, kind)).fetchone()
        if head is None:
            return None
        return Snapshot(head[0], b"".join(data for (data,) in db.execute(CHUNKS, (head[1],))))


def _drop_snapshots(db: sqlite3.Connection, stream: str) -> None:
    with transaction(db):
        db.execute("DELETE FROM snapshot_chunks WHERE body IN (SELECT body FROM snapshots WHERE stream = ?)", (stream,))
        db.execute("DELETE FROM snapshots WHERE stream = ?", (stream,))
    scrub(db)


def _check(db: sqlite3.Connection) -> list[str]:
    try:
        return [str(line) for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"] or _check_chains(db)
    except sqlite3.Error as error:
        return [explain(error)]


def _check_chains(db: sqlite3.Connection) -> list[str]:
    chains = ChainCheck()
    for header in db.execute("SELECT stream, after, count FROM records ORDER BY stream, after"):
        chains.visit(*header)
    return chains.problems


def _data_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
