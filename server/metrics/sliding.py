"""What was counted of late, out of counters that only grow."""

from collections import deque

from server.metrics.histogram import Histogram


class SlidingHistogram:
    """The part of a growing histogram that was counted in the last `span_s` seconds, as far as it was looked at."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._past: deque[tuple[float, Histogram]] = deque()

    def look(self, now: float, whole: Histogram) -> Histogram:
        """What was counted since the oldest look that is not too old; `now` in seconds of a clock that never steps back."""
        seen = Histogram()
        seen.add(whole)
        while len(self._past) > 1 and now - self._past[1][0] >= self._span_s:
            self._past.popleft()
        recent = Histogram()
        recent.add(whole)
        if self._past:
            _take_away(recent, self._past[0][1])
        self._past.append((now, seen))
        return recent


def _take_away(histogram: Histogram, before: Histogram) -> None:
    """What has begun anew since (it counts less than before) is left as it is."""
    if before.total > histogram.total:
        return
    for bucket, count in enumerate(before.counts):
        if count:
            histogram.counts[bucket] -= min(count, histogram.counts[bucket])
    histogram.total -= before.total
    histogram.sum -= before.sum


class SlidingRate:
    """By how much a counter grows a second, over the last `span_s` seconds."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._past: deque[tuple[float, float]] = deque()

    def look(self, now: float, total: float) -> float:
        """0 at the first look, and where the counter has begun anew."""
        while len(self._past) > 1 and now - self._past[1][0] >= self._span_s:
            self._past.popleft()
        began, before = self._past[0] if self._past else (now, total)
        self._past.append((now, total))
        return max(0.0, (total - before) / (now - began)) if now > began else 0.0
