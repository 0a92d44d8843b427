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
    changed since a somewhat lower number, at most a quarter further back, so that a herd that comes back with thousands
    of different numbers costs some tens of executions: entities are absolute, so being told twice changes nothing.
    """

    __slots__ = ("_exact", "_feed", "_flights", "_make")

    def __init__(self, feed: Feed, make: Make, exact: int) -> None:
        self._feed = feed
        self._make = make
        self._exact = exact
        self._flights: dict[Question, asyncio.Task[Answer]] = {}

    def new_tick(self) -> None:
        """Forget the last tick's answers."""
        self._flights = {}

    def ask(self, after: int, here: bool) -> asyncio.Task[Answer]:
        """Begin, or join, the execution that tells what changed since `after`. The changes are read now, not later.

        Below 0 it asks to be sent back to fetch afresh.
        """
        question = (self._from(after), here)
        flight = self._flights.get(question)
        if flight is None:
            flight = self._flights[question] = asyncio.ensure_future(self._make(self._changes(*question)))
        return flight

    def _changes(self, after: int, here: bool) -> Changes:
        if after < 0:
            return refetch(self._feed)
        changes = self._feed.changes_since(after)
        return self._feed.with_here(changes) if here else changes

    def _from(self, after: int) -> int:
        if after < 0 or len(self._flights) < self._exact or (after, False) in self._flights or (after, True) in self._flights:
            return after
        return lowered(after, self._feed.seq)


def lowered(after: int, seq: int) -> int:
    """`after` rounded down by less than a quarter of how far it lies behind `seq`; 8 results at most per doubling."""
    step = 1 << max(0, (seq - after).bit_length() - 3)
    return after - after % step
