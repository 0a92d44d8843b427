"""Moves what a write-ahead log holds into its file, on a thread of its own: no append waits for it.

By itself SQLite does it within the commit that makes the log long, which then takes ten times as long as others; and votes that
come meanwhile wait for that one.
"""

import os
import sqlite3
import time
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

EVERY_S = 0.5
"""Between two looks at how much there is."""

MANY_JOBS = 300
MANY_BYTES = 4 * 1024 * 1024
LONG_S = 30.0
"""It is moved after so many writes, or when the log has grown by so much, or after so long if anything was written."""

MOST_PAGES = 16_384
"""With more than this many pages in the log (64 MB) the writer moves the few that are left, so that the log begins anew."""


class Writer(Protocol):
    """What is known of the thread that writes: how much it has done. `is_overdue` has it move the rest by itself."""

    jobs_done: int
    is_overdue: bool


def move(connection: sqlite3.Connection) -> tuple[int, int]:
    """Move what nobody else is moving or still reading: pages in the log, and how many of them are in the file now."""
    _, pages, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return pages, moved


def emptied(connection: sqlite3.Connection, seconds: float) -> bool:
    """Move everything and cut the log to nothing; False where others read from it, or move it themselves, for so long."""
    until = time.monotonic() + seconds
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


class Checkpointer:
    """Looks after one file until it is closed. Raises `sqlite3.Error` where the file can't be opened."""

    def __init__(self, path: Path, writer: Writer) -> None:
        self._log = f"{path}-wal"
        self._writer = writer
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._closing = Event()
        self._thread = Thread(target=self._run, name=f"checkpoints of {path.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; what is in the log stays there."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            jobs, size, moved_at = 0, 0, time.monotonic()
            while not self._closing.wait(EVERY_S):
                done, grown = self._writer.jobs_done, self._size()
                is_long_ago = done > jobs and time.monotonic() - moved_at > LONG_S
                if done - jobs >= MANY_JOBS or grown - size >= MANY_BYTES or is_long_ago:
                    self._move()
                    jobs, size, moved_at = done, grown, time.monotonic()
        finally:
            self._connection.close()

    def _move(self) -> None:
        try:
            pages, _ = move(self._connection)
        except sqlite3.Error:
            # A full disk, say: the writer will be told by its own commits. It is tried again.
            return
        if pages > MOST_PAGES:
            # What was appended meanwhile is not in it, so the log goes on: only while nobody appends can all be moved.
            self._writer.is_overdue = True

    def _size(self) -> int:
        try:
            return os.stat(self._log).st_size
        except OSError:
            return 0
