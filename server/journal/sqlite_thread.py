"""One SQLite connection on a thread of its own, driven from the event loop. Shared by the journal and the vault."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Concatenate, ParamSpec, TypeVar

from server.journal.checkpointing import Checkpointer, emptied, move

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 10.0
WIPE_SECONDS = 2.0
"""How long emptying the log is tried again while somebody else moves what it holds, beyond what a reader holds it up."""

TOGETHER_S = 0.001
"""What is done waits no longer than this for what was asked for with it."""

REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file is read-only",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened; its folder may be missing or read-only",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write",
    sqlite3.SQLITE_BUSY: "another process holds the file",
    sqlite3.SQLITE_PERM: "the file may not be accessed",
}


class ThreadClosed(Exception):
    """Work was handed to a connection that is closed."""


@dataclass(slots=True)
class _Job:
    """Something to do on the thread, and what came of it."""

    work: Callable[[], Any]
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class SqliteThread:
    """Runs functions of a connection one after the other on its own thread, and brings back what they return.

    What is asked for in one turn of the event loop goes over together, and comes back together unless that takes long: to
    wake a thread and to be woken by it costs more than a small query.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[asyncio.AbstractEventLoop, list[_Job]] | None] = SimpleQueue()
        self._asked: list[_Job] = []
        self._connection: sqlite3.Connection
        self._closed = False
        self._checkpointer: Checkpointer | None = None
        self.jobs_done = 0
        self.is_overdue = False
        Thread(target=self._serve, name=name, daemon=True).start()

    @classmethod
    async def start(cls, name: str, connect: Callable[[], sqlite3.Connection]) -> "SqliteThread":
        """Start the thread and open the connection on it; raises what `connect` raises."""
        thread = cls(name)
        try:
            await thread._submit(partial(thread._open, connect))
        except BaseException:
            thread._finish()
            raise
        return thread

    async def run(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `work(connection, *args, **kwargs)`, called on the thread. A cancelled caller does not stop it."""
        if self._closed:
            raise ThreadClosed
        return await self._submit(lambda: work(self._connection, *args, **kwargs))

    async def close(self) -> None:
        """Close the connection after the work already handed in, and end the thread; again does nothing."""
        if not self._closed:
            self._closed = True
            if self._checkpointer is not None:
                await asyncio.to_thread(self._checkpointer.close)
            try:
                await self._submit(lambda: self._connection.close())
            finally:
                self._finish()

    async def keep_log_short(self, path: Path) -> None:
        """From now on what this connection writes is moved from the log into the file beside it; raises `sqlite3.Error`."""
        await self.run(lambda connection: connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall())
        self._checkpointer = Checkpointer(path, self)

    def _open(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connect()

    def _finish(self) -> None:
        self._closed = True
        self._jobs.put(None)

    async def _submit(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._asked.append(_Job(work, future))
        if len(self._asked) == 1:
            loop.call_soon(self._send_over, loop)
        return await future

    def _send_over(self, loop: asyncio.AbstractEventLoop) -> None:
        asked, self._asked = self._asked, []
        self._jobs.put((loop, asked))

    def _serve(self) -> None:
        while (jobs := self._jobs.get()) is not None:
            _work(*jobs)
            self.jobs_done += len(jobs[1])
            if self.is_overdue:
                self.is_overdue = False
                with suppress(sqlite3.Error):
                    move(self._connection)


def _work(loop: asyncio.AbstractEventLoop, jobs: list[_Job]) -> None:
    """Do each job, and hand what came of those done to their loop at the end, or as soon as that has taken a while."""
    done: list[_Job] = []
    began = time.monotonic()
    for job in jobs:
        try:
            job.result = job.work()
        except BaseException as error:
            job.error = error
        done.append(job)
        if time.monotonic() - began > TOGETHER_S:
            _bring_back(loop, done)
            done, began = [], time.monotonic()
    if done:
        _bring_back(loop, done)


def _bring_back(loop: asyncio.AbstractEventLoop, done: list[_Job]) -> None:
    """Unless the loop is gone."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, done)


def _settle(done: list[_Job]) -> None:
    for job in done:
        if job.future.done():
            continue
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)


def connect_writer(path: Path, layouts: Sequence[str]) -> sqlite3.Connection:
    """Open the file for durable writing, and lay out what it lacks: each of `layouts` adds to the one before.

    Raises `sqlite3.Error`; `sqlite3.NotSupportedError` if the file's layout is newer than the last of them.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _enter_wal(connection)
        # Deleted text must not stay readable in the file's free space, and macOS syncs for real only with fullfsync.
        for pragma in ("synchronous = FULL", "fullfsync = ON", "secure_delete = ON", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _lay_out(connection, layouts)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open the file for reading beside a writer."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


async def open_pair(name: str, path: Path, layouts: Sequence[str]) -> tuple[SqliteThread, SqliteThread]:
    """A writing and a reading thread on one file. Raises `sqlite3.Error`, and then leaves neither behind."""
    writer = await SqliteThread.start(f"{name}-writer", partial(connect_writer, path, layouts))
    try:
        await writer.keep_log_short(path)
        return writer, await SqliteThread.start(f"{name}-reader", partial(connect_reader, path))
    except BaseException:
        await writer.close()
        raise


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait for others who open the new file at this moment: we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _lay_out(connection: sqlite3.Connection, layouts: Sequence[str]) -> None:
    version = len(layouts)
    if _layout(connection) == version:
        return
    with transaction(connection):
        found = _layout(connection)
        if found > version:
            raise sqlite3.NotSupportedError(f"the file has layout {found}, this program knows {version}: upgrade it")
        for statement in filter(str.strip, ";".join(layouts[found:]).split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")


def _layout(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Commit what is done inside as one; roll it back on any error, a failed commit included."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def scrub(connection: sqlite3.Connection) -> None:
    """Empty the write-ahead log into the file, so that overwritten text is not left in it either."""
    wiped(connection)


def wiped(connection: sqlite3.Connection) -> bool:
    """The same, and whether nothing is left in the log: another process may be reading from it for longer than we wait."""
    return emptied(connection, WIPE_SECONDS)


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where the error carries none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def explain(error: sqlite3.Error) -> str:
    """What went wrong, for a person to read."""
    reason = REASONS.get(primary_code(error))
    return f"{reason} ({error})" if reason else str(error)
