"""Which changes of themes were held back, and so have to be told again to whoever was told the rest meanwhile."""

from collections import deque

SPANS = 64
"""Spans that are remembered: five minutes of the slowest pace, longer than anybody resumes without fetching afresh."""


class Held:
    """While changes are held back, who has seen the number `since` or a later one is not told them. Afterwards who stands at a
    number of a span that is over is told them from its beginning on: so nobody misses one, whenever they were cut off. To be
    told twice changes nothing, for what is told is absolute.
    """

    __slots__ = ("_spans", "since")

    def __init__(self) -> None:
        self.since: int | None = None
        self._spans: deque[tuple[int, int]] = deque(maxlen=SPANS)

    def begin(self, seq: int) -> None:
        """From the number `seq` on they are held back, unless they are already."""
        if self.since is None:
            self.since = seq

    def release(self, seq: int) -> int | None:
        """They are told again, at the number `seq`. Returns from where on they were held back; None where they were not."""
        since, self.since = self.since, None
        if since is not None:
            self._spans.append((since, seq))
        return since

    def holds(self, after: int) -> bool:
        """Whether who has seen `after` is told nothing of themes now."""
        return self.since is not None and after >= self.since

    def start(self, after: int) -> int:
        """From which number on who has seen `after` is to be told of themes."""
        return next((first for first, last in self._spans if first <= after <= last), after)
