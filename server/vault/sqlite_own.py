"""All about one person in the SQLite vault, and the numbers by which workers learn of changes."""

import sqlite3
from collections.abc import Iterator

from server.journal.sqlite_thread import SqliteThread, wiped
from server.vault.own import CHANGES_KEPT_MS, PeopleChanges, Row
from server.vault.port import VaultUnavailable
from server.vault.sqlite_work import all_rows, on_thread

SCHEMA = """
CREATE TABLE people_changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX people_changes_of_person ON people_changes (person_id);
CREATE INDEX people_changes_by_expiry ON people_changes (expires_at)
"""
"""That someone is erased is told by the organization's journal: nothing of them stays here."""

SWEEPS = ("DELETE FROM people_changes WHERE expires_at <= ?",)

NOTE = f"""INSERT INTO people_changes (person_id, expires_at)
VALUES (?, CAST(strftime('%s', 'now') AS INTEGER) * 1000 + {CHANGES_KEPT_MS})"""
POSITION = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'people_changes'"
AFTER = "SELECT position, person_id FROM people_changes WHERE position > ? ORDER BY position LIMIT 5000"

DERIVED = frozenset({"person_words"})


class SqliteOwn:
    """The part of `SqliteVault` that `OwnVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def belongings(self, person_id: str) -> dict[str, list[Row]]:
        return await on_thread(self._reader, _belongings, person_id)

    async def people_position(self) -> int:
        return int((await on_thread(self._reader, all_rows, POSITION, ()))[0][0])

    async def changed_people(self, after: int) -> PeopleChanges:
        rows = await on_thread(self._reader, all_rows, AFTER, (after,))
        return PeopleChanges([person for _, person in rows], rows[-1][0] if rows else after)

    async def kinds_with(self, text: str) -> list[str]:
        return await on_thread(self._reader, _tables_with, text)

    async def wipe(self) -> None:
        if not await on_thread(self._writer, wiped):
            raise VaultUnavailable("others read the file and keep its write-ahead log from being emptied")


def note_change(db: sqlite3.Connection, person_id: str) -> None:
    """Tell other workers, in the transaction of the change, that someone is not as they were."""
    db.execute(NOTE, (person_id,))


def _belongings(db: sqlite3.Connection, person_id: str) -> dict[str, list[Row]]:
    found = {table: _rows(db, table, owner, person_id) for table, owner in sorted(_owners(db))}
    return {table: rows for table, rows in found.items() if rows}


def _tables_with(db: sqlite3.Connection, text: str) -> list[str]:
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [table for (table,) in tables if any(_has(row, text) for row in db.execute(f"SELECT * FROM {table}"))]


def _has(row: tuple[object, ...], text: str) -> bool:
    return any(
        text in value if isinstance(value, str) else isinstance(value, bytes) and text.encode() in value for value in row
    )


def _owners(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Which column of which table names the person something belongs to: its reference to `people` says so."""
    yield "people", "id"
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for reference in db.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            if reference[2] == "people" and table not in DERIVED:
                yield table, reference[3]


def _rows(db: sqlite3.Connection, table: str, owner: str, person_id: str) -> list[Row]:
    cursor = db.execute(f"SELECT * FROM {table} WHERE {owner} = ? ORDER BY 1, 2", (person_id,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
