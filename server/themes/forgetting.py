"""Takes texts out of what the theme service keeps on disk: their vectors, and what runs noted about the jam they were in."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

BUSY_S = 30.0


def forget(folder: Path, jam_id: str, keys: Collection[bytes]) -> int:
    """Removes the vectors under these keys, and the notes of the jam's runs (they are made anew), from every file of vectors.

    Returns how many rows went. Raises `sqlite3.Error`. What it removes is overwritten, and the write-ahead log emptied.
    """
    return sum(_forget(file, jam_id, keys) for file in sorted(folder.glob("vectors-*.sqlite")))


def _forget(file: Path, jam_id: str, keys: Collection[bytes]) -> int:
    with closing(sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = ON")
        gone = db.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys]).rowcount if keys else 0
        gone += db.execute("DELETE FROM runs WHERE jam = ?", (jam_id,)).rowcount
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone
