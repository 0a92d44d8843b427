"""What a group is told: one execution for everyone who asks from the same number in the same tick."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from server.live.ports import Changes, Feed


@dataclass(frozen=True, slots=True)
class Answer:
    """The shared end of a message that brings its reader up to `seq`; `is_final` when it ends the subscription."""

    tail: bytes
    seq: int
    is_final: bool = False


Make = Callable[[Changes], Awaitable[Answer]]
Question = tuple[int, bool]


def refetch(feed: Feed) -> Changes:
    """Nothing but the word that the reader must fetch afresh."""
    return replace(feed.changes_since(feed.seq), must_refetch=True)


class Answers:
    """The answers of one group in one tick.

    Whoever asks from one of the first `exact` different numbers gets exactly what changed since. Further ones get what
    changed since a lower number, less than as far back again, so that a herd that comes back with thousands of different
    numbers costs some ten executions: entities are absolute, so being told twice changes nothing. Where that is further back
    than changes are told from, it is at most a quarter further, so that few are sent to fetch afresh who need not.
    """

    __slots__ = ("_exact", "_feed", "_flights", "_make", "_too_far")

    def __init__(self, feed: Feed, make: Make, exact: int) -> None:
        self._feed = feed
        self._make = make
        self._exact = exact
        self._flights: dict[Question, asyncio.Task[Answer]] = {}
        self._too_far = -1

    def new_tick(self) -> None:
        """Forget the last tick's answers."""
        self._flights = {}
        self._too_far = -1

    def ask(self, after: int, here: bool) -> asyncio.Task[Answer]:
        """Begin, or join, the execution that tells what changed since `after`. The changes are read now, not later.

        Below 0 it asks to be sent back to fetch afresh.
        """
        start = self._from(after)
        flight = self._flights.get((start, here))
        if flight is not None:
            return flight
        changes = self._changes(start, here)
        if changes.must_refetch and 0 <= start < after and start > self._too_far:
            self._too_far = start
            return self.ask(after, here)
        flight = self._flights[start, here] = asyncio.ensure_future(self._make(changes))
        return flight

    def _changes(self, after: int, here: bool) -> Changes:
        if after < 0:
            return refetch(self._feed)
        changes = self._feed.changes_since(after)
        return self._feed.with_here(changes) if here else changes

    def _from(self, after: int) -> int:
        if after < 0 or len(self._flights) < self._exact or (after, False) in self._flights or (after, True) in self._flights:
            return after
        far = lowered(after, self._feed.seq)
        return far if far > self._too_far else lowered_little(after, self._feed.seq)


def lowered_little(after: int, seq: int) -> int:
    """`after` rounded down by less than a quarter of how far it lies behind `seq`; 4 results at most per doubling."""
    step = 1 << max(0, (seq - after).bit_length() - 3)
    return after - after % step


def lowered(after: int, seq: int) -> int:
    """The nearest number at or below `after` that lies a power of two behind `seq`: one result per doubling, and 0."""
    behind = seq - after
    return after if behind <= 0 else max(0, seq - (1 << (behind - 1).bit_length()))
