"""What one connection, person and address may take of the live transport."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """Settings of the live transport: seconds, bytes and counts."""

    tick_seconds: float = 0.2
    here_seconds: float = 1.0
    init_seconds: float = 5.0
    stall_seconds: float = 15.0
    close_seconds: float = 5.0
    ahead_seconds: float = 2.0
    solo_seconds: float = 0.02
    high_water_bytes: int = 64 * 1024
    message_bytes: int = 64 * 1024
    writes_per_turn: int = 256
    exact_resumes: int = 4
    messages_per_second: float = 20.0
    message_burst: float = 60.0
    operations_per_connection: int = 16
    connections_per_person: int = 12
    subscriptions_per_person: int = 32
    session_seconds: float = 0.75
    connections_per_address: int = 5000


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second."""

    __slots__ = ("_at", "_left")

    def __init__(self, burst: float, now: float) -> None:
        self._left = burst
        self._at = now

    def take(self, now: float, rate: float, burst: float) -> bool:
        """Take one; False when there is none left at `now` (seconds)."""
        self._left = min(burst, self._left + (now - self._at) * rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Quota:
    """Counts what each key holds, up to a most."""

    __slots__ = ("_held", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def enter(self, key: str) -> bool:
        """Hold one more under `key`; False, and nothing held, when it has all it may have."""
        if self._held[key] >= self._most:
            return False
        self._held[key] += 1
        return True

    def leave(self, key: str) -> None:
        """Give one back."""
        self._held[key] -= 1
        if self._held[key] <= 0:
            del self._held[key]
