"""Writes one tick to everybody it concerns: one write a connection, and a turn for others every few hundred writes."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeVar

from server.live.answers import Answer
from server.live.frames import header
from server.live.groups import Entry, Group, Member
from server.live.limits import LiveLimits
from server.live.line import Line
from server.live.metrics import LiveCounters

T = TypeVar("T")
Behind = Callable[[Member], None]


class Cast:
    """The writes of one jam in one tick."""

    def __init__(self, limits: LiveLimits, counters: LiveCounters) -> None:
        self._limits = limits
        self._counters = counters
        self._dirty: dict[Line, None] = {}

    def hold(self, line: Line, prefix: bytes, tail: bytes, head: bytes = b"") -> None:
        """Keep a frame for the line until `flush`."""
        line.hold(head, prefix, tail)
        self._dirty[line] = None
        self._counters.deliveries += 1

    async def give(self, group: Group, answer: Answer, skip: Behind) -> None:
        """Give everyone in step the answer; `skip` is called with those whose reader lags, who get nothing."""
        heads = Heads(len(answer.tail))
        version = group.version
        for part in _parts(list(group.fast.values()), self._limits.writes_per_turn):
            entries, moved = _still(group, part, version)
            self._write(entries, answer, heads, skip)
            self._collect(moved, answer, heads, skip)
            await asyncio.sleep(0)
        for members in _parts(list(group.corked), self._limits.writes_per_turn):
            there = members if group.version == version else [one for one in members if group.is_in_step(one)]
            self._collect(there, answer, heads, skip)
            await asyncio.sleep(0)

    async def flush(self) -> None:
        """Send everything that waits, one write a connection."""
        lines = list(self._dirty)
        self._dirty.clear()
        for part in _parts(lines, self._limits.writes_per_turn):
            self._counters.writes += sum(line.flush() for line in part)
            await asyncio.sleep(0)

    def _write(self, entries: list[Entry], answer: Answer, heads: "Heads", skip: Behind) -> None:
        tail, high, held = answer.tail, self._limits.high_water_bytes, 0
        behind = []
        for prefix, length, write, buffered, pending, member in entries:
            if buffered() > high:
                behind.append(member)
            elif pending:
                held += 1
                self.hold(member.line, prefix, tail, heads[length])
            else:
                try:
                    write(heads[length] + prefix + tail)
                except RuntimeError:  # uvloop's word for a transport that is gone; its reader will clean up
                    continue
        self._counters.writes += len(entries) - len(behind) - held
        self._counters.deliveries += len(entries) - len(behind) - held
        for member in behind:
            skip(member)

    def _collect(self, members: list[Member], answer: Answer, heads: "Heads", skip: Behind) -> None:
        tail, high = answer.tail, self._limits.high_water_bytes
        for member in members:
            line = member.line
            if line.outlet.buffered() > high:
                skip(member)
            else:
                self.hold(line, member.prefix, tail, heads[len(member.prefix)])


class Heads(dict[int, bytes]):
    """Frame headers for one tail, by the length of the prefix before it."""

    def __init__(self, tail: int) -> None:
        super().__init__()
        self._tail = tail

    def __missing__(self, prefix: int) -> bytes:
        head = self[prefix] = header(prefix + self._tail)
        return head


def _parts(items: list[T], size: int) -> Iterator[list[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _still(group: Group, part: list[Entry], version: int) -> tuple[list[Entry], list[Member]]:
    """Of entries read some turns ago: those that still hold, and members that have moved to the corked ones since."""
    if group.version == version:
        return part, []
    moved = [entry[-1] for entry in part if entry[-1] in group.corked]
    return [entry for entry in part if entry[-1] in group.fast], moved
