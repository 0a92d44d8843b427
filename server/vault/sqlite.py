"""The embedded vault: one SQLite file. Foreign keys make erasing a person remove all that was theirs."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Unpack

from server.journal.sqlite_thread import SqliteThread, explain, open_pair, scrub, transaction
from server.vault import (
    sqlite_counts,
    sqlite_credentials,
    sqlite_digests,
    sqlite_hooks,
    sqlite_invitations,
    sqlite_leases,
    sqlite_notes,
    sqlite_own,
    sqlite_people,
    sqlite_pushes,
    sqlite_visits,
)
from server.vault.names import check_bulk, normalise_email, normalised
from server.vault.port import (
    Draft,
    Image,
    PersonChanges,
    PersonRecord,
    Session,
    SessionUse,
    SignInLink,
    VaultUnavailable,
    check_changes,
    check_image,
)
from server.vault.sqlite_backlogs import SqliteBacklogs
from server.vault.sqlite_counts import SqliteCounts
from server.vault.sqlite_credentials import SqliteCredentials
from server.vault.sqlite_digests import SqliteDigests
from server.vault.sqlite_ended import EndedSessions
from server.vault.sqlite_hooks import SqliteHooks
from server.vault.sqlite_invitations import SqliteInvitations
from server.vault.sqlite_leases import SqliteLeases
from server.vault.sqlite_notes import SqliteNotes
from server.vault.sqlite_own import SqliteOwn
from server.vault.sqlite_pushes import SqlitePushes
from server.vault.sqlite_visits import SqliteVisits
from server.vault.sqlite_work import all_rows, on_thread, put, write, write_all

FIRST_LAYOUT = """
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    email TEXT UNIQUE,
    name TEXT NOT NULL,
    country TEXT,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE person_words (
    word TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    PRIMARY KEY (word, person_id)
) WITHOUT ROWID;
CREATE INDEX words_of_person ON person_words (person_id, word);
CREATE TABLE links (
    token_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    browser_hash TEXT,
    expires_at INTEGER NOT NULL,
    next_path TEXT NOT NULL
);
CREATE INDEX links_of_person ON links (person_id);
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE TABLE images (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    content_type TEXT NOT NULL,
    data BLOB NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX images_of_person ON images (owner_id);
CREATE TABLE drafts (
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    jam_id TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, jam_id, key)
)
"""

LAYOUTS = (
    FIRST_LAYOUT, sqlite_credentials.SCHEMA, sqlite_visits.SCHEMA, sqlite_own.SCHEMA, sqlite_invitations.SCHEMA,
    sqlite_hooks.SCHEMA, sqlite_notes.SCHEMA, sqlite_digests.SCHEMA,
    sqlite_leases.SCHEMA,
    sqlite_counts.SCHEMA,
    sqlite_pushes.SCHEMA,
)  # fmt: skip
"""What each layout adds to the one before."""

LINK = "SELECT token_hash, person_id, browser_hash, expires_at, next_path FROM links"
SESSION = "SELECT token_hash, person_id, created_at, seen_at, expires_at, user_agent FROM sessions"
END_ALL = "DELETE FROM sessions WHERE person_id IN (SELECT value FROM json_each(?)) AND created_at <= ?"
SWEEPS = (
    "DELETE FROM links WHERE expires_at <= ?",
    "DELETE FROM sessions WHERE expires_at <= ?",
    *sqlite_credentials.SWEEPS,
    *sqlite_own.SWEEPS,
    *sqlite_invitations.SWEEPS,
    *sqlite_counts.SWEEPS,
)


class SqliteVault(
    SqliteCredentials,
    SqliteVisits,
    SqliteOwn,
    SqliteInvitations,
    SqliteDigests,
    SqliteHooks,
    SqliteNotes,
    SqliteLeases,
    SqliteCounts,
    SqlitePushes,
    SqliteBacklogs,
):
    """Build it with `open`. One thread writes, another reads, and the event loop never waits for the disk."""

    def __init__(self, writer: SqliteThread, reader: SqliteThread) -> None:
        self._writer = writer
        self._reader = reader
        self._ended = EndedSessions()

    @classmethod
    async def open(cls, path: str | Path) -> "SqliteVault":
        """Open the file, made if missing; its folder must exist. Raises `VaultUnavailable`."""
        try:
            return cls(*await open_pair("vault", Path(path), LAYOUTS))
        except sqlite3.Error as error:
            raise VaultUnavailable(explain(error)) from error

    async def add_person(self, person: PersonRecord) -> None:
        """Add a person. Raises `EmailTaken` or `PersonExists`."""
        await self.add_people([person])

    async def add_people(self, people: Sequence[PersonRecord]) -> None:
        """Add all of them or, raising `EmailTaken` or `PersonExists`, none; in one transaction."""
        ready = [normalised(person) for person in people]
        check_bulk(ready)
        await on_thread(self._writer, sqlite_people.add_people, ready)

    async def person(self, person_id: str) -> PersonRecord | None:
        """The person, or None."""
        return await on_thread(self._reader, sqlite_people.find_person, "id", person_id)

    async def people(self, person_ids: Collection[str]) -> dict[str, PersonRecord]:
        """Those of the people who exist, by id."""
        return await on_thread(self._reader, sqlite_people.find_people, person_ids)

    async def person_by_email(self, email: str) -> PersonRecord | None:
        """The person with this address, however it is capitalised, or None."""
        return await on_thread(self._reader, sqlite_people.find_person, "email", normalise_email(email))

    async def update_person(self, person_id: str, **changes: Unpack[PersonChanges]) -> PersonRecord:
        """Change the fields named and return the person as they are now; see `Vault.update_person`."""
        check_changes(changes)
        if "email" in changes:
            changes["email"] = normalise_email(changes["email"])
        return await on_thread(self._writer, sqlite_people.update_person, person_id, changes)

    async def search_people(self, prefix: str, limit: int) -> list[PersonRecord]:
        """At most `limit` people who match what is typed, sorted by name; see `Vault.search_people`."""
        return await on_thread(self._reader, sqlite_people.search_people, prefix, limit)

    async def erase_person(self, person_id: str) -> None:
        """Remove the person and all that was theirs, and wipe it off the file."""
        await on_thread(self._writer, sqlite_people.erase_person, person_id)

    async def add_link(self, link: SignInLink) -> None:
        """Keep a sign-in link. Raises `KeyError` for an unknown person."""
        await on_thread(self._writer, put, "links", astuple(link), link.person_id)

    async def link(self, token_hash: str, now: int) -> SignInLink | None:
        """The link, which stays usable; None if it is unknown, used or expired."""
        rows = await on_thread(self._reader, all_rows, f"{LINK} WHERE token_hash = ? AND expires_at > ?", (token_hash, now))
        return SignInLink(*rows[0]) if rows else None

    async def take_link(self, token_hash: str, now: int) -> SignInLink | None:
        """Use a link up: of any number who take it, one gets it; None if it is unknown, used or expired."""
        link = await on_thread(self._writer, _take_link, token_hash)
        return link if link and link.expires_at > now else None

    async def add_session(self, session: Session) -> None:
        """Keep a session. Raises `KeyError` for an unknown person."""
        await on_thread(self._writer, put, "sessions", astuple(session), session.person_id)

    async def session(self, token_hash: str, now: int) -> Session | None:
        """The session, or None if it is unknown, ended or expired."""
        rows = await on_thread(self._reader, all_rows, f"{SESSION} WHERE token_hash = ? AND expires_at > ?", (token_hash, now))
        return Session(*rows[0]) if rows else None

    async def ended_sessions(self, token_hashes: Collection[str], now: int) -> set[str]:
        """Those of the sessions and tokens that are unknown, ended or expired."""
        return await on_thread(self._reader, self._ended.find, token_hashes, now)

    async def touch_sessions(self, uses: Collection[SessionUse]) -> None:
        """Note all of them in one transaction. A session that has ended stays ended."""
        update = "UPDATE sessions SET seen_at = ?2, expires_at = ?3 WHERE token_hash = ?1"
        await on_thread(self._writer, write_all, update, list(uses))

    async def end_session(self, token_hash: str) -> None:
        """End one session."""
        await on_thread(self._writer, write, "DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    async def end_sessions(self, person_id: str, except_hash: str | None = None) -> None:
        """End all sessions of a person but the one of `except_hash`."""
        delete = "DELETE FROM sessions WHERE person_id = ? AND token_hash IS NOT ?"
        await on_thread(self._writer, write, delete, (person_id, except_hash))

    async def end_sessions_of(self, person_ids: Collection[str], begun_by: int) -> None:
        """End all sessions of these people that were made at `begun_by` or before."""
        await on_thread(self._writer, write, END_ALL, (json.dumps(list(person_ids)), begun_by))

    async def sessions(self, person_id: str) -> list[Session]:
        """The sessions of a person, the one used last first; expired ones too, until they are swept."""
        query = f"{SESSION} WHERE person_id = ? ORDER BY seen_at DESC, token_hash"
        return [Session(*row) for row in await on_thread(self._reader, all_rows, query, (person_id,))]

    async def put_image(self, image: Image) -> None:
        """Keep an image, in place of one with the same id. Raises `KeyError` for an unknown owner, or `ValueError`."""
        check_image(image)
        await on_thread(self._writer, put, "images", astuple(image), image.owner_id)

    async def image(self, image_id: str) -> Image | None:
        """The image, or None."""
        query = "SELECT id, owner_id, content_type, data, width, height, created_at FROM images WHERE id = ?"
        rows = await on_thread(self._reader, all_rows, query, (image_id,))
        return Image(*rows[0]) if rows else None

    async def delete_image(self, image_id: str) -> None:
        """Remove an image, and wipe it off the file."""
        await on_thread(self._writer, _wipe, "DELETE FROM images WHERE id = ?", (image_id,))

    async def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of one with the same person, jam and key. Raises `KeyError` for an unknown person."""
        await on_thread(self._writer, put, "drafts", astuple(draft), draft.person_id)

    async def drafts(self, person_id: str, jam_id: str) -> list[Draft]:
        """The drafts of a person in a jam, sorted by key."""
        query = "SELECT person_id, jam_id, key, body, updated_at FROM drafts WHERE person_id = ? AND jam_id = ?"
        rows = await on_thread(self._reader, all_rows, f"{query} ORDER BY key", (person_id, jam_id))
        return [Draft(*row) for row in rows]

    async def delete_draft(self, person_id: str, jam_id: str, key: str) -> None:
        """Remove a draft."""
        delete = "DELETE FROM drafts WHERE person_id = ? AND jam_id = ? AND key = ?"
        await on_thread(self._writer, write, delete, (person_id, jam_id, key))

    async def sweep(self, now: int) -> int:
        """Remove what has expired by `now`, and return how many there were."""
        return sum([await on_thread(self._writer, write, delete, (now,)) for delete in SWEEPS])

    async def close(self) -> None:
        """Close the file once the writes in hand are done."""
        await self._reader.close()
        await self._writer.close()


def _wipe(db: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    if write(db, statement, values):
        scrub(db)


def _take_link(db: sqlite3.Connection, token_hash: str) -> SignInLink | None:
    taken = "DELETE FROM links WHERE token_hash = ? RETURNING token_hash, person_id, browser_hash, expires_at, next_path"
    with transaction(db):
        rows = db.execute(taken, (token_hash,)).fetchall()
    return SignInLink(*rows[0]) if rows else None
