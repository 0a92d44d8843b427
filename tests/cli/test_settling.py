"""What is loaded is out of the collector's way; what comes later is not."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

from server.cli.settling import SWITCH_S, settle

ROOT = Path(__file__).parents[2]
TRIAL = """
import gc
from server.cli.settling import settle
settle()
seen = [0, 0, 0]
gc.callbacks.append(lambda phase, info: seen.__setitem__(info["generation"], seen[info["generation"]] + (phase == "start")))
kept = [[] for _ in range(1_000_000)]
print(seen[0], seen[2])
"""


class Thing:
    me: "Thing"


def test_the_collector_never_looks_at_everything_by_itself() -> None:
    """Thresholds are the process's: a child's, so that no other test runs with them."""
    told = subprocess.run(
        [sys.executable, "-c", TRIAL], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT
    )
    younger, all_of_them = map(int, told.stdout.split())
    assert younger > 5
    assert all_of_them == 0


def test_only_what_was_loaded_is_never_looked_through_again() -> None:
    switch, frozen = sys.getswitchinterval(), gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > frozen
        assert sys.getswitchinterval() == SWITCH_S
        later = Thing()
        later.me = later
        gone = weakref.ref(later)
        del later
        gc.collect()
        assert gone() is None
    finally:
        gc.unfreeze()
        sys.setswitchinterval(switch)
