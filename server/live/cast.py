"""Writes one tick to everybody it concerns: one write a connection, and a turn for others every few hundred writes."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from server.live.answers import Answer
from server.live.groups import Group, Member
from server.live.limits import LiveLimits
from server.live.line import Line
from server.live.metrics import LiveCounters
from server.live.ranks import FAILED, Choir, Columns, Frames, Rank, Send, sent_to

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
        ranks, corked, version = list(group.ranks.values()), list(group.corked.values()), group.version
        direct = [(rank, self._free(group, rank, answer.tail)) for rank in ranks]
        try:
            for rank, columns in direct:
                await self._give_rank(group, rank, columns, answer.tail, version, skip)
        finally:
            for rank in ranks:
                rank.take_back()
        for some in _parts(corked, self._limits.writes_per_turn):
            if group.version == version:
                behind = self._collect(some, answer.tail)
            else:
                behind = self._hold_all(group, some, answer.tail)
            await self._turn(behind, skip)

    async def flush(self) -> None:
        """Send everything that waits, one write a connection."""
        lines, self._dirty = self._dirty, []
        for part in _parts(lines, self._limits.writes_per_turn):
            self._counters.writes += sum([line.flush() for line in part])
            await asyncio.sleep(0)

    # ---- connections that get one write, at once

    def _free(self, group: Group, rank: Rank, tail: bytes) -> Columns:
        """Who can be written to directly; for those to whom something waits to be sent already, this is added to it."""
        columns = rank.lend()
        choirs = (group.choirs.get(line) for line in self._dirty)
        waiting = [choir for choir in choirs if choir is not None and choir.rank is rank]
        if not waiting:
            return columns
        for choir in waiting:
            for member in choir.members:
                self.hold(choir.line, member.prefix, tail)
        return columns.without(choir.place for choir in waiting)

    async def _give_rank(self, group: Group, rank: Rank, columns: Columns, tail: bytes, version: int, skip: Behind) -> None:
        frames, size = Frames(tail, rank.length, rank.count), self._limits.writes_per_turn
        for start in range(0, len(columns.ends), size):
            part = columns.part(start, start + size)
            if group.version == version:
                behind = self._write(rank.send, part, frames)
            else:
                behind = self._hold_all(group, part.choirs, tail)
            await self._turn(behind, skip)

    def _write(self, send: Send, columns: Columns, frames: Frames) -> list[Member]:
        """Write to connections that get nothing else in this tick; return those whose reader lags."""
        sent = sent_to(send, columns.ends, frames.each(columns.prefixes))
        behind: list[Choir] = []
        if sum(sent) != len(sent) * frames.size:
            for place, size in enumerate(sent):
                if size != frames.size and not self._rest(columns.choirs[place], frames.one(columns.prefixes[place]), size):
                    behind.append(columns.choirs[place])
        written = len(sent) - len(behind)
        self._counters.writes += written
        self._counters.deliveries += written * frames.count
        return [member for choir in behind for member in choir.members]

    def _rest(self, choir: Choir, frame: bytes, size: int) -> bool:
        """Have what was not taken of a frame sent after what waits for a slow reader, unless that is too much already; one
        that is gone is seen to elsewhere.
        """
        outlet = choir.line.outlet
        if size == FAILED and outlet.buffered() > self._limits.high_water_bytes:
            return False
        outlet.push(frame[max(0, size) :])
        return True

    # ---- connections that may get more

    def _collect(self, choirs: list[Choir], tail: bytes) -> list[Member]:
        """Keep frames for connections that may get more in this tick; return those whose reader lags."""
        high, frames = self._limits.high_water_bytes, dict[tuple[int, int], Frames]()
        behind: list[Member] = []
        for choir in choirs:
            line, shape = choir.line, (choir.length, len(choir.members))
            if not line.pending:
                if line.outlet.buffered() > high:
                    behind += choir.members
                    continue
                self._dirty.append(line)
            self._counters.deliveries += len(choir.members)
            if choir.length and line.outlet.send_now is not None:
                same = frames.get(shape) or frames.setdefault(shape, Frames(tail, *shape))
                line.pending.append(same.one(choir.prefixes if len(choir.prefixes) > 1 else choir.prefixes[0]))
            else:
                for prefix in choir.prefixes:
                    line.hold(prefix, tail)
        return behind

    def _hold_all(self, group: Group, choirs: Iterable[Choir], tail: bytes) -> list[Member]:
        """The same for choirs found some turns ago, of whose members some may have gone or got ahead since."""
        behind = []
        for member in [member for choir in choirs for member in choir.members]:
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


def _parts(items: list[T], size: int) -> Iterator[list[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
