"""Work on the SQLite vault: run on the connection's thread, its errors told as the vault's."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from server.journal.sqlite_thread import SqliteThread, ThreadClosed, explain, transaction
from server.vault.port import VaultUnavailable

P = ParamSpec("P")
T = TypeVar("T")


async def on_thread(
    thread: SqliteThread, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`work(connection, ...)`, called on the thread. Raises `VaultUnavailable`."""
    try:
        return await thread.run(work, *args, **kwargs)
    except ThreadClosed:
        raise VaultUnavailable("the vault is closed") from None
    except sqlite3.Error as error:
        raise VaultUnavailable(explain(error)) from error


def all_rows(db: sqlite3.Connection, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """The rows a query finds."""
    return db.execute(query, values).fetchall()


def write(db: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> int:
    """Runs a statement in a transaction of its own; returns how many rows it changed."""
    with transaction(db):
        return db.execute(statement, values).rowcount


def write_all(db: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Runs a statement for each of the rows, all in one transaction."""
    with transaction(db):
        db.executemany(statement, rows)


def write_for(db: sqlite3.Connection, statement: str, values: tuple[object, ...], person_id: str) -> int:
    """The same, for what belongs to the person. Raises `KeyError` if there is no such person."""
    try:
        return write(db, statement, values)
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise KeyError(person_id) from None
        raise


def put(db: sqlite3.Connection, table: str, values: tuple[object, ...], person_id: str) -> None:
    """Insert or replace a row that belongs to the person. Raises `KeyError` if there is no such person."""
    places = ", ".join("?" * len(values))
    write_for(db, f"REPLACE INTO {table} VALUES ({places})", values, person_id)
