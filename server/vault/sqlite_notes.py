"""Notes of workers in the SQLite vault."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.notes import WorkerNote
from server.vault.sqlite_work import all_rows, on_thread, write

SCHEMA = """
CREATE TABLE notes (
    worker TEXT NOT NULL,
    topic TEXT NOT NULL,
    beat INTEGER NOT NULL,
    body BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (worker, topic)
)
"""

PUT = "REPLACE INTO notes VALUES (?, ?, ?, ?, ?)"
OTHERS = "SELECT worker, topic, beat, body, written_at FROM notes WHERE worker <> ? ORDER BY worker, topic"


class SqliteNotes:
    """The part of `SqliteVault` that `NoteVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def put_notes(self, notes: Sequence[WorkerNote]) -> None:
        """Keep notes, all in one transaction."""
        if notes:
            await on_thread(self._writer, _put, notes)

    async def notes_of_others(self, worker: str) -> list[WorkerNote]:
        """All notes but those of this worker, by worker and topic."""
        return [WorkerNote(*row) for row in await on_thread(self._reader, all_rows, OTHERS, (worker,))]

    async def drop_notes(self, worker: str) -> None:
        """Forget all that a worker told."""
        await on_thread(self._writer, write, "DELETE FROM notes WHERE worker = ?", (worker,))

    async def drop_old_notes(self, before: int) -> None:
        """Forget what was written before a time."""
        await on_thread(self._writer, write, "DELETE FROM notes WHERE written_at < ?", (before,))


def _put(db: sqlite3.Connection, notes: Sequence[WorkerNote]) -> None:
    with transaction(db):
        db.executemany(PUT, [astuple(note) for note in notes])
