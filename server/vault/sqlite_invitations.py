"""Mails of invitations, and codes, in the SQLite vault."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import astuple, replace

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.invitations import OPEN_STATES, InvitationMail, MailState, RoomCode
from server.vault.sqlite_work import all_rows, on_thread, write, write_for

SCHEMA = """
CREATE TABLE invitation_mails (
    id TEXT PRIMARY KEY,
    jam_id TEXT NOT NULL,
    inviter_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    language TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    planned_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE INDEX mails_of_inviter ON invitation_mails (inviter_id);
CREATE INDEX mails_to_address ON invitation_mails (address, jam_id);
CREATE INDEX mails_by_expiry ON invitation_mails (expires_at);
CREATE INDEX mails_due ON invitation_mails (due_at) WHERE state IN ('WAITING', 'SENDING', 'TAKEN', 'REFUSED');
CREATE TABLE room_codes (
    id TEXT PRIMARY KEY,
    jam_id TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    code TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX codes_of_person ON room_codes (owner_id);
CREATE INDEX codes_by_expiry ON room_codes (expires_at)
"""

SWEEPS = ("DELETE FROM invitation_mails WHERE expires_at <= ?", "DELETE FROM room_codes WHERE expires_at <= ?")

COLUMNS = ", ".join(InvitationMail.__dataclass_fields__)
PLACES = ", ".join("?" * len(InvitationMail.__dataclass_fields__))
ADD = f"INSERT INTO invitation_mails ({COLUMNS}) VALUES ({PLACES}) ON CONFLICT (id) DO NOTHING"
LAST = """SELECT max(planned_at) FROM invitation_mails
WHERE address = ? AND jam_id = ? AND state NOT IN ('FAILED', 'REFUSED', 'DROPPED') AND id != ?"""
OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
CLAIM = f"""UPDATE invitation_mails SET
    attempts = attempts + (state IN ('WAITING', 'SENDING')),
    state = CASE state WHEN 'WAITING' THEN 'SENDING' ELSE state END,
    due_at = ?
WHERE id IN (SELECT id FROM invitation_mails WHERE state IN ({OPEN}) AND due_at <= ? ORDER BY due_at, id LIMIT ?)
RETURNING {COLUMNS}"""
KEEP = "UPDATE invitation_mails SET state = ?, attempts = ?, due_at = ?, sent_at = ?, secret = ? WHERE id = ?"
BY_IDS = f"SELECT {COLUMNS} FROM invitation_mails WHERE id IN (SELECT value FROM json_each(?))"
MAILED = """SELECT address, id FROM invitation_mails
WHERE address IN (SELECT value FROM json_each(?)) AND jam_id = ? AND state NOT IN ('FAILED', 'REFUSED', 'DROPPED')
ORDER BY planned_at, id"""
FORGET = "DELETE FROM invitation_mails WHERE address = (SELECT email FROM people WHERE id = ?)"
"""The mails to the address of a person, before the person goes."""

CODE = "SELECT id, jam_id, owner_id, code, secret, expires_at FROM room_codes"


class SqliteInvitations:
    """The part of `SqliteVault` that `InvitationVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def put_mails(self, mails: Sequence[InvitationMail], apart_ms: int) -> list[InvitationMail]:
        return await on_thread(self._writer, _put_mails, mails, apart_ms)

    async def claim_mails(self, now: int, most: int, lease_ms: int) -> list[InvitationMail]:
        found = await on_thread(self._writer, _claim, now, most, lease_ms)
        return sorted(found, key=lambda mail: (mail.planned_at, mail.id))

    async def keep_mail(self, mail: InvitationMail) -> None:
        values = (mail.state.value, mail.attempts, mail.due_at, mail.sent_at, mail.secret, mail.id)
        await on_thread(self._writer, write, KEEP, values)

    async def mails(self, ids: Collection[str]) -> dict[str, InvitationMail]:
        rows = await on_thread(self._reader, all_rows, BY_IDS, (json.dumps(list(ids)),))
        return {row[0]: _mail(row) for row in rows}

    async def mailed(self, jam_id: str, addresses: Collection[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for address, id in await on_thread(self._reader, all_rows, MAILED, (json.dumps(list(addresses)), jam_id)):
            found.setdefault(address, []).append(id)
        return found

    async def declined(self, jam_id: str, address: str) -> bool:
        query = "SELECT 1 FROM invitation_mails WHERE address = ? AND jam_id = ? AND state = 'DECLINED' LIMIT 1"
        return bool(await on_thread(self._reader, all_rows, query, (address, jam_id)))

    async def people_by_email(self, addresses: Collection[str]) -> dict[str, str]:
        query = "SELECT email, id FROM people WHERE email IN (SELECT value FROM json_each(?))"
        return dict(await on_thread(self._reader, all_rows, query, (json.dumps(list(addresses)),)))

    async def add_code(self, code: RoomCode) -> bool:
        add = "INSERT INTO room_codes (id, jam_id, owner_id, code, secret, expires_at) VALUES (?, ?, ?, ?, ?, ?)"
        values = (f"{add} ON CONFLICT DO NOTHING", astuple(code), code.owner_id)
        return bool(await on_thread(self._writer, write_for, *values))

    async def room_code(self, code: str, now: int) -> RoomCode | None:
        rows = await on_thread(self._reader, all_rows, f"{CODE} WHERE code = ? AND expires_at > ?", (code, now))
        return RoomCode(*rows[0]) if rows else None

    async def room_codes(self, ids: Collection[str]) -> dict[str, RoomCode]:
        query = f"{CODE} WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0]: RoomCode(*row) for row in await on_thread(self._reader, all_rows, query, (json.dumps(list(ids)),))}


def _mail(row: tuple[object, ...]) -> InvitationMail:
    mail = InvitationMail(*row)  # type: ignore[arg-type]
    return replace(mail, state=MailState(mail.state))


def _put_mails(db: sqlite3.Connection, mails: Sequence[InvitationMail], apart_ms: int) -> list[InvitationMail]:
    try:
        with transaction(db):
            for mail in mails:
                (last,) = db.execute(LAST, (mail.address, mail.jam_id, mail.id)).fetchone()
                at = mail.planned_at if last is None else max(mail.planned_at, last + apart_ms)
                planned = replace(mail, planned_at=at, due_at=max(mail.due_at, at))
                db.execute(ADD, tuple(str(value) if isinstance(value, MailState) else value for value in astuple(planned)))
            found = {row[0]: _mail(row) for row in db.execute(BY_IDS, (json.dumps([mail.id for mail in mails]),))}
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise KeyError("inviter") from None
        raise
    return [found[mail.id] for mail in mails]


def _claim(db: sqlite3.Connection, now: int, most: int, lease_ms: int) -> list[InvitationMail]:
    with transaction(db):
        return [_mail(row) for row in db.execute(CLAIM, (now + lease_ms, now, most)).fetchall()]
