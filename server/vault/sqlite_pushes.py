"""Web push in the SQLite vault."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import Any

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.pushes import READERS_AT_ONCE, Push, PushDevice, PushMark, PushReader, PushReaders, PushWish
from server.vault.sqlite_work import all_rows, on_thread, write, write_for

SCHEMA = """
CREATE TABLE push_keys (
    name TEXT PRIMARY KEY,
    secret TEXT NOT NULL
);
CREATE TABLE push_wishes (
    person_id TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    kinds TEXT NOT NULL,
    quiet_from INTEGER NOT NULL,
    quiet_to INTEGER NOT NULL,
    zone TEXT NOT NULL,
    apart_min INTEGER NOT NULL,
    shows_words INTEGER NOT NULL,
    since INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    places TEXT NOT NULL,
    changed INTEGER NOT NULL
);
CREATE INDEX push_wishes_changed ON push_wishes (changed);
CREATE TABLE push_devices (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    session_hash TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    auth_secret TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    told_at INTEGER,
    failing_since INTEGER
);
CREATE INDEX push_devices_of_person ON push_devices (person_id, created_at);
CREATE INDEX push_devices_of_session ON push_devices (session_hash);
CREATE TABLE pushes (
    device_id TEXT NOT NULL REFERENCES push_devices ON DELETE CASCADE,
    jam_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    after TEXT NOT NULL,
    upto TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (device_id, jam_id)
) WITHOUT ROWID;
CREATE INDEX pushes_due ON pushes (due_at, device_id, jam_id);
CREATE INDEX pushes_of_person ON pushes (person_id)
"""

WISH = "person_id, kinds, quiet_from, quiet_to, zone, apart_min, shows_words, since"
NEXT = "(SELECT coalesce(max(changed), 0) + 1 FROM push_wishes)"
PUT_WISH = f"""INSERT INTO push_wishes ({WISH}, told_at, places, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '{{}}', {NEXT})
ON CONFLICT (person_id) DO UPDATE SET kinds = excluded.kinds, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
zone = excluded.zone, apart_min = excluded.apart_min, shows_words = excluded.shows_words, since = excluded.since,
changed = excluded.changed"""
READERS = f"SELECT {WISH}, told_at, places, changed FROM push_wishes WHERE changed > ? ORDER BY changed LIMIT {READERS_AT_ONCE}"
DEVICE = ", ".join(PushDevice.__dataclass_fields__)
ADD_DEVICE = f"""INSERT INTO push_devices ({DEVICE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET session_hash = excluded.session_hash, key = excluded.key, auth_secret = excluded.auth_secret,
name = excluded.name, failing_since = NULL"""
OTHERS = "DELETE FROM push_devices WHERE endpoint = ? AND NOT (id = ? AND person_id = ?)"
TOUCH = f"UPDATE push_wishes SET changed = {NEXT} WHERE person_id = ?"
DEVICES = f"""SELECT {DEVICE} FROM push_devices WHERE person_id = ?
AND (SELECT expires_at FROM sessions WHERE token_hash = session_hash) > ? ORDER BY created_at, id"""
NOTE = "UPDATE push_devices SET told_at = coalesce(?, told_at), failing_since = ? WHERE id = ?"
MOVE = f"""UPDATE push_wishes SET told_at = ?, places = ?, changed = {NEXT}
WHERE person_id = ? AND told_at = ? AND places = ?"""
PUSH = ", ".join(Push.__dataclass_fields__)
QUEUE = f"""INSERT INTO pushes ({PUSH}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
WHERE EXISTS (SELECT 1 FROM push_devices WHERE id = ?1 AND person_id = ?3)
ON CONFLICT (device_id, jam_id) DO UPDATE SET upto = excluded.upto"""
CLAIM = f"""UPDATE pushes SET attempts = attempts + 1, due_at = ?1 WHERE (device_id, jam_id) IN (
    SELECT device_id, jam_id FROM pushes WHERE due_at <= ?2 ORDER BY due_at, device_id, jam_id LIMIT ?3
) RETURNING {PUSH}"""
DONE = "DELETE FROM pushes WHERE device_id = ? AND jam_id = ? AND upto = ?"
REST = "UPDATE pushes SET after = ?, due_at = ?, attempts = 0 WHERE device_id = ? AND jam_id = ?"
FAILED = "UPDATE pushes SET due_at = ? WHERE device_id = ? AND jam_id = ?"


class SqlitePushes:
    """The part of `SqliteVault` that `PushVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def push_key(self, candidate: str) -> str:
        await on_thread(self._writer, write, "INSERT INTO push_keys VALUES ('vapid', ?) ON CONFLICT DO NOTHING", (candidate,))
        rows = await on_thread(self._reader, all_rows, "SELECT secret FROM push_keys WHERE name = 'vapid'", ())
        return str(rows[0][0])

    async def push_wish(self, person_id: str) -> PushWish | None:
        query = f"SELECT {WISH} FROM push_wishes WHERE person_id = ?"
        rows = await on_thread(self._reader, all_rows, query, (person_id,))
        return _wish(rows[0]) if rows else None

    async def put_push_wish(self, wish: PushWish) -> None:
        await on_thread(self._writer, write_for, PUT_WISH, astuple(wish), wish.person_id)

    async def add_push_device(self, device: PushDevice) -> None:
        await on_thread(self._writer, _add_device, device)

    async def push_devices(self, person_id: str, now: int) -> list[PushDevice]:
        return [PushDevice(*row) for row in await on_thread(self._reader, all_rows, DEVICES, (person_id, now))]

    async def end_push_device(self, person_id: str, id: str) -> bool:
        delete = "DELETE FROM push_devices WHERE person_id = ? AND id = ?"
        return bool(await on_thread(self._writer, write, delete, (person_id, id)))

    async def note_push_device(self, id: str, told_at: int | None, failing_since: int | None) -> None:
        await on_thread(self._writer, write, NOTE, (told_at, failing_since, id))

    async def push_readers(self, after: int) -> PushReaders:
        rows = await on_thread(self._reader, all_rows, READERS, (after,))
        readers = [PushReader(_wish(row[:8]), PushMark(row[0], row[8], row[9])) for row in rows]
        return PushReaders(readers, rows[-1][10] if rows else after)

    async def queue_pushes(self, before: PushMark, after: PushMark, pushes: Sequence[Push]) -> bool:
        return await on_thread(self._writer, _queue, before, after, pushes)

    async def claim_pushes(self, now: int, most: int, lease_ms: int) -> list[Push]:
        found = await on_thread(self._writer, _claim, now, most, lease_ms)
        return sorted(found, key=lambda one: (one.created_at, one.device_id, one.jam_id))

    async def push_done(self, push: Push, now: int) -> None:
        await on_thread(self._writer, _done, push, now)

    async def push_failed(self, push: Push, due_at: int) -> None:
        await on_thread(self._writer, write, FAILED, (due_at, push.device_id, push.jam_id))

    async def waiting_pushes(self) -> int:
        return int((await on_thread(self._reader, all_rows, "SELECT count(*) FROM pushes WHERE due_at > 0", ()))[0][0])


def _wish(row: Sequence[Any]) -> PushWish:
    found = PushWish(*row)
    return replace(found, shows_words=bool(found.shows_words))


def _add_device(db: sqlite3.Connection, device: PushDevice) -> None:
    try:
        with transaction(db):
            db.execute(OTHERS, (device.endpoint, device.id, device.person_id))
            db.execute(ADD_DEVICE, astuple(device))
            db.execute(TOUCH, (device.person_id,))
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise KeyError(device.person_id) from None
        raise


def _queue(db: sqlite3.Connection, before: PushMark, after: PushMark, pushes: Sequence[Push]) -> bool:
    with transaction(db):
        moved = (after.told_at, after.places, before.person_id, before.told_at, before.places)
        if not db.execute(MOVE, moved).rowcount:
            return False
        db.executemany(QUEUE, [astuple(push) for push in pushes])
    return True


def _claim(db: sqlite3.Connection, now: int, most: int, lease_ms: int) -> list[Push]:
    with transaction(db):
        return [Push(*row) for row in db.execute(CLAIM, (now + lease_ms, now, most)).fetchall()]


def _done(db: sqlite3.Connection, push: Push, now: int) -> None:
    with transaction(db):
        if not db.execute(DONE, (push.device_id, push.jam_id, push.upto)).rowcount:
            db.execute(REST, (push.upto, now, push.device_id, push.jam_id))
