"""Finished answers, made once however many ask at once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, Protocol, TypeVar

from server.api.sharing import Version


class Keepable(Protocol):
    """Something finished of `size` bytes. What is not `is_keepable` (it has errors) goes to those who wait only."""

    @property
    def size(self) -> int: ...
    @property
    def is_keepable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished body with its ETag."""

    body: bytes
    etag: bytes
    is_keepable: bool

    @classmethod
    def of(cls, body: bytes, is_keepable: bool = True) -> "Answer":
        """An answer of `body`, tagged by its content."""
        return cls(body, b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"', is_keepable)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body)


A = TypeVar("A", bound=Keepable)


@dataclass(slots=True)
class CacheCounters:
    """Totals since the start."""

    hits: int = 0
    misses: int = 0
    joined: int = 0


class AnswerCache(Generic[A]):
    """Answers by (what was asked, version), the newest version of each question only, bounded by bytes."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self.counters = CacheCounters()
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Version, A]] = OrderedDict()
        self._flights: dict[tuple[Hashable, Version], asyncio.Task[A]] = {}

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return self._size

    def kept(self, question: Hashable, version: Version) -> A | None:
        """The answer of this version, if it is kept."""
        kept = self._kept.get(question)
        if kept is None or kept[0] != version:
            return None
        self._kept.move_to_end(question)
        self.counters.hits += 1
        return kept[1]

    async def get(self, question: Hashable, version: Version, make: Callable[[], Awaitable[A]]) -> A:
        """The answer of this version: kept, being made, or made now. What `make` raises reaches everyone who waits."""
        kept = self.kept(question, version)
        if kept is not None:
            return kept
        flight = self._flights.get((question, version))
        if flight is None:
            flight = self._take_off(question, version, make)
        else:
            self.counters.joined += 1
        return await asyncio.shield(flight)

    def _take_off(self, question: Hashable, version: Version, make: Callable[[], Awaitable[A]]) -> asyncio.Task[A]:
        self.counters.misses += 1
        flight = asyncio.ensure_future(self._made(make))
        self._flights[question, version] = flight
        flight.add_done_callback(lambda done: self._land(question, version, done))
        return flight

    async def _made(self, make: Callable[[], Awaitable[A]]) -> A:
        return await make()

    def _land(self, question: Hashable, version: Version, flight: asyncio.Task[A]) -> None:
        del self._flights[question, version]
        if flight.cancelled() or flight.exception() is not None:
            return
        self.put(question, version, flight.result())

    def put(self, question: Hashable, version: Version, answer: A) -> None:
        """Keep an answer, unless a newer one is kept."""
        if not answer.is_keepable or answer.size > self._most:
            return
        old = self._kept.pop(question, None)
        if old is not None and old[0] > version:
            version, answer = old
        self._size += answer.size - (old[1].size if old else 0)
        self._kept[question] = (version, answer)
        while self._size > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= dropped.size
