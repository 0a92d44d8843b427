"""Counts over all workers in the SQLite vault."""

import sqlite3
from collections.abc import Sequence

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.counts import Hit
from server.vault.sqlite_work import on_thread

SCHEMA = """
CREATE TABLE counts (
    key TEXT NOT NULL,
    window INTEGER NOT NULL,
    count INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (key, window)
) WITHOUT ROWID;
CREATE INDEX counts_by_expiry ON counts (expires_at);
CREATE TABLE shared_secrets (
    name TEXT PRIMARY KEY,
    secret BLOB NOT NULL
)
"""

SWEEPS = ("DELETE FROM counts WHERE expires_at <= ?",)
COUNT = "SELECT count FROM counts WHERE key = ? AND window = ?"
ADD = "INSERT INTO counts VALUES (?, ?, 1, ?) ON CONFLICT (key, window) DO UPDATE SET count = count + 1"


class SqliteCounts:
    """The part of `SqliteVault` that `CountVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def count_hits(self, hits: Sequence[Hit]) -> bool:
        """Count all of them or none."""
        return await on_thread(self._writer, _count, hits)

    async def has_room_for(self, hits: Sequence[Hit]) -> bool:
        """Whether they would be counted now."""
        return await on_thread(self._reader, _have_room, hits)

    async def shared_secret(self, name: str, proposal: bytes) -> bytes:
        """The store's secret of this name."""
        return await on_thread(self._writer, _secret, name, proposal)


def _count(db: sqlite3.Connection, hits: Sequence[Hit]) -> bool:
    with transaction(db):
        has_room = _have_room(db, hits)
        if has_room:
            db.executemany(ADD, [(hit.key, hit.window, hit.expires_at) for hit in hits])
    return has_room


def _have_room(db: sqlite3.Connection, hits: Sequence[Hit]) -> bool:
    return all(
        _of(db, hit.key, hit.window - 1) * hit.before_share + _of(db, hit.key, hit.window) + 1 <= hit.most for hit in hits
    )


def _of(db: sqlite3.Connection, key: str, window: int) -> int:
    found = db.execute(COUNT, (key, window)).fetchone()
    return 0 if found is None else int(found[0])


def _secret(db: sqlite3.Connection, name: str, proposal: bytes) -> bytes:
    with transaction(db):
        db.execute("INSERT INTO shared_secrets VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, proposal))
        return bytes(db.execute("SELECT secret FROM shared_secrets WHERE name = ?", (name,)).fetchone()[0])
