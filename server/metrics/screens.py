"""How long a vote takes to a screen, as screens that take part say themselves.

Two measures, because each lacks what the other has:

* own      from a tap to its effect on the same screen, through the live connection and not the tap's own answer. One
           clock on one device: exact, and it holds the way up as well. Only who acts measures it.
* drawn    from the durable record to any screen. The screen reads the server's clock by Cristian's algorithm (the best of
           its last eight exchanges), so it is wrong by at most half of that exchange's round trip: `error`.

Whoever lies can only add a few values of a bounded size: numbers are held to a range, reports to a pace, and nothing is
decided by them. No report says who sent it; how many screens report is counted by a digest that is forgotten in minutes.
"""

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

from server.metrics.histogram import SLOT_S, SLOTS, Recent

MOST_VALUES = 40
"""Values of each kind in one report."""

MOST_MS = 60_000
"""Longer is a device that slept, not a way to a screen."""

MOST_ERROR_MS = 10_000
EVERY_S = 20.0
"""Reports of one session are at least this far apart; the page sends one every 30 s."""

MOST_SCREENS = 200_000
"""Sessions counted in one half minute, at most."""


class ImpossibleReport(Exception):
    """A report with values that can't be; nothing of it was counted."""


class TooSoon(Exception):
    """A report that comes too soon after the last; nothing of it was counted. `seconds` says when the next may come."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The next report may come in {seconds:.0f} s.")
        self.seconds = seconds


class Screens:
    """What screens of one jam reported to this worker."""

    __slots__ = ("_seen", "drawn", "error", "own")

    def __init__(self) -> None:
        self.own = Recent()
        self.drawn = Recent()
        self.error = Recent()
        self._seen: deque[tuple[int, dict[bytes, float]]] = deque(maxlen=SLOTS)

    def report(self, session: str, own: Sequence[int], drawn: Sequence[int], error: int, now: float) -> None:
        """Count one report, in milliseconds; `now` is in seconds of a clock that never steps back.

        Raises `ImpossibleReport` and `TooSoon`.
        """
        _check(own, drawn, error)
        self._enter(blake2b(session.encode(), digest_size=8).digest(), now)
        for value in own:
            self.own.record(value, now)
        for value in drawn:
            self.drawn.record(value, now)
        if drawn:
            self.error.record(error, now)

    def count(self, now: float) -> int:
        """How many sessions reported in the last five minutes."""
        oldest = int(now // SLOT_S) - SLOTS
        return len({screen for slot, seen in self._seen if slot > oldest for screen in seen})

    def _enter(self, screen: bytes, now: float) -> None:
        for _, seen in list(self._seen)[-2:]:
            last = seen.get(screen)
            if last is not None and now - last < EVERY_S:
                raise TooSoon(EVERY_S - (now - last))
        slot = int(now // SLOT_S)
        if not self._seen or self._seen[-1][0] != slot:
            self._seen.append((slot, {}))
        seen = self._seen[-1][1]
        if len(seen) < MOST_SCREENS or screen in seen:
            seen[screen] = now


def _check(own: Sequence[int], drawn: Sequence[int], error: int) -> None:
    if len(own) > MOST_VALUES or len(drawn) > MOST_VALUES:
        raise ImpossibleReport(f"Send at most {MOST_VALUES} values of each kind.")
    if not all(0 <= value <= MOST_MS for value in (*own, *drawn)):
        raise ImpossibleReport(f"Values are milliseconds from 0 to {MOST_MS}.")
    if not 0 <= error <= MOST_ERROR_MS:
        raise ImpossibleReport(f"The error of the clock is from 0 to {MOST_ERROR_MS} ms.")
