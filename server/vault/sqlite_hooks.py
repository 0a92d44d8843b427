"""Webhooks and what they have to tell, in the SQLite vault."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, replace

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.hooks import Delivery, DeliveryState, Hook
from server.vault.sqlite_work import all_rows, on_thread, write

SCHEMA = """
CREATE TABLE hooks (
    id TEXT PRIMARY KEY,
    jam_id TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    kinds TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    is_paused INTEGER NOT NULL
);
CREATE INDEX hooks_of_jam ON hooks (jam_id);
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    hook_id TEXT NOT NULL REFERENCES hooks ON DELETE CASCADE,
    jam_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'WAITING';
CREATE INDEX deliveries_of_hook ON deliveries (hook_id, state);
CREATE INDEX deliveries_of_jam ON deliveries (jam_id, state, created_at)
"""

HOOK = ", ".join(Hook.__dataclass_fields__)
DELIVERY = ", ".join(Delivery.__dataclass_fields__)
ADD_HOOK = f"INSERT INTO hooks ({HOOK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
MOVE = "UPDATE hooks SET position = ? WHERE id = ? AND position = ?"
QUEUE = f"INSERT INTO deliveries ({DELIVERY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
CLAIM = f"""UPDATE deliveries SET attempts = attempts + 1, due_at = ?1 WHERE id IN (
    SELECT id FROM deliveries WHERE state = 'WAITING' AND due_at <= ?2
    AND (SELECT is_paused FROM hooks WHERE hooks.id = hook_id) = 0 ORDER BY due_at, id LIMIT ?3
) RETURNING {DELIVERY}"""
FAILED = (
    "UPDATE deliveries SET due_at = coalesce(?1, due_at), state = iif(?1 IS NULL, 'DEAD', 'WAITING'), error = ?2 WHERE id = ?3"
)
DEAD = f"SELECT {DELIVERY} FROM deliveries WHERE jam_id = ? AND state = 'DEAD' ORDER BY created_at DESC, id DESC LIMIT ?"
WAITING = "SELECT hook_id, count(*) FROM deliveries WHERE jam_id = ? AND state = 'WAITING' GROUP BY hook_id"
AGAIN = """UPDATE deliveries SET state = 'WAITING', attempts = 0, due_at = ?
WHERE hook_id = ? AND state = 'DEAD' AND jam_id = ?"""


class SqliteHooks:
    """The part of `SqliteVault` that `HookVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def add_hook(self, hook: Hook) -> bool:
        return bool(await on_thread(self._writer, write, ADD_HOOK, astuple(hook)))

    async def hooks(self, jam_id: str | None = None) -> list[Hook]:
        where, values = ("", ()) if jam_id is None else ("WHERE jam_id = ?", (jam_id,))
        rows = await on_thread(self._reader, all_rows, f"SELECT {HOOK} FROM hooks {where} ORDER BY created_at, id", values)
        return [replace(Hook(*row), is_paused=bool(row[-1])) for row in rows]

    async def end_hook(self, jam_id: str, id: str) -> bool:
        return bool(await on_thread(self._writer, write, "DELETE FROM hooks WHERE jam_id = ? AND id = ?", (jam_id, id)))

    async def pause_hook(self, jam_id: str, id: str, is_paused: bool) -> bool:
        pause = "UPDATE hooks SET is_paused = ? WHERE jam_id = ? AND id = ?"
        return bool(await on_thread(self._writer, write, pause, (is_paused, jam_id, id)))

    async def queue(self, hook_id: str, after: int, position: int, deliveries: Sequence[Delivery]) -> bool:
        return await on_thread(self._writer, _queue, hook_id, after, position, deliveries)

    async def claim_deliveries(self, now: int, most: int, lease_ms: int) -> list[Delivery]:
        found = await on_thread(self._writer, _claim, now, most, lease_ms)
        return sorted(found, key=lambda one: (one.created_at, one.id))

    async def delivered(self, id: str) -> None:
        await on_thread(self._writer, write, "DELETE FROM deliveries WHERE id = ?", (id,))

    async def undelivered(self, id: str, due_at: int | None, error: str) -> None:
        await on_thread(self._writer, write, FAILED, (due_at, error, id))

    async def dead_deliveries(self, jam_id: str, most: int) -> list[Delivery]:
        return [_delivery(row) for row in await on_thread(self._reader, all_rows, DEAD, (jam_id, most))]

    async def waiting_deliveries(self, jam_id: str) -> dict[str, int]:
        return dict(await on_thread(self._reader, all_rows, WAITING, (jam_id,)))

    async def send_again(self, jam_id: str, hook_id: str, now: int) -> int:
        return await on_thread(self._writer, write, AGAIN, (now, hook_id, jam_id))


def _delivery(row: tuple[object, ...]) -> Delivery:
    found = Delivery(*row)  # type: ignore[arg-type]
    return replace(found, state=DeliveryState(found.state))


def _queue(db: sqlite3.Connection, hook_id: str, after: int, position: int, deliveries: Sequence[Delivery]) -> bool:
    with transaction(db):
        if not db.execute(MOVE, (position, hook_id, after)).rowcount:
            return False
        db.executemany(QUEUE, [astuple(replace(one, state=one.state.value)) for one in deliveries])  # type: ignore[arg-type]
    return True


def _claim(db: sqlite3.Connection, now: int, most: int, lease_ms: int) -> list[Delivery]:
    with transaction(db):
        return [_delivery(row) for row in db.execute(CLAIM, (now + lease_ms, now, most)).fetchall()]
