"""Visits in the SQLite vault."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import astuple, replace

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.sqlite_work import all_rows, on_thread
from server.vault.visits import Visit, VisitKey

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

ADD = "INSERT INTO visits SELECT ?, ?, ?, ?, ?, ?, ? FROM people WHERE id = ? ON CONFLICT DO UPDATE SET "
LEAVE = f"{ADD} left_seq = excluded.left_seq, left_at = excluded.left_at"
PUT = f"{LEAVE}, since_seq = excluded.since_seq, since_at = excluded.since_at, is_read = excluded.is_read"
FIND = """SELECT visits.* FROM json_each(?) AS asked JOIN visits
ON person_id = json_extract(asked.value, '$[0]') AND jam_id = json_extract(asked.value, '$[1]')"""


class SqliteVisits:
    """The part of `SqliteVault` that `VisitVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def put_visits(self, visits: Sequence[Visit]) -> None:
        """Keep visits, all in one transaction; see `VisitVault.put_visits`."""
        await on_thread(self._writer, _write, PUT, visits)

    async def leave_visits(self, visits: Sequence[Visit]) -> None:
        """Keep when people left, all in one transaction; see `VisitVault.leave_visits`."""
        await on_thread(self._writer, _write, LEAVE, visits)

    async def visits(self, keys: Collection[VisitKey]) -> dict[VisitKey, Visit]:
        """Those of the visits that are known."""
        rows = await on_thread(self._reader, all_rows, FIND, (json.dumps(list(keys)),))
        found = (replace(Visit(*row), is_read=bool(row[-1])) for row in rows)
        return {visit.key: visit for visit in found}


def _write(db: sqlite3.Connection, statement: str, visits: Sequence[Visit]) -> None:
    with transaction(db):
        db.executemany(statement, [(*astuple(visit), visit.person_id) for visit in visits])
