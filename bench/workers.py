"""What several workers of one server do together: votes over HTTP, and live ticks to more connections with each worker.

    make bench-workers                        # 1, 2 and 4 workers; about 4 minutes; workers.json, WORKERS.md
    make bench-workers BENCH="--quick"        # shows that it works, writes nothing

Workers and clients share all CPUs of the machine: with more workers than CPUs one more adds resilience, and no speed. So look
at CPU seconds, at what is lost in competing, and at how even the workers' shares are; not at votes a second.
"""

import argparse
import json
import os
import re
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bench.contending import Case, Told, measured, quantile
from bench.plan import only_say_what_is_wrong, say
from bench.preparing import Recipe, prepared
from bench.processes import BenchFailed, Running, allow_files, free_port, serving
from bench.product import ENVIRONMENT, Product
from bench.report import circumstances
from bench.requesting import vote
from bench.swarming import swarm
from bench.tools import BENCH, OUT

JSON, PAGE = BENCH / "workers.json", BENCH / "WORKERS.md"
SAMPLE = re.compile(r'^(\w+)\{([^}]*worker="(\d+)"[^}]*)\} (\S+)$', re.MULTILINE)
VOTES_A_SECOND = 40.0


@dataclass(frozen=True, slots=True)
class Voted:
    """32 connections of wrk that vote as fast as they are answered. `shares`: of the votes' CPU, by worker, in a hundred."""

    workers: int
    votes_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    lost_percent: float
    votes_a_record: float
    shares: list[int]


@dataclass(frozen=True, slots=True)
class Followed:
    """So many connections that follow a jam with a few votes a second. `spread`: connections by worker. `last_p99_ms` is -1
    with several workers: their ticks are at different moments, and none of them is told to all connections.
    """

    workers: int
    connections: int
    cores: float
    cpu_s_per_million: float
    last_p99_ms: float
    spread: list[int]


@dataclass(frozen=True, slots=True)
class Competed:
    """Workers without HTTP that write one jam as fast as they can: see `bench.contending`."""

    workers: int
    takes_turns: bool
    votes_per_s: float
    p99_ms: float
    slowest_p99_ms: float
    most_ms: float
    lost_percent: float
    cpu_us: float


@contextmanager
def served(workers: int, recipe: Recipe) -> Iterator[Product]:
    """The product with so many workers, on all CPUs, over a fresh copy of the recipe's store."""
    store, port = prepared(recipe), free_port()
    data = store.copied(OUT / "data")
    command = [sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port), "--workers", str(workers)]
    log = OUT / "logs" / "workers.log"
    with (
        patch("bench.processes.cpus", lambda wanted: os.sched_getaffinity(0)),
        serving(command, log, port, ENVIRONMENT, "/healthz") as running,
    ):
        _until_all_answer(running, workers)
        yield Product(running, store)


def _until_all_answer(running: Running, workers: int) -> None:
    until = time.monotonic() + 120
    while len(by_worker(running, "hothouse_worker_up")) < workers:
        if time.monotonic() > until:
            raise BenchFailed(f"fewer than {workers} workers answer; see bench/out/logs/{running.log.name}")
        time.sleep(0.2)


def by_worker(running: Running, name: str) -> dict[int, float]:
    """The sum of a metric's samples, by worker."""
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/metrics", timeout=30) as reply:
        text = reply.read().decode()
    totals: dict[int, float] = {}
    for found, _, worker, value in SAMPLE.findall(text):
        if found == name:
            totals[int(worker)] = totals.get(int(worker), 0.0) + float(value)
    return totals


def gained(running: Running, name: str, before: dict[int, float]) -> list[float]:
    """By how much a metric has grown, by worker."""
    return [value - before.get(worker, 0.0) for worker, value in sorted(by_worker(running, name).items())]


def voted(workers: int, seconds: float, recipe: Recipe) -> Voted:
    """Durable votes over HTTP."""
    names = ("process_cpu_seconds_total", "hothouse_record_attempts_lost_total", "hothouse_record_commands_count")
    with served(workers, recipe) as product:
        running = product.running
        counted, before = product.supports(), {name: by_worker(running, name) for name in names}
        found = vote(running, product.votes(), product.store.ideas, seconds, product.store.tokens)
        cpu, lost, records = (gained(running, name, before[name]) for name in names)
        if product.supports() - counted < found.requests:
            raise BenchFailed("fewer votes count than were answered")
    # wrk's warm-up votes as well: records and attempts hold both.
    shares = [round(100 * one / max(sum(cpu), 0.01)) for one in cpu]
    lost_percent = 100 * sum(lost) / max(1.0, sum(lost) + sum(records))
    votes_a_record = found.requests * (1 + 1 / seconds) / max(1.0, sum(records))
    return Voted(
        workers, found.per_s, found.p50_ms, found.p99_ms, found.cpu_us, lost_percent, votes_a_record, shares
    )  # fmt: skip


