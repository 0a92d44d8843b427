"""When a jam's themes are grouped anew. Pure: the time is given, in seconds of any clock that only goes forward."""

from dataclasses import dataclass

GROWTH = 0.1
_IMPORT_GROWTH = 0.5
_LARGE_JAM = 5_000
_FIRST_RETRY_S, _LAST_RETRY_S = 2.0, 600.0
_RESHAPED_S = 20.0
_ELSEWHERE_S = 45.0


@dataclass(slots=True)
class Rhythm:
    """Counts what changed since the last run. `first_at` ideas are needed; then `after` new ones, or a tenth of all if that is
    more; or anything at all after `minutes`, which in a jam of more than 5,000 ideas become longer in proportion; or 20 s after
    people merged, split or retired the last of some themes, so that words and map follow. `is_elsewhere`: another server of the
    jam made the last run, and is given 45 s more to make the next; it is lost if that server is."""

    first_at: int
    after: int
    minutes: float
    ran_at: float
    new: int = 0
    changed: int = 0
    asked: bool = False
    failures: int = 0
    retry_at: float = 0.0
    reshaped_at: float | None = None
    is_elsewhere: bool = False
    due_since: float | None = None

    def is_due(self, now: float, listed: int, was_grouped: bool, in_import: bool, is_complete: bool = True) -> bool:
        """Whether to group now. While an import is under way only when the ideas have doubled since the last run; who asks
        gets all ideas grouped, once every one of them is known (`is_complete`)."""
        if not self._wants(now, listed, was_grouped, in_import, is_complete):
            self.due_since = None
            return False
        self.due_since = now if self.due_since is None else self.due_since
        return self.asked or not self.is_elsewhere or now - self.due_since >= _ELSEWHERE_S

    def _wants(self, now: float, listed: int, was_grouped: bool, in_import: bool, is_complete: bool) -> bool:
        if listed < 1 or now < self.retry_at:
            return False
        if self.asked and (is_complete or not was_grouped):
            return is_complete
        if listed < self.first_at or not (self.changed or self.new):
            return False
        growth = _IMPORT_GROWTH if in_import else GROWTH
        if not was_grouped or self.new >= max(self.after, growth * listed):
            return True
        if self.reshaped_at is not None and now - self.reshaped_at >= _RESHAPED_S and is_complete:
            return True
        return now - self.ran_at >= 60 * self.minutes * max(1.0, listed / _LARGE_JAM)

    def started(self, now: float) -> None:
        """A run took everything so far into account."""
        self.ran_at, self.new, self.changed, self.asked = now, 0, 0, False
        self.reshaped_at = self.due_since = None

    def reshaped(self, now: float) -> None:
        """People merged, split or retired themes."""
        self.reshaped_at = now

    def succeeded(self) -> None:
        self.failures, self.retry_at = 0, 0.0

    def failed(self, now: float) -> None:
        """It is tried again, in 2 s and then ever later, up to ten minutes."""
        self.retry_at = now + min(_FIRST_RETRY_S * 2**self.failures, _LAST_RETRY_S)
        self.failures += 1
        self.asked = True
