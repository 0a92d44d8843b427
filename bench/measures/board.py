"""Queries over HTTP: a board of 20 ideas with 10 fields, 32 connections, each request by another signed-in person."""

from functools import partial
from typing import Any

from bench.figures import Findings, Row, median
from bench.peering import BOARD, MERCURIUS, MERCURIUS_JIT, STATIC, STRAWBERRY, YOGA, peer
from bench.plan import Plan, rounds
from bench.preparing import Recipe
from bench.processes import BenchFailed
from bench.product import Product, product
from bench.requesting import Requested, ask

CACHED = "Strawberry with caches"
SHARED, PERSONAL, EXECUTED = "Hothouse, shared", "Hothouse, with a personal field", "Hothouse, executed for each request"


def measure(plan: Plan) -> Findings:
    """Keys `board.*`: ratios of CPU a request."""
    found = rounds(
        plan,
        {
            CACHED: partial(_peer, plan, STRAWBERRY, "--cached"),
            MERCURIUS: partial(_peer, plan, MERCURIUS),
            MERCURIUS_JIT: partial(_peer, plan, MERCURIUS_JIT),
            YOGA: partial(_peer, plan, YOGA),
            STATIC: partial(_peer, plan, STATIC),
            SHARED: partial(_product, plan, False),
            PERSONAL: partial(_product, plan, True),
            EXECUTED: partial(_executed, plan),
        },
    )
    cpu = {name: median(sample.cpu_us for sample in samples) for name, samples in found.items()}
    values = {
        "board.vs_strawberry": cpu[CACHED] / cpu[SHARED],
        "board.vs_mercurius_jit": cpu[MERCURIUS_JIT] / cpu[SHARED],
        "board.personal_vs_strawberry": cpu[CACHED] / cpu[PERSONAL],
        "board.ceiling_share": cpu[STATIC] / cpu[SHARED],
        "board.ceiling_vs_mercurius_jit": cpu[MERCURIUS_JIT] / cpu[STATIC],
        "board.per_core": 1e6 / cpu[SHARED],
        "board.personal_per_core": 1e6 / cpu[PERSONAL],
        "board.executed_vs_strawberry": cpu[CACHED] / cpu[EXECUTED],
    }
    return Findings(values, [request_row("board", name, samples) for name, samples in found.items()])


def _peer(plan: Plan, name: str, *options: str) -> Requested:
    with peer(name, options=options) as running:
        return ask(running, BOARD, plan.seconds)


def _product(plan: Plan, personal: bool) -> Requested:
    with product(Recipe()) as server:
        _check(server, personal)
        return ask(server.running, server.board(personal), plan.seconds, server.store.tokens)


def _executed(plan: Plan) -> Requested:
    with product(Recipe()) as server:
        (jam,) = server.answered(server.executed_board())["jams"]
        _check_edges(jam["ideas"]["edges"])
        return ask(server.running, server.executed_board(), plan.seconds, server.store.tokens)


def _check(server: Product, personal: bool) -> None:
    """That the board is what it is said to be, before it is asked for a hundred thousand times."""
    _check_edges(server.answered(server.board(personal))["jam"]["ideas"]["edges"])


def _check_edges(edges: list[Any]) -> None:
    if len(edges) != 20 or any(len(edge["node"]) != 10 for edge in edges):
        raise BenchFailed("the board is not 20 ideas with 10 fields")


def request_row(case: str, name: str, samples: list[Requested]) -> Row:
    """The figures of a server that was asked over HTTP."""
    figures = {
        "per core": median(sample.per_core for sample in samples),
        "CPU µs": median(sample.cpu_us for sample in samples),
        "per s": median(sample.per_s for sample in samples),
        "p50 ms": median(sample.p50_ms for sample in samples),
        "p99 ms": median(sample.p99_ms for sample in samples),
    }
    return Row(case, name, figures)
