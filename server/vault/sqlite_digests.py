"""Wishes about mails, and marks of what was mailed, in the SQLite vault."""

from dataclasses import astuple

from server.journal.sqlite_thread import SqliteThread
from server.vault.digests import DigestMark, MailMode, MailWish
from server.vault.sqlite_work import all_rows, on_thread, write, write_for

SCHEMA = """
CREATE TABLE mail_wishes (
    person_id TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    mode TEXT NOT NULL,
    secret TEXT NOT NULL UNIQUE
);
CREATE TABLE digests (
    person_id TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    jam_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL,
    PRIMARY KEY (person_id, jam_id)
) WITHOUT ROWID;
CREATE INDEX digests_of_jam ON digests (jam_id)
"""

WISH = "SELECT person_id, mode, secret FROM mail_wishes"
PUT_WISH = "INSERT INTO mail_wishes VALUES (?, ?, ?) ON CONFLICT (person_id) DO UPDATE SET mode = excluded.mode"
CLAIM = """INSERT INTO digests VALUES (?1, ?2, ?3, ?4, ?6)
ON CONFLICT (person_id, jam_id) DO UPDATE SET claimed_until = excluded.claimed_until
WHERE seq = ?3 AND sent_at = ?4 AND claimed_until = ?5"""
PUT = "UPDATE digests SET seq = ?, sent_at = ?, claimed_until = ? WHERE person_id = ? AND jam_id = ?"


class SqliteDigests:
    """The part of `SqliteVault` that `DigestVault` describes."""

    _writer: SqliteThread
    _reader: SqliteThread

    async def mail_wish(self, person_id: str) -> MailWish | None:
        return _wish(await on_thread(self._reader, all_rows, f"{WISH} WHERE person_id = ?", (person_id,)))

    async def mail_wish_of(self, secret: str) -> MailWish | None:
        return _wish(await on_thread(self._reader, all_rows, f"{WISH} WHERE secret = ?", (secret,)))

    async def put_mail_wish(self, wish: MailWish) -> MailWish:
        await on_thread(self._writer, write_for, PUT_WISH, (wish.person_id, wish.mode.value, wish.secret), wish.person_id)
        return await self.mail_wish(wish.person_id) or wish

    async def digest_marks(self, jam_id: str) -> dict[str, DigestMark]:
        rows = await on_thread(self._reader, all_rows, "SELECT * FROM digests WHERE jam_id = ?", (jam_id,))
        return {row[0]: DigestMark(*row) for row in rows}

    async def claim_digest(self, before: DigestMark, until: int) -> bool:
        return bool(await on_thread(self._writer, write_for, CLAIM, (*astuple(before), until), before.person_id))

    async def put_digest(self, mark: DigestMark) -> None:
        values = (mark.seq, mark.sent_at, mark.claimed_until, mark.person_id, mark.jam_id)
        await on_thread(self._writer, write, PUT, values)


def _wish(rows: list[tuple[str, str, str]]) -> MailWish | None:
    return MailWish(rows[0][0], MailMode(rows[0][1]), rows[0][2]) if rows else None
