"""What becomes of pushes, counted for /metrics."""

from dataclasses import dataclass


@dataclass(slots=True)
class PushCounters:
    """Since the start: taken by push services, not taken, devices removed, and pushes dropped because they went stale."""

    sent: int = 0
    failed: int = 0
    removed: int = 0
    stale: int = 0
    waiting: int = 0
