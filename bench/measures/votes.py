"""Durable votes over HTTP: from the mutation to its acknowledgement, 32 connections, SQLite with full sync on both sides."""

import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from bench.figures import Findings, Row, median
from bench.measures.board import request_row
from bench.peering import MERCURIUS_JIT, PLAIN_VOTE, STRAWBERRY, VOTE, idea_file, peer
from bench.plan import Plan, rounds
from bench.preparing import Recipe
from bench.processes import BenchFailed
from bench.product import product
from bench.requesting import FIRST_MEASURED, Requested, vote
from bench.tools import OUT, library

DURABLE = "mercurius-jit, each vote to SQLite"
FORGETFUL = "Strawberry with caches, in memory"
PRODUCT = "Hothouse"
DURABLE_HALF = f"{DURABLE}, 0.5 ms a sync"
PRODUCT_HALF = "Hothouse, 0.5 ms a sync"
HALF_MS_US = 500


def measure(plan: Plan) -> Findings:
    """Keys `vote.*`. `vs_mercurius_sqlite` compares acknowledged votes a second, because what limits a vote there is the
    disk; the ratio of CPU is `vs_mercurius_sqlite_cpu`. Some virtual disks sync in a tenth of what a disk takes, and then
    nobody waits for it: so both are measured a second time with syncs of half a millisecond.
    """
    cases: dict[str, Callable[[], Requested]] = {
        DURABLE: partial(_durable, plan),
        FORGETFUL: partial(_forgetful, plan),
        PRODUCT: partial(votes, plan, Recipe()),
        DURABLE_HALF: partial(_at_half_ms, partial(_durable, plan)),
        PRODUCT_HALF: partial(_at_half_ms, partial(votes, plan, Recipe())),
    }
    syncs = sync_ms()
    found = rounds(plan, cases)
    syncs += sync_ms()
    rows = {name: request_row("votes", name, samples) for name, samples in found.items()}
    values = {
        "vote.vs_mercurius_sqlite": _figure(rows, PRODUCT, "per s") / _figure(rows, DURABLE, "per s"),
        "vote.vs_mercurius_sqlite_cpu": _figure(rows, DURABLE, "CPU µs") / _figure(rows, PRODUCT, "CPU µs"),
        "vote.vs_mercurius_sqlite_half_ms": _figure(rows, PRODUCT_HALF, "per s") / _figure(rows, DURABLE_HALF, "per s"),
        "vote.vs_strawberry_memory": _figure(rows, FORGETFUL, "CPU µs") / _figure(rows, PRODUCT, "CPU µs"),
        "vote.disk_sync_p50_ms": statistics.median(syncs),
        "vote.disk_sync_p90_ms": sorted(syncs)[int(0.9 * len(syncs))],
        "vote.per_core": median(sample.per_core for sample in found[PRODUCT]),
    }
    return Findings(values, list(rows.values()))


def votes(plan: Plan, recipe: Recipe) -> Requested:
    """Votes for a jam of a recipe. Raises `BenchFailed` where fewer are counted afterwards than were acknowledged."""
    with product(recipe) as server:
        before = server.supports()
        found = vote(server.running, server.votes(), server.store.ideas, plan.seconds, server.store.tokens)
        counted = server.supports() - before
    if counted < found.requests:
        raise BenchFailed(f"{found.requests} votes were answered and {counted} count: some were refused")
    return found


def _figure(rows: dict[str, Row], name: str, figure: str) -> float:
    return rows[name].figures[figure]


def _durable(plan: Plan) -> Requested:
    """Raises `BenchFailed` where the peer's file has fewer rows afterwards than it acknowledged."""
    with TemporaryDirectory(dir=OUT) as folder:
        file = str(Path(folder) / "votes.sqlite")
        with peer(MERCURIUS_JIT, options=("sqlite", file)) as running:
            found = vote(running, VOTE, idea_file(), plan.seconds)
        with closing(sqlite3.connect(file)) as database:
            (rows,) = database.execute(
                "SELECT count(*) FROM votes WHERE CAST(voter AS INTEGER) > ?", (FIRST_MEASURED,)
            ).fetchone()
    if rows < found.requests:
        raise BenchFailed(f"{MERCURIUS_JIT} acknowledged {found.requests} votes and has {rows}")
    return found


def _at_half_ms(measured: Callable[[], Requested]) -> Requested:
    """The same with a server whose syncs take half a millisecond at least (`bench/load/slowsync.c`)."""
    with patch.dict(os.environ, {"LD_PRELOAD": library("slowsync"), "BENCH_SYNC_US": str(HALF_MS_US)}):
        return measured()


def _forgetful(plan: Plan) -> Requested:
    with peer(STRAWBERRY, options=("--cached",)) as running:
        return vote(running, PLAIN_VOTE, idea_file(), plan.seconds)


def sync_ms(times: int = 200) -> list[float]:
    """How long it takes to append 4 KB to a file and sync it, in ms: what a vote that is synced by itself waits for."""
    took = []
    with TemporaryDirectory(dir=OUT) as folder, (Path(folder) / "synced").open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return took
