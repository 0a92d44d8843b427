"""Lets websockets in a few at a time, so that who is inside is answered meanwhile.

When a line of thousands breaks they are all back within a second, and to take one in costs as much as a vote. Without this,
all that had come when the loop looked were taken in before it looked again: five thousand for 1.4 s, in which nobody was
answered.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

TURN_S = 0.001
"""What newcomers get of a turn of the loop while more of them wait. To sign in those of the turn before takes twice as long."""

MOST_AT_DOOR = 20_000
"""More than come within the seconds in which so many are let in; each is a connection that the system allowed."""


class Doorway:
    """The queue of those who come, the first first. For one event loop."""

    def __init__(self, seconds: float = TURN_S) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._seconds = seconds
        self._has_turn = False

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def enter(self, let_in: Callable[[], None]) -> bool:
        """`let_in` is called when it is its turn. False where there is no more room: it will not be called."""
        if len(self._waiting) >= MOST_AT_DOOR:
            return False
        self._waiting.append(let_in)
        self._plan()
        return True

    def _plan(self) -> None:
        if self._waiting and not self._has_turn:
            self._has_turn = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        until = perf_counter() + self._seconds
        try:
            while self._waiting:
                self._waiting.popleft()()
                if perf_counter() >= until:
                    break
        finally:
            self._has_turn = False
            self._plan()
