"""Where the server's time goes under one of the loads: needs py-spy (`pip install py-spy` into any environment on the PATH).

    python -m bench.profiling board|personal|vote|tick|connect [--seconds 8] [--gil]

With `--gil` only samples count in which a thread held Python's lock: without it a thread that sleeps may be taken for one
that works.

Prints the functions by the share of samples in which they were running themselves, and in which they or what they called were.
"""

import argparse
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.plan import only_say_what_is_wrong
from bench.preparing import Recipe
from bench.processes import BenchFailed, allow_files
from bench.product import Product, product
from bench.requesting import ask, vote
from bench.swarming import swarm
from bench.tools import OUT

Load = Callable[[Product, float], object]
LOADS: dict[str, Load] = {
    "board": lambda server, seconds: ask(server.running, server.board(), seconds, server.store.tokens),
    "personal": lambda server, seconds: ask(server.running, server.board(personal=True), seconds, server.store.tokens),
    "vote": lambda server, seconds: vote(server.running, server.votes(), server.store.ideas, seconds, server.store.tokens),
    "connect": lambda server, seconds: swarm(server.running, server.idling(5_000)),
    "tick": lambda server, seconds: swarm(server.running, server.watching(1_000, seconds, 50)),
}
SAMPLES_A_SECOND = 400
MOST = 40
PLACE = re.compile(r"\((?:.*/)?((?:[^/]+/){0,2}[^/]+):\d+\)$")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("load", choices=list(LOADS))
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--gil", action="store_true")
    asked = parser.parse_args()
    allow_files()
    only_say_what_is_wrong()
    with product(Recipe(), 20 if asked.load == "tick" else 200) as server:
        loading = threading.Thread(target=LOADS[asked.load], args=(server, asked.seconds + 4))
        loading.start()
        stacks = _stacks(server.running.pid, asked.seconds, asked.gil)
        loading.join()
    for line in _table(stacks):
        print(line)
    return 0


def _stacks(pid: int, seconds: float, only_locked: bool) -> Counter[str]:
    """Samples of the process, by stack from the outermost function, separated by ";"."""
    spy = shutil.which("py-spy")
    if spy is None:
        raise BenchFailed("py-spy is missing: pip install py-spy")
    raw = OUT / "profile.txt"
    record = [spy, "record", "--pid", str(pid), "--duration", str(round(seconds)), "--rate", str(SAMPLES_A_SECOND)]
    record += ["--gil"] * only_locked
    subprocess.run([*record, "--format", "raw", "--output", str(raw)], check=True, capture_output=True)
    return Counter({stack: int(count) for stack, _, count in (line.rpartition(" ") for line in raw.read_text().splitlines())})


def _table(stacks: Counter[str]) -> Iterator[str]:
    total = sum(stacks.values())
    own, within = Counter[str](), Counter[str]()
    for stack, count in stacks.items():
        functions = [_function(frame) for frame in stack.split(";")]
        own[functions[-1]] += count
        within.update(dict.fromkeys(functions, count))
    for title, counts in (("itself", own), ("with what it calls", within)):
        yield f"\n{title} (of {total:,} samples)"
        yield from (f"{100 * count / total:6.1f} %  {name}" for name, count in counts.most_common(MOST))


def _function(frame: str) -> str:
    """A frame's function with its file, without the line."""
    place = PLACE.search(frame)
    return f"{frame.partition(' (')[0]}  {Path(place[1])}" if place else frame


if __name__ == "__main__":
    sys.exit(main())
