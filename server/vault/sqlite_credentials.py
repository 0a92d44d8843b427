"""Accounts, passkeys, tokens and tickets in the SQLite vault."""

import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import TypeVar

from server.journal.sqlite_thread import SqliteThread, transaction
from server.vault.credentials import ApiToken, Identity, IdentityTaken, Passkey, Ticket
from server.vault.sqlite_work import all_rows, on_thread, put, write, write_all, write_for

R = TypeVar("R", Identity, Passkey, ApiToken, Ticket)

SCHEMA = """
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    granted TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX identities_of_person ON identities (person_id);
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL,
    is_synced INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX passkeys_of_person ON passkeys (person_id);
CREATE TABLE tokens (
    token_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX tokens_of_person ON tokens (person_id);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);
CREATE TABLE tickets (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    browser_hash TEXT,
    body TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX tickets_by_expiry ON tickets (expires_at)
"""

SWEEPS = ("DELETE FROM tokens WHERE expires_at <= ?", "DELETE FROM tickets WHERE expires_at <= ?")

PUT_IDENTITY = """
INSERT INTO identities VALUES (?, ?, ?, ?, ?)
ON CONFLICT (issuer, subject) DO UPDATE SET granted = excluded.granted WHERE person_id = excluded.person_id
"""
ADD_PASSKEY = "INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"


class SqliteCredentials:
    """The part of `SqliteVault` that `CredentialVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        found = await self._found(Identity, "identities", "issuer = ? AND subject = ?", issuer, subject)
        return found[0] if found else None

    async def identities(self, person_id: str) -> list[Identity]:
        return await self._found(Identity, "identities", "person_id = ? ORDER BY issuer, subject", person_id)

    async def put_identity(self, identity: Identity) -> None:
        values = (astuple(identity), identity.person_id)
        if not await on_thread(self._writer, write_for, PUT_IDENTITY, *values):
            raise IdentityTaken

    async def passkey(self, id: str) -> Passkey | None:
        found = await self._found(Passkey, "passkeys", "id = ?", id)
        return _passkey(found[0]) if found else None

    async def passkeys(self, person_id: str) -> list[Passkey]:
        found = await self._found(Passkey, "passkeys", "person_id = ? ORDER BY created_at, id", person_id)
        return [_passkey(one) for one in found]

    async def add_passkey(self, passkey: Passkey) -> bool:
        return bool(await on_thread(self._writer, write_for, ADD_PASSKEY, astuple(passkey), passkey.person_id))

    async def use_passkey(self, id: str, sign_count: int, used_at: int) -> bool:
        rises = "(sign_count < ? OR (sign_count = 0 AND ? = 0))"
        update = f"UPDATE passkeys SET sign_count = ?, used_at = ? WHERE id = ? AND {rises}"
        return bool(await on_thread(self._writer, write, update, (sign_count, used_at, id, sign_count, sign_count)))

    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool:
        update = "UPDATE passkeys SET name = ? WHERE id = ? AND person_id = ?"
        return bool(await on_thread(self._writer, write, update, (name, id, person_id)))

    async def delete_passkey(self, person_id: str, id: str) -> bool:
        delete = "DELETE FROM passkeys WHERE id = ? AND person_id = ?"
        return bool(await on_thread(self._writer, write, delete, (id, person_id)))

    async def add_token(self, token: ApiToken) -> None:
        await on_thread(self._writer, put, "tokens", astuple(token), token.person_id)

    async def token(self, token_hash: str, now: int) -> ApiToken | None:
        found = await self._found(ApiToken, "tokens", "token_hash = ? AND expires_at > ?", token_hash, now)
        return found[0] if found else None

    async def tokens(self, person_id: str) -> list[ApiToken]:
        return await self._found(ApiToken, "tokens", "person_id = ? ORDER BY created_at DESC, id", person_id)

    async def touch_tokens(self, used: Mapping[str, int]) -> None:
        await on_thread(self._writer, write_all, "UPDATE tokens SET used_at = ?2 WHERE token_hash = ?1", list(used.items()))

    async def end_token(self, person_id: str, id: str) -> bool:
        delete = "DELETE FROM tokens WHERE id = ? AND person_id = ?"
        return bool(await on_thread(self._writer, write, delete, (id, person_id)))

    async def add_ticket(self, ticket: Ticket) -> None:
        await on_thread(self._writer, write, "REPLACE INTO tickets VALUES (?, ?, ?, ?, ?)", astuple(ticket))

    async def take_ticket(self, token_hash: str, kind: str, now: int) -> Ticket | None:
        ticket = await on_thread(self._writer, _take_ticket, token_hash, kind)
        return ticket if ticket and ticket.expires_at > now else None

    async def _found(self, kind: type[R], table: str, where: str, *values: object) -> list[R]:
        columns = ", ".join(kind.__dataclass_fields__)
        rows = await on_thread(self._reader, all_rows, f"SELECT {columns} FROM {table} WHERE {where}", values)
        return [kind(*row) for row in rows]


def _passkey(found: Passkey) -> Passkey:
    """SQLite keeps a truth as 0 or 1."""
    return replace(found, is_synced=bool(found.is_synced))


def _take_ticket(db: sqlite3.Connection, token_hash: str, kind: str) -> Ticket | None:
    columns = "token_hash, kind, browser_hash, body, expires_at"
    with transaction(db):
        rows = db.execute(
            f"DELETE FROM tickets WHERE token_hash = ? AND kind = ? RETURNING {columns}", (token_hash, kind)
        ).fetchall()
    return Ticket(*rows[0]) if rows else None
