"""Finished answers, made once however many ask at once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished body with its ETag. One that is not `keepable` (it has errors) goes to those who wait only."""

    body: bytes
    etag: bytes
    keepable: bool

    @classmethod
    def of(cls, body: bytes, keepable: bool = True) -> "Answer":
        """An answer of `body`, tagged by its content."""
        return cls(body, b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"', keepable)


Make = Callable[[], Awaitable[Answer]]


@dataclass(slots=True)
class CacheCounters:
    """Totals since the start."""

    hits: int = 0
    misses: int = 0
    joined: int = 0


class AnswerCache:
    """Answers by (what was asked, tick), the newest tick of each question only, bounded by bytes of bodies."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self.counters = CacheCounters()
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[int, Answer]] = OrderedDict()
        self._flights: dict[tuple[Hashable, int], asyncio.Task[Answer]] = {}

    @property
    def size(self) -> int:
        """Bytes of the bodies kept."""
        return self._size

    async def get(self, question: Hashable, tick: int, make: Make) -> Answer:
        """The answer of this tick: kept, being made, or made now. What `make` raises reaches everyone who waits."""
        kept = self._kept.get(question)
        if kept is not None and kept[0] == tick:
            self._kept.move_to_end(question)
            self.counters.hits += 1
            return kept[1]
        flight = self._flights.get((question, tick))
        if flight is None:
            flight = self._take_off(question, tick, make)
        else:
            self.counters.joined += 1
        return await asyncio.shield(flight)

    def _take_off(self, question: Hashable, tick: int, make: Make) -> asyncio.Task[Answer]:
        self.counters.misses += 1
        flight = asyncio.ensure_future(self._made(question, tick, make))
        self._flights[question, tick] = flight
        flight.add_done_callback(lambda done: self._land(question, tick, done))
        return flight

    async def _made(self, question: Hashable, tick: int, make: Make) -> Answer:
        return await make()

    def _land(self, question: Hashable, tick: int, flight: asyncio.Task[Answer]) -> None:
        del self._flights[question, tick]
        if flight.cancelled() or flight.exception() is not None:
            return
        answer = flight.result()
        if answer.keepable and len(answer.body) <= self._most:
            self._keep(question, tick, answer)

    def _keep(self, question: Hashable, tick: int, answer: Answer) -> None:
        old = self._kept.pop(question, None)
        if old is not None and old[0] > tick:
            tick, answer = old
        self._size += len(answer.body) - (len(old[1].body) if old else 0)
        self._kept[question] = (tick, answer)
        while self._size > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= len(dropped.body)
