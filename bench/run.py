"""`make bench`: measures the live transport, the API and the votes against their peers; prints a table and writes the report.

python -m bench.run                          everything, about 25 minutes
python -m bench.run --quick                  everything, tiny and once: shows that it works, and nothing else
python -m bench.run --only board votes       some measures
python -m bench.run --repetitions 5
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

from bench import report
from bench.figures import TARGETS, Findings
from bench.measures import board, connections, fanout, growth, herd, votes, watching
from bench.plan import QUICK, Plan, only_say_what_is_wrong, say
from bench.processes import BenchFailed, allow_files
from bench.tools import OUT

MEASURES: dict[str, Callable[[Plan], Findings]] = {
    "fanout": fanout.measure,
    "tick10k": watching.measure_ticks,
    "watch5k": watching.measure_votes,
    "connections": connections.measure,
    "herd": herd.measure,
    "board": board.measure,
    "votes": votes.measure,
    "growth": growth.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repetitions", type=int)
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), default=list(MEASURES))
    asked = parser.parse_args()
    plan = QUICK if asked.quick else Plan()
    if asked.repetitions:
        plan = replace(plan, repetitions=asked.repetitions)
    return _measured(plan, asked.only, not asked.quick)


def _measured(plan: Plan, names: list[str], kept: bool) -> int:
    """Measures, reports, and says by the exit status whether everything could be measured."""
    allow_files()
    only_say_what_is_wrong()
    OUT.mkdir(exist_ok=True)
    about = report.circumstances(repetitions=plan.repetitions, seconds=plan.seconds)
    findings = Findings()
    for name in names:
        say(f"» {name}")
        try:
            findings.add(MEASURES[name](plan))
        except BenchFailed as failed:
            findings.failures.append(f"{name}: {failed}")
    for line in report.table(findings, TARGETS):
        print(line)
    if kept:
        report.keep("bench", findings, about)
    return 1 if findings.failures else 0


if __name__ == "__main__":
    sys.exit(main())
