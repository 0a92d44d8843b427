"""Lets so many writes in at once as are done within the time that a write may take, and says when to come back."""

from collections.abc import Callable
from time import monotonic

from server.overload.window import USUAL, adapted

KEPT = 2_048
"""Writes of one interval whose times are kept: a p90 needs no more."""

SOONEST_S, LATEST_S = 1.0, 30.0
SPREAD = 0.5
"""Waits differ by so much either way, so that those who were refused together do not come back together."""


def again_s(refused: int, done: int, interval_s: float, chance: float) -> float:
    """When somebody who is refused should come back: after as long as it takes to do what was refused lately at the rate at
    which things are done, between `SOONEST_S` and `LATEST_S`, times 0.5 to 1.5 by `chance` (0..1).
    """
    rate = max(done, 1) / interval_s
    return min(LATEST_S, max(SOONEST_S, 2 * refused / rate)) * (1 - SPREAD + 2 * SPREAD * chance)


class WriteGate:
    """`target_ms` is what nine of ten writes may take. Every call is O(1), but `adapt`."""

    def __init__(self, target_ms: float, chance: Callable[[], float], clock: Callable[[], float] = monotonic) -> None:
        self.most = USUAL
        self.in_hand = 0
        self.refused = 0
        self._target_ms = target_ms
        self._chance = chance
        self._clock = clock
        self._peak = 0
        self._took: list[float] = []
        self._done = self._turned_away = 0
        self._recent = (0, 0, 1.0)
        self._at = clock()

    @property
    def is_full(self) -> bool:
        """Whether everything that may be in hand is."""
        return self.in_hand >= self.most

    @property
    def share(self) -> float:
        """How much of what may be in hand was, at most, since `adapt`."""
        return max(self._peak, self.in_hand) / self.most

    def enter(self) -> None:
        """One more in hand."""
        self.in_hand += 1
        self._peak = max(self._peak, self.in_hand)

    def leave(self, seconds: float) -> None:
        """One is done, so long after it came."""
        self.in_hand -= 1
        self._done += 1
        if len(self._took) < KEPT:
            self._took.append(1_000 * seconds)

    def turn_away(self) -> float:
        """Counts one that is refused; returns when it should come back (s)."""
        self.refused += 1
        self._turned_away += 1
        refused, done, interval = self._recent
        return again_s(max(refused, self._turned_away), max(done, self._done), interval, self._chance())

    def adapt(self) -> None:
        """An interval is over: the bound follows what it showed."""
        took = sorted(self._took)
        self.most = adapted(self.most, took[int(0.9 * len(took))] if took else None, self._peak, self._target_ms)
        now = self._clock()
        self._recent = (self._turned_away, self._done, max(0.01, now - self._at))
        self._at, self._peak, self._took = now, self.in_hand, []
        self._done = self._turned_away = 0
