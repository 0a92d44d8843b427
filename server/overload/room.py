"""The waiting room: who came first is let in first, as room comes. Pure, but for what it counts.

People are let in by when they came: a ticket is good as soon as the room has come to its time, whichever worker issued it. Each
worker lets its share in; it knows where in the queue somebody stands by the tickets that it issued itself, of which every
worker issues about the same.
"""

from bisect import bisect_left
from collections import deque
from math import ceil, inf

MOST_WAITING = 200_000
"""Tickets whose times are remembered; whoever comes beyond them is counted at the end of the queue."""

SOON_S, LATE_S = 2.0, 60.0
"""Between these one who waits asks again."""


class Room:
    """The queue of one worker, one of `workers` that each let in as many a second. Times are in ms since 1970."""

    def __init__(self, workers: int = 1) -> None:
        self.let_in = 0
        self._workers = workers
        self._waiting: deque[int] = deque()
        self._beyond = 0
        self._until = 0
        self._room = 0.0
        self._moved_at: int | None = None

    @property
    def waiting(self) -> int:
        """How many of this worker's tickets are not let in yet."""
        return len(self._waiting) + self._beyond

    def move(self, now: int, per_s: float) -> None:
        """Lets in as many as there was room for since the last call, at `per_s` a second; all, where that is without end."""
        before, self._moved_at = self._moved_at, now
        if per_s == inf:
            self.let_in += self.waiting
            self._waiting.clear()
            self._beyond, self._until, self._room = 0, now, 0.0
            return
        since = 0 if before is None else max(0, now - before)
        self._room = min(max(1.0, per_s), self._room + per_s * since / 1_000)
        while self._room >= 1 and self._waiting:
            self._room -= 1
            self._until = max(self._until, self._waiting.popleft())
            self.let_in += 1
        if not self._waiting:
            self.let_in += self._beyond
            self._beyond = 0

    def arrive(self, at: int) -> None:
        """Somebody comes who has no ticket."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(max(at, self._waiting[-1] if self._waiting else self._until + 1))
        else:
            self._beyond += 1

    def take(self, now: int) -> bool:
        """Lets somebody in at once, where nobody waits and there is room."""
        if self._waiting or self._room < 1:
            return False
        self._room -= 1
        self.let_in += 1
        return True

    def is_in(self, at: int) -> bool:
        """Whether the turn has come of who came at this time."""
        return at <= self._until

    def place(self, at: int) -> int:
        """Which one they are in the queue, from 1; about, where there are several workers."""
        return max(1, (bisect_left(self._waiting, at) + 1) * self._workers)

    def wait_s(self, place: int, per_s: float) -> float:
        """When to ask again, in seconds: half of what is still to be waited for, within bounds."""
        return min(LATE_S, max(SOON_S, ceil(place / max(per_s * self._workers, 0.1) / 2)))
