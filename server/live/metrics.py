"""Counters of the live transport: plain numbers, read by whoever publishes them."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LiveCounters:
    """Totals since the start, except `connections` and `subscriptions`, which are how many there are now.

    `bytes_out` are those of the answers, each as often as it was given; ids and frame headers are left out.
    """

    connections: int = 0
    subscriptions: int = 0
    opened: int = 0
    closed: dict[int, int] = field(default_factory=dict)
    messages_in: int = 0
    ticks: int = 0
    tick_seconds: float = 0.0
    last_tick_seconds: float = 0.0
    executions: int = 0
    failed_executions: int = 0
    deliveries: int = 0
    bytes_out: int = 0
    writes: int = 0
    skipped: int = 0
    stalled: int = 0
    caught_up: int = 0
    told_to_refetch: int = 0

    def closed_with(self, code: int) -> None:
        """One more connection was closed by us, with this code."""
        self.closed[int(code)] = self.closed.get(int(code), 0) + 1
