"""Which of the sessions whose sockets are open are over, asked every second for all of them, in the SQLite vault."""

import json
import sqlite3
from collections.abc import Collection

ENDED = """SELECT asked.value FROM json_each(?1) AS asked
WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE token_hash = asked.value AND expires_at > ?2)
AND NOT EXISTS (SELECT 1 FROM tokens WHERE token_hash = asked.value AND expires_at > ?2)"""
EXPIRED = """SELECT EXISTS (SELECT 1 FROM sessions WHERE expires_at > ?1 AND expires_at <= ?2)
OR EXISTS (SELECT 1 FROM tokens WHERE expires_at > ?1 AND expires_at <= ?2)"""


class EndedSessions:
    """Remembers which were good. While nothing is written to the file and none expires, only others are looked up: 10,000
    take 10 ms. Belongs to one connection, and is used by one thread.
    """

    def __init__(self) -> None:
        self._version = -1
        self._at = 0
        self._good: set[str] = set()

    def find(self, db: sqlite3.Connection, token_hashes: Collection[str], now: int) -> set[str]:
        """Those that are unknown, ended or expired at `now` (ms)."""
        asked = set(token_hashes)
        # Read first: of what is written after this the next question learns, since the number is another one then.
        version = int(db.execute("PRAGMA data_version").fetchone()[0])
        is_same = version == self._version and now >= self._at and not db.execute(EXPIRED, (self._at, now)).fetchone()[0]
        unsure = asked - self._good if is_same else asked
        ended = {value for (value,) in db.execute(ENDED, (json.dumps(list(unsure)), now))} if unsure else set()
        self._version, self._at, self._good = version, now, asked - ended
        return ended
