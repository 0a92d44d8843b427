"""Workers of one machine that write the same stream take turns, so that none decides in vain what another is about to change.

The journal's fence makes it right whoever writes when; turns only make it fair and quick. Without them four workers at full
speed lose every third attempt, and whoever has lost is the more likely to lose again. So a turn is a lock on a file, for
which the system keeps a queue: a worker that was killed gives it back, and for one that was stopped in the middle nobody
waits longer than `LONGEST_PATIENCE_S`, and that once. Whom nobody competes with takes a turn by one call of microseconds.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Protocol

try:
    import fcntl
except ImportError:  # pragma: no cover  a system without such locks: there workers compete
    fcntl = None  # type: ignore[assignment]

PATIENCE_S = 0.05
"""How long a turn is waited for at least. It is rarely a tenth of that; where the holder's process is held up by something
else, such as a tick to thousands, the others go on and compete with it rather than share its trouble.
"""

PATIENCE_IN_TURNS = 6.0
LONGEST_PATIENCE_S = 0.15
"""Where turns take long, because the store does, so many of one's own are waited for, and no longer than this."""


class Turns(Protocol):
    """The turns of one stream."""

    def turn(self) -> AbstractAsyncContextManager[bool]:
        """Inside it is this worker's turn, unless others take too long. Gives whether somebody else had it until now."""

    def close(self) -> None:
        """Take part no more."""


class NoTurns:
    """Everybody may always write."""

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[bool, None]:
        """It is always this worker's turn."""
        yield False

    def close(self) -> None:
        """Nothing is open."""


class FileTurns:
    """The turns of one stream among the processes that lock the same file."""

    def __init__(self, path: Path) -> None:
        """Makes the file, and its folder. Raises `OSError`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._is_given_up = False
        self._is_closed = False
        self._usual_s = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[bool, None]:
        """Inside it is this worker's turn, unless others take longer than its patience, or have since the last time."""
        is_ours, had_to_wait = self._taken_at_once(), False
        if not is_ours and not self._is_given_up:
            is_ours, had_to_wait = await self._waited_for(), True
        began = monotonic()
        try:
            yield had_to_wait
        finally:
            self._usual_s += 0.1 * (monotonic() - began - self._usual_s)
            if is_ours:
                self._end_turn()

    @property
    def patience_s(self) -> float:
        """How long a turn is waited for."""
        return max(PATIENCE_S, min(PATIENCE_IN_TURNS * self._usual_s, LONGEST_PATIENCE_S))

    def close(self) -> None:
        """Take part no more. Whoever still waits in a thread of ours lets go as soon as it is its turn."""
        self._is_closed = True
        if not self._is_given_up:
            os.close(self._file)

    def _taken_at_once(self) -> bool:
        if self._is_given_up:
            return False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    async def _waited_for(self) -> bool:
        """Whether the turn came in time. Only a thread can wait for such a lock; it goes on where we give up, and until it has
        had its turn this worker writes without one.
        """
        loop = asyncio.get_running_loop()
        came: asyncio.Future[None] = loop.create_future()
        Thread(target=_wait, args=(self._file, loop, lambda: self._has_come(came)), name="turn", daemon=True).start()
        try:
            async with asyncio.timeout(self.patience_s):
                await came
        except (TimeoutError, asyncio.CancelledError) as error:
            if not came.done() or came.cancelled():
                self._is_given_up = True
            else:
                self._end_turn()
            if isinstance(error, asyncio.CancelledError):
                raise
            return False
        return True

    def _has_come(self, came: "asyncio.Future[None]") -> None:
        if not came.done():
            came.set_result(None)
            return
        self._is_given_up = False
        self._end_turn()
        if self._is_closed:
            os.close(self._file)

    def _end_turn(self) -> None:
        with suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _wait(file: int, loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
    """On a thread of its own: waits for the lock, and tells the loop, unless that is gone."""
    with suppress(OSError, RuntimeError):
        fcntl.flock(file, fcntl.LOCK_EX)
        loop.call_soon_threadsafe(then)


def turns_in(folder: Path) -> Callable[[str], Turns]:
    """Makes the turns of a stream, by files in a folder; everybody may always write where the system has no such locks."""

    def turns_of(stream: str) -> Turns:
        if fcntl is None:
            return NoTurns()
        return FileTurns(folder / f"{stream.replace(':', '-')}.turn")

    return turns_of
