"""How long is fuzzed: a little in `make test`, for `FUZZ_MINUTES` over all targets in `make fuzz`."""

import os
import time
import warnings
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

Case = TypeVar("Case")
TARGETS = 6
FEW = 40
BATCH = 200
UNHURRIED = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
COUNTS: dict[str, int] = {}
LONGEST_S = 1.0
"""Of CPU, which no other process takes away."""

STANDING_S = 30.0
"""What hangs hangs for longer; a busy machine lets nobody wait so long."""


class Stopwatch:
    """From when it is made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.monotonic(), time.process_time()

    def check(self) -> None:
        """Raises `AssertionError` where it took too long."""
        cpu, waited = time.process_time() - self._cpu, time.monotonic() - self._began
        assert cpu < LONGEST_S, f"it took {cpu:.1f} s of CPU"
        assert waited < STANDING_S, f"it took {waited:.1f} s"


def fuzz(cases: st.SearchStrategy[Case], check: Callable[[Case], None]) -> int:
    """Checks generated cases, each batch from another seed, until the time is over; returns how many. Fails as `check` fails."""
    done = 0

    def counted(case: Case) -> None:
        nonlocal done
        done += 1
        check(case)

    seconds = 60.0 * float(os.environ.get("FUZZ_MINUTES", "0")) / TARGETS
    deadline, number = time.monotonic() + seconds, 0
    with warnings.catch_warnings():
        # What fails is printed, however long it is: a warning would stand in its place.
        warnings.simplefilter("ignore", HypothesisWarning)
        while number == 0 or time.monotonic() < deadline:
            settings(UNHURRIED, max_examples=BATCH if seconds else FEW)(seed(number)(given(cases)(counted)))()
            number += 1
    return done


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for target, count in COUNTS.items():
        terminalreporter.write_line(f"fuzzed: {target}: {count:,} cases")
