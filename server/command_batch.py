"""Commands that wait, and those of them that go into one record together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import uuid4

from server.jam.commands import Command
from server.jam.rejections import InvalidInput
from server.journal.codec import Entry
from server.journal.port import MAX_PAYLOAD
from server.tracing.commands import OnItsWay

E = TypeVar("E")

MOST_COMMANDS = 512
"""Commands in one record."""

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of a record to which no more commands are added: long ideas make shorter batches."""

MOST_BYTES_OF_ONE = MAX_PAYLOAD - MOST_BYTES - 4_096
"""What the events of one command may take, so that with what was gathered before them they fit into a record."""


@dataclass(slots=True)
class Waiting:
    """A command in the queue; `at` (ms) stands for the clock where it is given, `answer` gets the seq or what went wrong."""

    command: Command
    at: int | None
    answer: "asyncio.Future[int]"
    trace: OnItsWay | None = None

    def settle(self, answer: int | BaseException) -> None:
        """Answers whoever waits, unless that was done already."""
        if self.trace is not None:
            self.trace.answered(answer)
        if self.answer.done():
            return
        if isinstance(answer, BaseException):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


@dataclass(slots=True)
class Batch(Generic[E]):
    """What will be one record; `parts` are its entries as bytes, `size` is how many, `count` how many events they hold."""

    entries: list[Entry[E]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    token: str = field(default_factory=lambda: uuid4().hex)
    size: int = 0
    count: int = 0

    def add(self, waiting: Waiting, entry: Entry[E], part: bytes) -> None:
        """One more entry. Raises `InvalidInput` for one that no record has room for."""
        if len(part) > MOST_BYTES_OF_ONE:
            words = f"This is too much at once: what comes of it takes more than {MOST_BYTES_OF_ONE:,} bytes."
            raise InvalidInput("input", words)
        self.waiting.append(waiting)
        self.entries.append(entry)
        self.parts.append(part)
        self.size += len(part) + 1
        self.count += len(entry.events)


class Taken:
    """The keys that the commands of a batch, and those held back before them, read and write, and how often what has `room`
    for so many was taken.
    """

    def __init__(self, room: Callable[[str], int]) -> None:
        self._room = room
        self._reads: set[str] = set()
        self._writes: set[str] = set()
        self._left: dict[str, int] = {}

    def admits(self, command: Command) -> bool:
        """Whether the command may join; its keys are taken either way, so that later ones do not overtake it."""
        reads, writes, takes = command.touches()
        is_free = self._writes.isdisjoint(reads) and self._writes.isdisjoint(writes) and self._reads.isdisjoint(writes)
        self._reads.update(reads)
        self._writes.update(writes)
        for key in takes:
            # Where there is no room at all, each is refused, whoever comes first: so they may share a commit as well.
            left = self._left.get(key)
            if left is None:
                left = self._room(key) or MOST_COMMANDS
            is_free = is_free and left > 0
            self._left[key] = left - 1
        return is_free
