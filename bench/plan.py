"""How much is measured, and the order: each repetition goes through all servers of a measure, so that they share its noise."""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bench.processes import BenchFailed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """`sizes` are the fan-out's numbers of subscribers; the others are named after what they are for."""

    repetitions: int = 3
    seconds: float = 4.0
    sizes: tuple[int, ...] = (1_000, 5_000, 10_000)
    ticking: int = 10_000
    watching: int = 5_000
    idle: int = 5_000
    grown: int = 46_000
    long_seconds: float = 12.0

    @property
    def small(self) -> int:
        """Subscribers in comparisons that do not depend on how many they are."""
        return self.sizes[0]


QUICK = Plan(repetitions=1, seconds=1.0, sizes=(200,), ticking=500, watching=300, idle=300, grown=2_000, long_seconds=3.0)
FAN_OUT_PER_S = 50_000
"""Deliveries a second that every server is asked for, well below what the swarm can read: with more, the floor's frames pile
up in the kernel, which then sends many at once, and a `send` costs a quarter of what it costs a server that is being read.
"""


def interval_ms(clients: int) -> int:
    """Milliseconds between two ticks that make `FAN_OUT_PER_S` deliveries a second."""
    return max(20, round(clients * 1000 / FAN_OUT_PER_S))


def rounds(plan: Plan, cases: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """All repetitions of all cases. A case that fails is tried once more; then `BenchFailed` goes on."""
    found: dict[str, list[T]] = {name: [] for name in cases}
    for repetition in range(plan.repetitions):
        for name, case in cases.items():
            say(f"  {repetition + 1}/{plan.repetitions} {name}")
            found[name].append(_tried(case))
    return found


def _tried(case: Callable[[], T]) -> T:
    try:
        return case()
    except BenchFailed as failed:
        say(f"    once more, because: {failed}")
        return case()


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def only_say_what_is_wrong() -> None:
    """The server's code logs in this process too, where it prepares stores."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
