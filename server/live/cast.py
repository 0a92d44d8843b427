"""Writes one tick to everybody it concerns: one write a connection, and a turn for others every few hundred writes."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from server.live.answers import Answer
from server.live.frames import header
from server.live.groups import Choir, Entry, Group, Member
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

    def hold(self, line: Line, prefix: bytes, tail: bytes) -> None:
        """Keep a message for the line until `flush`."""
        if not line.pending:
            self._dirty.append(line)
        line.hold(prefix, tail)
        self._counters.deliveries += 1

    async def give(self, group: Group, answer: Answer, skip: Behind) -> None:
        """Give everyone in step the answer; `skip` is called with those whose reader lags, who get nothing."""
        heads = Heads(len(answer.tail))
        entries, choirs = self._entries(group, answer.tail), list(group.corked.values())
        version = group.version
        for part in _parts(entries, self._limits.writes_per_turn):
            if group.version == version:
                behind = self._write(part, answer.tail, heads)
            else:
                behind = self._hold_all(group, (entry[-1] for entry in part), answer.tail)
            await self._turn(behind, skip)
        for some in _parts(choirs, self._limits.writes_per_turn):
            if group.version == version:
                behind = self._collect(some, answer.tail, heads)
            else:
                behind = self._hold_all(group, (member for choir in some for member in choir.members), answer.tail)
            await self._turn(behind, skip)

    async def flush(self) -> None:
        """Send everything that waits, one write a connection."""
        lines, self._dirty = self._dirty, []
        for part in _parts(lines, self._limits.writes_per_turn):
            self._counters.writes += sum([line.flush() for line in part])
            await asyncio.sleep(0)

    def _entries(self, group: Group, tail: bytes) -> list[Entry]:
        """Who can be written to directly; for those to whom something waits to be sent already, this is added to it."""
        if not self._dirty:
            return list(group.fast.values())
        direct = group.fast.copy()
        for line in self._dirty:
            for member in line.members:
                if direct.pop(member, None):
                    line.hold(member.prefix, tail)
                    self._counters.deliveries += 1
        return list(direct.values())

    def _write(self, entries: list[Entry], tail: bytes, heads: "Heads") -> list[Member]:
        """Write to connections that get nothing else in this tick; return those whose reader lags."""
        behind: list[Member] = []
        last, frame, known, size = b"", b"", -1, 0
        for prefix, length, send_now, member in entries:
            if prefix is not last:
                if length != known:
                    head = heads[length]
                    size, known = len(head) + length + len(tail), length
                frame = head + prefix + tail
                last = prefix
            try:
                sent = send_now(frame)
            except OSError:
                self._push(member, frame, behind)
            else:
                if sent != size:
                    member.line.outlet.push(frame[sent:])
        self._counters.writes += len(entries) - len(behind)
        self._counters.deliveries += len(entries) - len(behind)
        return behind

    def _push(self, member: Member, frame: bytes, behind: list[Member]) -> None:
        """Add to what waits for a slow reader, unless that is too much already; one that is gone is seen to elsewhere."""
        outlet = member.line.outlet
        if outlet.buffered() > self._limits.high_water_bytes:
            behind.append(member)
        else:
            outlet.push(frame)

    def _collect(self, choirs: list[Choir], tail: bytes, heads: "Heads") -> list[Member]:
        """Keep frames for connections that may get more in this tick; return those whose reader lags."""
        high, dirty, told = self._limits.high_water_bytes, self._dirty, 0
        behind: list[Member] = []
        for choir in choirs:
            pending, prefixes, length = choir.pending, choir.prefixes, choir.length
            if not pending:
                if choir.line.outlet.buffered() > high:
                    behind += choir.members
                    continue
                dirty.append(choir.line)
            told += len(prefixes)
            if length and choir.line.outlet.send_now is not None:
                head = heads[length]
                pending.append(head + (tail + head).join(prefixes) + tail)
            else:
                for prefix in prefixes:
                    choir.line.hold(prefix, tail)
        self._counters.deliveries += told
        return behind

    def _hold_all(self, group: Group, members: Iterable[Member], tail: bytes) -> list[Member]:
        """The same for members found some turns ago, of whom some may have gone or got ahead since."""
        behind = []
        for member in members:
            if not group.is_in_step(member):
                continue
            if not member.line.pending and member.line.outlet.buffered() > self._limits.high_water_bytes:
                behind.append(member)
            else:
                self.hold(member.line, member.prefix, tail)
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
