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
    """The writes of one jam in one tick. A line whose `pending` is not empty waits for `flush`."""

    def __init__(self, limits: LiveLimits, counters: LiveCounters) -> None:
        self._limits = limits
        self._counters = counters
        self._dirty: list[Line] = []

    def hold(self, line: Line, prefix: bytes, tail: bytes, head: bytes = b"") -> None:
        """Keep a frame for the line until `flush`."""
        if not line.pending:
            self._dirty.append(line)
        line.hold(head, prefix, tail)
        self._counters.deliveries += 1

    async def give(self, group: Group, answer: Answer, skip: Behind) -> None:
        """Give everyone in step the answer; `skip` is called with those whose reader lags, who get nothing."""
        heads = Heads(len(answer.tail))
        version, fast, corked = group.version, list(group.fast.values()), list(group.corked.values())
        for part in _parts(fast, self._limits.writes_per_turn):
            if group.version == version:
                behind = self._write(part, answer.tail, heads)
            else:
                behind = self._collect(_still(group, part), answer.tail, heads)
            await self._turn(behind, skip)
        for part in _parts(corked, self._limits.writes_per_turn):
            there = part if group.version == version else _still(group, part)
            await self._turn(self._collect(there, answer.tail, heads), skip)

    async def flush(self) -> None:
        """Send everything that waits, one write a connection."""
        lines, self._dirty = self._dirty, []
        for part in _parts(lines, self._limits.writes_per_turn):
            self._counters.writes += sum(line.flush() for line in part)
            await asyncio.sleep(0)

    def _write(self, entries: list[Entry], tail: bytes, heads: "Heads") -> list[Member]:
        """Write to connections that get nothing else in this tick; return those whose reader lags."""
        high, held = self._limits.high_water_bytes, 0
        behind = []
        for prefix, length, write, buffered, pending, member in entries:
            if buffered() > high:
                behind.append(member)
            elif pending or write is None:
                held += 1
                self.hold(member.line, prefix, tail, heads[length])
            else:
                try:
                    write(heads[length] + prefix + tail)
                except RuntimeError:  # uvloop's word for a transport that is gone; its reader will clean up
                    continue
        self._counters.writes += len(entries) - len(behind) - held
        self._counters.deliveries += len(entries) - len(behind) - held
        return behind

    def _collect(self, entries: list[Entry], tail: bytes, heads: "Heads") -> list[Member]:
        """Keep frames for connections that may get more in this tick; return those whose reader lags."""
        high, dirty = self._limits.high_water_bytes, self._dirty
        behind = []
        for prefix, length, write, buffered, pending, member in entries:
            if pending:
                pending += (heads[length], prefix, tail)
            elif buffered() > high:
                behind.append(member)
            elif write is None:
                member.line.hold(b"", prefix, tail)
            else:
                dirty.append(member.line)
                pending += (heads[length], prefix, tail)
        self._counters.deliveries += len(entries) - len(behind)
        return behind

    async def _turn(self, behind: list[Member], skip: Behind) -> None:
        for member in behind:
            skip(member)
        await asyncio.sleep(0)


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


def _still(group: Group, part: list[Entry]) -> list[Entry]:
    """Of entries read some turns ago, those whose member is still in step."""
    return [entry for entry in part if group.is_in_step(entry[-1])]
