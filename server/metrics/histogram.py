"""Histograms of durations: a fixed number of logarithmic buckets, so that recording takes the same however many there were.

As in HdrHistogram each doubling is divided into `PARTS` equal parts, so a quantile is off by at most 1 / (2 PARTS) = 6 %
of itself. Values are milliseconds.
"""

from array import array
from collections import deque
from collections.abc import Iterable
from math import frexp

PARTS = 8
LEAST_EXPONENT = -4
MOST_EXPONENT = 17
BUCKETS = (MOST_EXPONENT - LEAST_EXPONENT) * PARTS + 2
"""From 2⁻⁵ ms (31 µs) to 2¹⁶ ms (a minute), one bucket for what is below and one for what is above."""

_EDGES = tuple(2.0 ** (LEAST_EXPONENT - 1 + step // PARTS) * (1 + step % PARTS / PARTS) for step in range(BUCKETS - 1))


def bucket_of(milliseconds: float) -> int:
    """The bucket that [edge, next edge) a value falls into."""
    if milliseconds < _EDGES[0]:
        return 0
    fraction, exponent = frexp(milliseconds)
    if exponent >= MOST_EXPONENT:
        return BUCKETS - 1
    return 1 + (exponent - LEAST_EXPONENT) * PARTS + int((fraction - 0.5) * 2 * PARTS)


def middle_of(bucket: int) -> float:
    """The value that stands for a bucket, in milliseconds."""
    if bucket == 0:
        return _EDGES[0] / 2
    if bucket == BUCKETS - 1:
        return _EDGES[-1]
    return (_EDGES[bucket - 1] + _EDGES[bucket]) / 2


Packed = tuple[float, dict[int, int]]


class Histogram:
    """Counts of values by bucket, their number and their sum."""

    __slots__ = ("counts", "sum", "total")

    def __init__(self) -> None:
        self.counts = array("L", bytes(BUCKETS * array("L").itemsize))
        self.total = 0
        self.sum = 0.0

    def record(self, milliseconds: float) -> None:
        """Count one value; one that is negative, for a clock that stepped back, counts as none."""
        if milliseconds > 0:
            self.counts[bucket_of(milliseconds)] += 1
            self.sum += milliseconds
        else:
            self.counts[0] += 1
        self.total += 1

    def add(self, other: "Histogram") -> None:
        """Count everything that `other` counted."""
        for bucket, count in enumerate(other.counts):
            if count:
                self.counts[bucket] += count
        self.total += other.total
        self.sum += other.sum

    def packed(self) -> "Packed":
        """What was counted, in few bytes: the sum, and the buckets that hold anything with what they hold."""
        return self.sum, {bucket: count for bucket, count in enumerate(self.counts) if count}

    def add_packed(self, packed: "Packed") -> None:
        """Count everything that was counted elsewhere."""
        for bucket, count in packed[1].items():
            self.counts[bucket] += count
            self.total += count
        self.sum += packed[0]

    def quantile(self, share: float) -> float | None:
        """The value (ms) that `share` (0..1) of all are at or below, off by 6 % at most; None where there are none."""
        if not self.total:
            return None
        wanted, seen = share * self.total, 0
        for bucket, count in enumerate(self.counts):
            seen += count
            if count and seen >= wanted:
                return middle_of(bucket)
        return middle_of(BUCKETS - 1)

    def below(self, bounds: Iterable[float]) -> list[int]:
        """How many values are below each bound (ms); exact where the bound is a power of two from 2⁻⁵ to 2¹⁶."""
        found, seen, bucket = [], 0, 0
        for bound in bounds:
            end = bucket_of(bound)
            seen += sum(self.counts[bucket:end])
            bucket = end
            found.append(seen)
        return found


SLOT_S = 30.0
SLOTS = 10


class Recent:
    """A histogram of everything since the start, and one of the last five minutes (to within half a minute)."""

    __slots__ = ("_slots", "whole")

    def __init__(self) -> None:
        self.whole = Histogram()
        self._slots: deque[tuple[int, Histogram]] = deque(maxlen=SLOTS)

    def record(self, milliseconds: float, now: float) -> None:
        """Count one value at `now`, in seconds of a clock that never steps back."""
        slot = int(now // SLOT_S)
        if not self._slots or self._slots[-1][0] != slot:
            self._slots.append((slot, Histogram()))
        self._slots[-1][1].record(milliseconds)
        self.whole.record(milliseconds)

    def recent(self, now: float) -> Histogram:
        """What was counted in the last five minutes."""
        oldest = int(now // SLOT_S) - SLOTS
        found = Histogram()
        for slot, histogram in self._slots:
            if slot > oldest:
                found.add(histogram)
        return found
