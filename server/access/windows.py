"""Counts in a sliding window: two numbers for each key that was active lately, whatever the rate.

The count of the window before this one is weighed by how much of it the sliding window still covers: the approximation of
the "sliding window counter" (Cloudflare, 2017, "How we built rate limiting capable of scaling to millions of domains").
"""

from collections.abc import Callable
from time import monotonic


class SlidingWindow:
    """At most `most` hits of a key within `seconds`, as if those of the window before had come evenly."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._number = 0.0
        self._before: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def hit(self, key: str) -> bool:
        """Counts a hit, unless it would be one too many."""
        if not self.has_room(key):
            return False
        self._counts[key] = self._counts.get(key, 0) + 1
        return True

    def has_room(self, key: str) -> bool:
        """Whether another hit would be counted."""
        number, into = divmod(self._clock(), self._seconds)
        if number != self._number:
            # Whoever was not active in this window or the one before is forgotten with it.
            self._before = self._counts if number == self._number + 1 else {}
            self._counts, self._number = {}, number
        return self._before.get(key, 0) * (1 - into / self._seconds) + self._counts.get(key, 0) + 1 <= self._most

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._before) + len(self._counts)
