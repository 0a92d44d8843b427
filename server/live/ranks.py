"""Connections that a tick is written to in one go: columns, because a loop in C goes through columns."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import call
from typing import TYPE_CHECKING, Any

from server.live.frames import header
from server.live.line import Line

if TYPE_CHECKING:
    from server.live.groups import Member

Send = Callable[[Any, bytes], int]
"""Sends a frame to an end (see `unbound`) as `Outlet.send_now` does."""

FAILED = -1
"""In place of the number of bytes sent, where `Send` raised `OSError`."""


class Choir:
    """The members of a group on one connection that are in step; another one is made when they change.

    `length` is that of all prefixes, or 0 where they differ. In a rank it stands at `place`.
    """

    __slots__ = ("length", "line", "members", "place", "prefixes", "rank")

    def __init__(self, line: Line, members: "tuple[Member, ...]") -> None:
        self.line = line
        self.members = members
        self.prefixes = tuple([member.prefix for member in members])
        lengths = {len(one) for one in self.prefixes}
        self.length = lengths.pop() if len(lengths) == 1 else 0
        self.rank: Rank | None = None
        self.place = 0


def unbound(send_now: Callable[[bytes], int]) -> tuple[Send, Any]:
    """A bound method as its function and what it is bound to: so all connections have the same function, and one object less
    has to be fetched from memory for each of them.
    """
    owner = getattr(send_now, "__self__", None)
    function = getattr(type(owner), getattr(send_now, "__name__", ""), None)
    return (call, send_now) if function is None else (function, owner)


def rank_key(choir: Choir) -> Hashable | None:
    """Equal for choirs of one rank; None for those whose connection may be told more in a tick, or has no wire."""
    line = choir.line
    if line.outlet.send_now is None or not choir.length or len(choir.members) != len(line.members):
        return None
    return (unbound(line.outlet.send_now)[0], choir.length, len(choir.members))


@dataclass(slots=True)
class Columns:
    """The i-th connection takes frames at `ends[i]`; `prefixes[i]` begins its message, or is a tuple of what begins each."""

    ends: list[Any]
    prefixes: list[Any]
    choirs: list[Choir]

    def part(self, start: int, end: int) -> "Columns":
        """Those from `start` to before `end`."""
        return Columns(self.ends[start:end], self.prefixes[start:end], self.choirs[start:end])

    def without(self, places: Iterable[int]) -> "Columns":
        """All but those at the given places."""
        kept = bytearray(b"\1") * len(self.ends)
        for place in places:
            kept[place] = 0
        return Columns(*(list(compress(column, kept)) for column in (self.ends, self.prefixes, self.choirs)))


class Rank:
    """Connections alike in how they send, how many messages they get and how long their prefixes are. Every call is O(1).

    While `columns` are lent, they stay as they are, and changes are made to copies.
    """

    __slots__ = ("_is_lent", "columns", "count", "length", "send")

    def __init__(self, first: Choir) -> None:
        """An empty one, for choirs like this."""
        assert first.line.outlet.send_now is not None
        self.send: Send = unbound(first.line.outlet.send_now)[0]
        self.length = first.length
        self.count = len(first.members)
        self.columns = Columns([], [], [])
        self._is_lent = False

    def add(self, choir: Choir) -> None:
        """Take in a choir that is like the first."""
        assert choir.line.outlet.send_now is not None
        columns = self._own()
        choir.rank, choir.place = self, len(columns.choirs)
        columns.ends.append(unbound(choir.line.outlet.send_now)[1])
        columns.prefixes.append(choir.prefixes[0] if self.count == 1 else choir.prefixes)
        columns.choirs.append(choir)

    def remove(self, choir: Choir) -> None:
        """Take a choir out; the last one takes its place."""
        columns, place = self._own(), choir.place
        for column in (columns.ends, columns.prefixes, columns.choirs):
            last = column.pop()
            if place < len(column):
                column[place] = last
        if place < len(columns.choirs):
            columns.choirs[place].place = place
        choir.rank = None

    def lend(self) -> Columns:
        """What stands in it now, not to be changed until it is given back."""
        self._is_lent = True
        return self.columns

    def take_back(self) -> None:
        """Nobody reads what was lent any more."""
        self._is_lent = False

    def _own(self) -> Columns:
        if self._is_lent:
            self.columns = self.columns.part(0, len(self.columns.choirs))
            self._is_lent = False
        return self.columns


class Frames:
    """What tells one tail to choirs with `count` prefixes of one length, in one write; `size` is such a write's, in bytes."""

    __slots__ = ("_around", "_glue", "count", "size")

    def __init__(self, tail: bytes, length: int, count: int) -> None:
        head = header(length + len(tail))
        self._around = (head, tail)
        self._glue = tail + head
        self.count = count
        self.size = count * (len(head) + length + len(tail))

    def each(self, prefixes: Sequence[Any]) -> Iterator[bytes]:
        """One for each, in order. Where all have the same id, as those of our own page have, it is made once."""
        if self.count > 1:
            return map(bytes.join, map(self._glue.join, prefixes), repeat(self._around))
        if prefixes[0] is prefixes[-1] and prefixes.count(prefixes[0]) == len(prefixes):
            return repeat(self.one(prefixes[0]), len(prefixes))
        return map(bytes.join, prefixes, repeat(self._around))

    def one(self, prefix: Any) -> bytes:
        """The frame for one of them."""
        messages: bytes = self._glue.join(prefix) if self.count > 1 else prefix
        return messages.join(self._around)


def sent_to(send: Send, ends: Sequence[Any], frames: Iterable[bytes]) -> list[int]:
    """How many bytes of its frame each end took; FAILED where it took none and waits, or is gone."""
    taken: list[int] = []
    calls = map(send, ends, frames)
    while True:
        try:
            # An error leaves what was taken before it in the list, and the iterators behind the one that failed.
            taken += calls
        except OSError:
            taken.append(FAILED)
        else:
            return taken
