"""How long is fuzzed: a little in `make test`, for `FUZZ_MINUTES` over all targets in `make fuzz`."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

Case = TypeVar("Case")
TARGETS = 6
FEW = 40
BATCH = 200
UNHURRIED = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
COUNTS: dict[str, int] = {}


def fuzz(cases: st.SearchStrategy[Case], check: Callable[[Case], None]) -> int:
    """Checks generated cases, each batch from another seed, until the time is over; returns how many. Fails as `check` fails."""
    done = 0

    def counted(case: Case) -> None:
        nonlocal done
        done += 1
        check(case)

    seconds = 60.0 * float(os.environ.get("FUZZ_MINUTES", "0")) / TARGETS
    deadline, number = time.monotonic() + seconds, 0
    while number == 0 or time.monotonic() < deadline:
        settings(UNHURRIED, max_examples=BATCH if seconds else FEW)(seed(number)(given(cases)(counted)))()
        number += 1
    return done


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for target, count in COUNTS.items():
        terminalreporter.write_line(f"fuzzed: {target}: {count:,} cases")
