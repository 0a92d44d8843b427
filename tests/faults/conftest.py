"""The table of faults: what was done how often, and what came of it."""

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Line:
    """A line of the table. `silence` in seconds: the longest time in which nobody at all was answered."""

    fault: str
    times: int
    acknowledged: int
    lost: int
    doubled: int
    other: int
    silence: float


LINES: list[Line] = []


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    return LINES


def rounds(whole: int, few: int = 2) -> int:
    """How often a fault is done: `make faults` asks for all of it, `make test` for a few."""
    return whole if os.environ.get("FAULTS") == "all" else few


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not LINES:
        return
    terminalreporter.section("faults survived")
    terminalreporter.write_line("| fault | times | acknowledged | lost | doubled | otherwise wrong | longest silence |")
    terminalreporter.write_line("|---|---|---|---|---|---|---|")
    for one in LINES:
        terminalreporter.write_line(
            f"| {one.fault} | {one.times} | {one.acknowledged:,} | {one.lost} | {one.doubled} | {one.other} | {one.silence:.1f} s |"
        )