def followed(workers: int, connections: int, seconds: float, recipe: Recipe) -> Followed:
    """Live ticks to so many connections."""
    with served(workers, recipe) as product:
        running = product.running
        before = running.cpu_s()
        found = swarm(running, product.watching(connections, seconds, VOTES_A_SECOND))
        cpu_s = running.cpu_s() - before
        opened = by_worker(running, "hothouse_live_opened_total")
    spread = [int(value) for _, value in sorted(opened.items())]
    return Followed(
        workers, connections, cpu_s / found.seconds, cpu_s * 1e6 / max(1, found.deliveries), found.last.p99_ms, spread
    )  # fmt: skip


def competed(workers: int, takes_turns: bool, seconds: float, folder: Path) -> Competed:
    """Workers alone, at full speed."""
    where = folder / f"{workers}-{takes_turns}"
    where.mkdir(parents=True)
    told: list[Told] = measured(
        str(where), where / "turns" if takes_turns else None, Case("sqlite", workers, 0.0, True, seconds)
    )
    took = [value for one in told for value in one.took]
    won, lost = sum(one.won for one in told), sum(one.lost for one in told)
    return Competed(
        workers, takes_turns, len(took) / seconds, quantile(took, 0.99), max(quantile(one.took, 0.99) for one in told),
        1_000 * max(took), 100 * lost / max(1, won + lost), 1e6 * sum(one.cpu_s for one in told) / len(took),
    )  # fmt: skip


def main() -> None:
    asked = _arguments()
    only_say_what_is_wrong()
    allow_files()
    recipe = Recipe()
    seconds, each = (1.0, 100) if asked.quick else (asked.seconds, asked.connections)
    votes, ticks, alone = list[Voted](), list[Followed](), list[Competed]()
    with _folder() as folder:
        for workers in asked.workers:
            say(f"  {workers} workers")
            votes.append(voted(workers, seconds, recipe))
            ticks.append(followed(workers, each * workers, seconds, recipe))
            alone += [competed(workers, turns, seconds, folder) for turns in (True, False)]
    machine = circumstances(seconds=seconds)
    page = _page(machine, votes, ticks, alone)
    print(page)
    if not asked.quick:
        found = {"about": machine, "votes": votes, "ticks": ticks, "alone": alone}
        JSON.write_text(json.dumps(found, default=asdict, indent=1) + "\n")
        PAGE.write_text(page)


@contextmanager
def _folder() -> Iterator[Path]:
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=OUT) as folder:
        yield Path(folder)


def _page(machine: dict[str, Any], votes: list[Voted], ticks: list[Followed], alone: list[Competed]) -> str:
    measured_on = ", ".join(f"{name} {value}" for name, value in machine.items())
    lines = [
        "# Several workers",
        "",
        "Written by `make bench-workers`; `bench/workers.py` says what is done.",
        "",
        measured_on,
        "",
    ]
    lines += ["## Votes over HTTP, 32 connections at full speed", ""]
    lines += _table([{**asdict(one), "shares": " ".join(map(str, one.shares))} for one in votes])
    lines += ["", f"## Live ticks, {VOTES_A_SECOND:g} votes a second", ""]
    lines += _table([{**asdict(one), "spread": " ".join(map(str, one.spread))} for one in ticks])
    lines += ["", "## Workers alone at full speed, with and without turns", ""]
    lines += _table([asdict(one) for one in alone])
    return "\n".join(lines) + "\n"


def _table(rows: list[dict[str, object]]) -> Iterator[str]:
    names = list(rows[0])
    yield f"| {' | '.join(name.replace('_', ' ') for name in names)} |"
    yield f"|{'---:|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_shown(row[name]) for name in names)} |"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3g}" if value < 1_000 else f"{value:,.0f}"
    return str(value)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=500, help="live connections for each worker")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
