"""How long the server waits for the rest of a request, and how much of one it holds.

Who sends a byte a second, or begins a request and goes away without a word, would otherwise hold a connection for ever. A head
must be there soon, a body may come as slowly as on a poor line, and no head grows without end. Time during which the server
itself does not read is not the client's.
"""

import asyncio
from collections.abc import Callable

WAIT_S = 15.0
"""Within this time a head must have come."""

LEAST_BYTES_PER_S = 1_024
"""What comes after that must come so fast, on average since the request began."""

HEAD_BYTES = 64 * 1024
"""Of a head that comes in pieces. One that comes at once is bounded by what is read at once (256 KiB)."""

REQUEST_BYTES = 32 * 1024 * 1024
"""Of a whole request, with everything around its body: longer than any that an application takes."""

LINGER_S = 15.0
"""Who is still sending when they are refused is listened to for so long, and nothing of it is kept: a connection that is closed
over bytes which were not read is reset, and takes the answer with it."""

STUCK_MS = 30_000
"""How long what was sent may stay without any sign that the other side is there and has room for it: the kernel then ends the
connection (`TCP_USER_TIMEOUT`). Without it, an answer to a phone that has gone waits for a quarter of an hour."""


def until(began: float, received: int) -> float:
    """Until when (seconds) an unfinished request that began then, and of which so many bytes have come, is waited for."""
    return began + WAIT_S + received / LEAST_BYTES_PER_S


class Patience:
    """Watches one connection. `over` is called when its client has taken too long; `is_held` says whether the server itself
    does not read now.

    At most one timer is set, and it is left alone while requests come and are finished: most connections set one in their life.
    """

    __slots__ = ("_began", "_is_held", "_loop", "_over", "_timer", "received")

    def __init__(self, loop: asyncio.AbstractEventLoop, over: Callable[[], None], is_held: Callable[[], bool]) -> None:
        self._loop = loop
        self._over = over
        self._is_held = is_held
        self._began: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.received = 0

    def wait(self, received: int = 0) -> None:
        """The client owes the rest of a request, of which so many more bytes came now."""
        if self._began is None:
            self._began, self.received = self._loop.time(), 0
        self.received += received
        if self._timer is None:
            self._timer = self._loop.call_at(until(self._began, self.received), self._look)

    def rest(self) -> None:
        """The client owes nothing."""
        self._began = None

    def end(self) -> None:
        """The connection is gone, or is a websocket now. Nothing of it is held any more."""
        self._began, self._over, self._is_held = None, _nothing, bool
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._began is None:
            return
        now = self._loop.time()
        if self._is_held():
            self._began, self.received = now, 0
        if now < (deadline := until(self._began, self.received)):
            self._timer = self._loop.call_at(deadline, self._look)
        else:
            self._began = None
            self._over()


def _nothing() -> None:
    """What is to be done about a connection that is gone."""
