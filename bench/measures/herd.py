"""A restart under an audience: everybody comes back within two seconds, each from the number they saw last."""

import asyncio
import os
import re
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import uvloop

from bench.crowd.connection import Connection, connected
from bench.crowd.herd import Client, Herd
from bench.figures import Findings, Row
from bench.plan import Plan, rounds
from bench.preparing import Prepared, Recipe, prepared
from bench.processes import CLIENT_CPU, BenchFailed, Running, cpus, free_port, serving
from bench.product import ENVIRONMENT, TICK, VOTE, body
from bench.tools import OUT

WITHIN_S = 2.0
STEPS = 40
"""The audience leaves in so many parts, a vote between them: so many different numbers are resumed from."""

VOTES_PER_S = 10
TICK_MS = 200
ASKED = ("executions", "ticks", "caught_up")


def measure(plan: Plan) -> Findings:
    """Keys `herd.*`: medians of the repetitions."""
    found = rounds(plan, {"a herd after a restart": lambda: _herd(plan.idle)})["a herd after a restart"]
    middle = sorted(found, key=lambda figures: figures["all back s"])[len(found) // 2]
    keys = {
        "herd.all_back_s": "all back s", "herd.back_p50_ms": "back p50 ms", "herd.back_p99_ms": "back p99 ms",
        "herd.executions": "executions", "herd.executions_per_tick": "a tick", "herd.answer_p99_ms": "answer p99 ms",
    }  # fmt: skip
    values = {key: middle[name] for key, name in keys.items()}
    return Findings(values, [Row(f"{plan.idle:,} clients back within {WITHIN_S:g} s of a restart", "Hothouse", middle)])


def _herd(clients: int) -> dict[str, float]:
    store = prepared(Recipe())
    store.copied(OUT / "data")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_played(store, clients))


async def _played(store: Prepared, count: int) -> dict[str, float]:
    port, tokens = free_port(), store.token_list()
    clients = [Client(token, store.seq) for token in tokens[:count]]
    herd = Herd(port, body(TICK, jam=store.jam_id, after="AFTER"), store.first_idea, clients)
    voters = iter(enumerate(tokens))
    with _serving(port) as running:
        await herd.come()
        await _scatter(herd, store, running, voters)
    seqs = {client.seq for client in clients}
    with _serving(port) as running:
        herd.newest = store.seq + STEPS
        before, cpu = _counters(running), running.cpu_s()
        enough = asyncio.Event()
        voting = asyncio.create_task(_vote_until(enough, store, running, voters))
        began = time.monotonic()
        await herd.come_back(WITHIN_S)
        back, cpu = max(client.back for client in clients) - began, running.cpu_s() - cpu
        counted = {name: value - before[name] for name, value in _counters(running).items()}
        enough.set()
        answers = await voting
        await herd.until(lambda: all(client.seq >= herd.newest + len(answers) for client in clients), 20)
    if herd.wrong or len({client.total for client in clients}) != 1:
        raise BenchFailed(f"not everyone was told the same at the end: {herd.wrong[:1]}")
    waits = sorted(1000 * (client.back - client.began) for client in clients)
    return {
        "all back s": back, "back p50 ms": waits[len(waits) // 2], "back p99 ms": waits[len(waits) * 99 // 100],
        "numbers resumed from": len(seqs), "executions": counted["executions"], "ticks": counted["ticks"],
        "a tick": counted["executions"] / max(1.0, counted["ticks"]), "caught up": counted["caught_up"],
        "CPU ms each": 1000 * cpu / count, "answer p99 ms": 1000 * answers[len(answers) * 99 // 100],
    }  # fmt: skip


@contextmanager
def _serving(port: int) -> Iterator[Running]:
    """The product on the store as it is; meanwhile this process, which plays the herd, is on the clients' CPU."""
    command = [sys.executable, "-m", "server", "serve", "--data", str(OUT / "data"), "--port", str(port)]
    environment = {**ENVIRONMENT, "HOTHOUSE_TICK_MS": str(TICK_MS)}
    with serving(command, OUT / "logs" / "herd.log", port, environment, "/healthz") as running:
        ours = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cpus(CLIENT_CPU))
        try:
            yield running
        finally:
            os.sched_setaffinity(0, ours)


async def _scatter(herd: Herd, store: Prepared, running: Running, voters: Iterator[tuple[int, str]]) -> None:
    """A part of the audience leaves before each vote, when it has seen the one before."""
    connection = await connected(running.port)
    size = -(-len(herd.clients) // STEPS)
    for step in range(STEPS):
        staying = herd.clients[step * size :]
        await herd.until(partial(_have_seen, staying, store.seq + step), 30)
        await herd.leave(herd.clients[step * size : (step + 1) * size])
        await _vote(connection, store, *next(voters))
    connection.close()


async def _vote_until(
    enough: asyncio.Event, store: Prepared, running: Running, voters: Iterator[tuple[int, str]]
) -> list[float]:
    """Votes, one after the other; how long each took to be answered, in seconds, the shortest first."""
    connection, took = await connected(running.port), list[float]()
    while not enough.is_set():
        began = time.monotonic()
        await _vote(connection, store, *next(voters))
        took.append(time.monotonic() - began)
        await asyncio.sleep(1 / VOTES_PER_S)
    connection.close()
    return sorted(took)


def _have_seen(clients: Sequence[Client], seq: int) -> bool:
    return all(client.seq >= seq for client in clients)


async def _vote(connection: Connection, store: Prepared, number: int, token: str) -> None:
    text = body(VOTE, input={"commandId": f"bench-herd-{number}", "ideaId": store.first_idea})
    answer = await connection.ask(token, text.encode())
    if b'"supportCount"' not in answer:
        raise BenchFailed(f"a vote was refused: {answer[:300]!r}")


def _counters(running: Running) -> dict[str, float]:
    """What the live transport counted, from /metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/metrics", timeout=30) as reply:
        text = reply.read().decode()
    return {name: float(_found(name, text)) for name in ASKED}


def _found(name: str, text: str) -> str:
    found = re.search(rf"^hothouse_live_{name}_total(?:{{[^}}]*}})? ([0-9.e+]+)$", text, re.MULTILINE)
    if found is None:
        raise BenchFailed(f"/metrics says nothing of live {name}")
    return found[1]
