"""Which traced commits a tick tells: this worker's own, and those of others, of which it may hear before the tick or after."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from opentelemetry.trace import SpanContext

MOST_TOLD = 64
"""Commits of a jam that wait for their tick; where more are traced between two ticks, the first are not linked."""

STALE_S = 10.0
"""A commit that no tick told for so long was for nobody who listens here."""

REMEMBERED = 16
"""Ticks of a jam that are remembered for commits of which this worker hears late: some seconds of them."""


@dataclass(slots=True)
class Told:
    """A tick: it tells what came after the number `after` up to `upto`. `begun` and `ended` in nanoseconds since 1970."""

    after: int
    upto: int
    begun: int
    ended: int = 0
    late: list[SpanContext] = field(default_factory=list)

    def tells(self, seq: int) -> bool:
        """Whether what was committed at this number is told by it."""
        return self.after < seq <= self.upto


@dataclass(slots=True)
class _Jam:
    waiting: deque[tuple[float, int, SpanContext]] = field(default_factory=lambda: deque(maxlen=MOST_TOLD))
    last: deque[Told] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


class Ticks:
    """The commits that wait for their tick, and the last ticks, of each jam."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._jams: dict[str, _Jam] = {}
        self._seconds = seconds

    def committed(self, jam_id: str, seq: int, commit: SpanContext) -> Told | None:
        """A commit that ended at `seq`. Returns the tick that has told it, where it is over; None where one will."""
        jam = self._jams.setdefault(jam_id, _Jam())
        for told in jam.last:
            if told.tells(seq):
                if told.ended:
                    return told
                told.late.append(commit)
                return None
        jam.waiting.append((self._seconds(), seq, commit))
        return None

    def begin(self, jam_id: str, upto: int, now: int) -> tuple[Told, list[SpanContext]]:
        """A tick that begins `now` (ns), and the commits that it tells."""
        jam = self._jams.setdefault(jam_id, _Jam())
        told = Told(jam.last[-1].upto if jam.last else 0, upto, now)
        jam.last.append(told)
        oldest = self._seconds() - STALE_S
        waiting = [one for one in jam.waiting if one[0] >= oldest]
        jam.waiting = deque((one for one in waiting if one[1] > upto), maxlen=MOST_TOLD)
        return told, [commit for _, seq, commit in waiting if seq <= upto]
