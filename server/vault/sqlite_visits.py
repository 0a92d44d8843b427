"""Visits in the SQLite vault."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, replace

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.sqlite_work import all_rows, on_thread
from server.vault.visits import Visit

SCHEMA = """
CREATE TABLE visits (
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    jam_id TEXT NOT NULL,
    left_seq INTEGER NOT NULL,
    left_at INTEGER NOT NULL,
    since_seq INTEGER NOT NULL,
    since_at INTEGER NOT NULL,
    is_read INTEGER NOT NULL,
    PRIMARY KEY (person_id, jam_id)
) WITHOUT ROWID
"""

PUT = "REPLACE INTO visits SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM people WHERE id = ?)"
FIND = """SELECT person_id, jam_id, left_seq, left_at, since_seq, since_at, is_read FROM visits
WHERE person_id = ? AND jam_id = ?"""


class SqliteVisits:
    """The part of `SqliteVault` that `VisitVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def put_visits(self, visits: Sequence[Visit]) -> None:
        """Keep visits, all in one transaction; see `VisitVault.put_visits`."""
        await on_thread(self._writer, _put, [(*astuple(visit), visit.person_id) for visit in visits])

    async def visit(self, person_id: str, jam_id: str) -> Visit | None:
        """A person's visit of a jam, or None."""
        rows = await on_thread(self._reader, all_rows, FIND, (person_id, jam_id))
        return replace(Visit(*rows[0]), is_read=bool(rows[0][-1])) if rows else None


def _put(db: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    with transaction(db):
        db.executemany(PUT, rows)
