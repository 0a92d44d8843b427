"""Workers and leases in the SQLite vault."""

import sqlite3
from dataclasses import astuple

from server.journal.sqlite_thread import SqliteThread
from server.vault.leases import LiveWorker
from server.vault.sqlite_work import all_rows, on_thread, write

SCHEMA = """
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    beat INTEGER NOT NULL,
    machine TEXT NOT NULL,
    place INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    port INTEGER NOT NULL,
    secret TEXT NOT NULL,
    began INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL
) WITHOUT ROWID
"""

FIRST_BEAT = "REPLACE INTO workers VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
BEAT = "UPDATE workers SET beat = ?, machine = ?, place = ?, pid = ?, port = ?, secret = ?, began = ? WHERE id = ?"
WORKERS = "SELECT id, beat, machine, place, pid, port, secret, began FROM workers ORDER BY id"
TAKE_FREE = "INSERT OR IGNORE INTO leases VALUES (?, ?)"
TAKE_OVER = "UPDATE leases SET holder = ? WHERE name = ? AND holder = ?"


class SqliteLeases:
    """The part of `SqliteVault` that `LeaseVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def beat_worker(self, worker: LiveWorker) -> bool:
        """Keep the worker's row; False where somebody has ended the worker."""
        id, *rest = astuple(worker)
        statement, values = (FIRST_BEAT, (id, *rest)) if worker.beat == 1 else (BEAT, (*rest, id))
        return bool(await on_thread(self._writer, write, statement, values))

    async def end_worker(self, worker: str, beat: int | None = None) -> bool:
        """Remove a worker's row; with `beat`, unless it has beaten since."""
        delete = "DELETE FROM workers WHERE id = ?1 AND (?2 IS NULL OR beat = ?2)"
        return bool(await on_thread(self._writer, write, delete, (worker, beat)))

    async def live_workers(self) -> list[LiveWorker]:
        """All rows, by id."""
        return [LiveWorker(*row) for row in await on_thread(self._reader, all_rows, WORKERS, ())]

    async def leases(self) -> dict[str, str]:
        """Holder by name."""
        return dict(await on_thread(self._reader, _leases))

    async def take_lease(self, name: str, worker: str, before: str | None) -> bool:
        """Have the worker hold a lease in place of `before`."""
        taking = (TAKE_FREE, (name, worker)) if before is None else (TAKE_OVER, (worker, name, before))
        return bool(await on_thread(self._writer, write, *taking))

    async def give_back_lease(self, name: str, worker: str) -> None:
        """Free a lease, if it is this worker's."""
        await on_thread(self._writer, write, "DELETE FROM leases WHERE name = ? AND holder = ?", (name, worker))

    async def drop_free_leases(self) -> None:
        """Forget leases whose holders have no row any more."""
        await on_thread(self._writer, write, "DELETE FROM leases WHERE holder NOT IN (SELECT id FROM workers)", ())


def _leases(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT name, holder FROM leases ORDER BY name").fetchall()
