"""The table of faults: what was done how often, and what came of it.

FAULTS=all does each fault as often as is promised, FAULTS=5 at most five times, nothing a few times and with fewer clients.
Everything random comes from FAULTS_SEED. FAULTS_MINUTES ends each when so much time has passed, done less often. With FAULTS_RECORD
what is done is noted in that file, and what was done with the same seed is not done again.
"""

import json
import os
import random
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

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
    note: str = ""


LINES: list[Line] = []
ASKED = os.environ.get("FAULTS", "")
SEED = int(os.environ.get("FAULTS_SEED", "0"))
MINUTES = float(os.environ.get("FAULTS_MINUTES", "1000"))
RECORD = os.environ.get("FAULTS_RECORD", "")
PASSED = pytest.StashKey[bool]()


def is_whole() -> bool:
    """Whether it is asked for in its whole size, not only for a look whether it works."""
    return bool(ASKED)


def is_promised() -> bool:
    """Whether it is done as often as is promised, on a machine that has nothing else to do: then times count too."""
    return ASKED == "all"


def rounds(whole: int, few: int = 1) -> int:
    """How often a fault is done: `make faults` asks for all of it, `make test` for a few."""
    if is_promised():
        return whole
    return min(whole, int(ASKED)) if ASKED.isdigit() else few


def chance_of(number: int) -> random.Random:
    """What one fault takes its chances from."""
    return random.Random(f"{SEED}/{number}")


@pytest.fixture
def lines(request: pytest.FixtureRequest) -> Iterator[list[Line]]:
    """The test's lines of the table."""
    if (done := _done_before(request.node.nodeid)) is not None:
        LINES.extend(done)
        pytest.skip("was done before with this seed")
    mine: list[Line] = []
    yield mine
    LINES.extend(mine)
    if RECORD and request.node.stash.get(PASSED, False):
        noted = {"test": request.node.nodeid, "asked": ASKED, "seed": SEED, "lines": [asdict(one) for one in mine]}
        with Path(RECORD).open("a", encoding="utf-8") as file:
            file.write(json.dumps(noted) + "\n")


def _done_before(test: str) -> list[Line] | None:
    if not RECORD or not Path(RECORD).exists():
        return None
    for text in Path(RECORD).read_text("utf-8").splitlines():
        noted = json.loads(text)
        if (noted["test"], noted["asked"], noted["seed"]) == (test, ASKED, SEED):
            return [Line(**one) for one in noted["lines"]]
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not LINES:
        return
    terminalreporter.section(f"faults survived (seed {SEED})")
    terminalreporter.write_line("| fault | times | acknowledged | lost | doubled | otherwise wrong | longest silence | |")
    terminalreporter.write_line("|---|---|---|---|---|---|---|---|")
    for one in LINES:
        terminalreporter.write_line(
            f"| {one.fault} | {one.times:,} | {one.acknowledged:,} | {one.lost} | {one.doubled} | {one.other} "
            f"| {one.silence:.1f} s | {one.note} |"
        )
