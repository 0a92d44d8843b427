"""Runs the swarm of subscribers (`load/swarm.c`) against a server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import BenchFailed, Running, client_output
from bench.tools import program


@dataclass(frozen=True, slots=True)
class Latency:
    """In milliseconds; -1 where nothing was measured."""

    values: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Swarm:
    """What to run. `stamp` and `count` are the texts before the numbers that latencies are taken from (see `swarm.c`)."""

    clients: int
    seconds: float
    warm: float = 1.0
    settle: float = 1.0
    drain: float = 0.0
    operations: int = 1
    path: str = "/graphql"
    dialect: str = "graphql"
    subscribe: Path | None = None
    tokens: Path | None = None
    stamp: str = ""
    stamp_unit: str = "us"
    count: str = ""
    publish: Path | None = None
    expect: str = ""
    rate: float = 0.0
    shared_id: bool = False

    def options(self) -> Iterator[str]:
        """As `swarm` takes them."""
        texts = {"subscribe": self.subscribe, "tokens": self.tokens, "stamp": self.stamp, "count": self.count}
        texts |= {"publish": self.publish, "expect": self.expect}
        numbers = {"clients": self.clients, "seconds": self.seconds, "warm": self.warm, "settle": self.settle}
        numbers |= {"drain": self.drain, "operations": self.operations, "rate": self.rate, "shared-id": int(self.shared_id)}
        for name, value in {**numbers, **{name: text for name, text in texts.items() if text}}.items():
            yield from (f"--{name}", str(value))
        yield from ("--path", self.path, "--dialect", self.dialect, "--stamp-unit", self.stamp_unit)

    def longest(self) -> float:
        """Seconds after which something is wrong."""
        return 180.0 + self.settle + self.warm + self.seconds + self.drain


@dataclass(frozen=True, slots=True)
class Swarmed:
    """What came of it: see `print_report` in `swarm.c`."""

    clients: int
    subscribed: int
    lost: int
    seconds: float
    deliveries: int
    least: int
    most: int
    frame_bytes: float
    wrong_id: int
    wrong_payload: int
    went_back: int
    unstamped: int
    other_messages: int
    behind: int
    tick: Latency
    last: Latency
    vote: Latency
    publish: Latency
    sent: int
    answered: int
    failed: int
    server_cpu_s: float
    client_cpu_s: float
    connect_cpu_ms: float
    connection_kb: float
    memory_kb: float

    @property
    def cpu_s_per_million(self) -> float:
        """CPU seconds of the server for a million deliveries."""
        return self.server_cpu_s * 1e6 / self.deliveries

    @property
    def core(self) -> float:
        """Share of a core that the server used."""
        return self.server_cpu_s / self.seconds


CHECKS = ("lost", "wrong_id", "wrong_payload", "went_back", "behind", "failed", "other_messages")


def swarm(running: Running, wanted: Swarm) -> Swarmed:
    """Loads a server. Raises `BenchFailed` where a client was lost, or got anything wrong."""
    command = [program("swarm"), "--port", str(running.port), "--pid", str(running.pid), "--connect-seconds", "150"]
    found: dict[str, Any] = json.loads(client_output([*command, *wanted.options()], wanted.longest()))
    for name in ("tick", "last", "vote", "publish"):
        found[name] = Latency(**found[name])
    swarmed = Swarmed(**found)
    wrong = {name: getattr(swarmed, name) for name in CHECKS if getattr(swarmed, name)}
    if wrong or swarmed.subscribed < wanted.clients:
        raise BenchFailed(f"{running.log.stem}: {swarmed.subscribed} of {wanted.clients} subscribed; {wrong}")
    return swarmed
