"""More votes than one worker can take, with and without admission control: `make bench-overload`.

Thousands of connections vote at several times the rate that the worker can sustain, in an open loop but for what is under way.
Beside them a few people vote as well, whose waits are measured from outside, and an organizer asks for a board that is executed
for each request. Afterwards the jam must count every vote that was acknowledged. What is sustainable is measured with as many
connections, for each of them costs something by itself.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from statistics import median
from unittest.mock import patch

from bench.preparing import Recipe
from bench.processes import BenchFailed, allow_files, client_output
from bench.product import VOTE, Product, body, product
from bench.requesting import vote
from bench.tools import LOAD, OUT, wrk

QUIET_S = 2.0
"""After the storm, until what was under way is done."""

VOTE_EVERY_S, ASK_EVERY_S = 0.05, 0.25
GIVE_UP_S = 20.0
GOODPUT_LEAST = 0.8
"""Of the sustainable rate, for the CPU that the server got: what must be left under overload."""

KINDS = (
    ("off", False, False),
    ("on, all come back as soon as asked", True, True),
    ("on, nobody heeds Retry-After", True, False),
)
"""Of storms: name, whether there is admission control, and whether clients wait as long as they are asked to."""

ASK_MOST_MS = 1_000.0
"""What an organizer's query may take, p99."""


@dataclass
class Waits:
    """How long answers took (ms), by whether the request was done or refused."""

    done: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    failed: int = 0

    def p(self, share: float) -> float:
        """A quantile of those that were done; 0 where there are none."""
        return sorted(self.done)[int(share * (len(self.done) - 1))] if self.done else 0.0


@dataclass(frozen=True)
class Storm:
    """What became of one storm. `per_cpu_s` are acknowledged votes for a CPU second of the server."""

    name: str
    is_on: bool
    heeds: bool
    offered: float
    accepted: int
    refused: int
    seconds: float
    per_cpu_s: float
    counted: int
    votes: Waits
    asks: Waits
    peak_mb: float

    @property
    def per_s(self) -> float:
        return self.accepted / self.seconds


def main() -> None:
    """Measures and prints; fails where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--times", type=float, default=3.0, help="of the sustainable rate")
    parser.add_argument("--connections", type=int, default=6_000)
    options = parser.parse_args()
    allow_files()
    before = sustainable(options.connections, min(10.0, options.seconds))
    storms = [storm(*kind, options.times * before[0], options.connections, options.seconds) for kind in KINDS]
    after = sustainable(options.connections, min(10.0, options.seconds))
    rate, per_cpu_s = median((before[0], after[0])), median((before[1], after[1]))
    print(table(rate, per_cpu_s, storms))
    write_down(rate, per_cpu_s, storms)
    broken = list(promises_broken(per_cpu_s, storms))
    print("\n".join(broken) or "Everything that is promised was kept.")
    if broken:
        raise SystemExit(1)


def sustainable(connections: int, seconds: float) -> tuple[float, float]:
    """Votes a second, and for a CPU second, acknowledged in a closed loop of so many connections, beside the same probes."""
    with patch.dict(os.environ, {"HOTHOUSE_OVERLOAD": "false"}), product(Recipe()) as server, probes(server):
        found = vote(server.running, server.votes(), server.store.ideas, seconds, server.store.tokens, connections)
    return found.per_s, found.per_core


def storm(name: str, is_on: bool, heeds: bool, rate: float, connections: int, seconds: float) -> Storm:
    """One storm against a fresh server. Raises `BenchFailed` where an acknowledged vote does not count."""
    with patch.dict(os.environ, {"HOTHOUSE_OVERLOAD": str(is_on).lower()}), product(Recipe()) as server:
        counted, cpu_s = server.supports(), server.running.cpu_s()
        with probes(server) as (votes, asks):
            found = blown(server, connections, 1_000 * connections / rate, heeds, seconds)
        cpu_s = server.running.cpu_s() - cpu_s
        time.sleep(QUIET_S)
        counted = server.supports() - counted
        peak = server.running.peak_mb()
    accepted = found["accepted"] + len(votes.done)
    if counted < accepted:
        raise BenchFailed(f"{accepted} votes were acknowledged and {counted} count")
    refused = found["refused"] + len(votes.refused)
    return Storm(name, is_on, heeds, rate, accepted, refused, found["seconds"], accepted / cpu_s, counted, votes, asks, peak)


def blown(server: Product, connections: int, pause_ms: float, heeds: bool, seconds: float) -> dict[str, float]:
    """The storm itself: what `overload.lua` reports."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(server.votes() + "\n")
        file.flush()
        command = [wrk(), "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", f"{GIVE_UP_S:.0f}s"]
        command += ["-s", str(LOAD / "overload.lua"), server.running.url, "--", file.name]
        command += [str(server.store.ideas), str(server.store.tokens), f"{pause_ms:.3f}", str(heeds).lower()]
        output = client_output(command, seconds + 60, {"LUA_PATH": f"{LOAD}/?.lua;;"})
    found = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    if found["other"]:
        raise BenchFailed(f"answers of another kind: {found}")
    return dict(found)


@contextmanager
def probes(server: Product) -> Iterator[tuple[Waits, Waits]]:
    """People who vote now and then, and an organizer who asks, each on a connection of their own, until the block ends."""
    votes, asks, over = Waits(), Waits(), threading.Event()
    people = iter(server.store.token_list())

    def next_vote() -> tuple[str, str]:
        token = next(people)
        return token, body(VOTE, input={"commandId": f"bench-probe-{token[:12]}", "ideaId": server.store.first_idea})

    def next_ask() -> tuple[str, str]:
        return server.store.organizer_token, server.executed_board()

    threads = [
        threading.Thread(target=probe, args=(server, next_vote, VOTE_EVERY_S * voters, votes, over)) for voters in [8] * 8
    ]
    threads.append(threading.Thread(target=probe, args=(server, next_ask, ASK_EVERY_S, asks, over)))
    for thread in threads:
        thread.start()
    try:
        yield votes, asks
    finally:
        over.set()
        for thread in threads:
            thread.join()


def probe(server: Product, make: Callable[[], tuple[str, str]], every_s: float, waits: Waits, over: threading.Event) -> None:
    """Asks now and then, as long as it is not over."""
    connection = HTTPConnection("127.0.0.1", server.running.port, timeout=GIVE_UP_S)
    while not over.wait(every_s):
        token, text = make()
        began = time.perf_counter()
        try:
            connection.request(
                "POST", "/graphql", text, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            )
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, HTTPException):
            waits.failed += 1
            connection.close()
            continue
        took = 1_000 * (time.perf_counter() - began)
        if answer.status == 200 and b'"errors"' not in data:
            waits.done.append(took)
        elif answer.status == 503:
            waits.refused.append(took)
        else:
            raise BenchFailed(f"answered {answer.status}: {data[:200]!r}")


def promises_broken(per_cpu_s: float, storms: list[Storm]) -> Iterator[str]:
    """What the product promises under overload, and did not keep."""
    kept = next(one for one in storms if one.is_on and one.heeds)
    if kept.per_cpu_s < GOODPUT_LEAST * per_cpu_s:
        yield f"goodput fell to {kept.per_cpu_s / per_cpu_s:.0%} of what is sustainable for the same CPU"
    asks = kept.asks
    if asks.p(0.99) > ASK_MOST_MS or asks.refused or asks.failed:
        yield f"an organizer's query took {asks.p(0.99):.0f} ms (p99), {len(asks.refused)} refused, {asks.failed} failed"
    if not kept.refused:
        yield "nothing was refused: that was no overload"


def table(rate: float, per_cpu_s: float, storms: list[Storm]) -> str:
    """The figures, as Markdown."""
    lines = [
        f"sustainable: {rate:,.0f} votes a second, {per_cpu_s:,.0f} for a CPU second",
        "",
        "| admission control, clients | offered a s | acknowledged a s | for a CPU s, of sustainable | refused a s | "
        "vote p50 ms | p99 ms | refusal p99 ms | organizer p50 ms | p99 ms | failed | acknowledged and lost | memory MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in storms:
        refusals = Waits(done=one.votes.refused)
        lines.append(
            f"| {one.name} | {one.offered:,.0f} | {one.per_s:,.0f} | {one.per_cpu_s / per_cpu_s:.2f} | "
            f"{one.refused / one.seconds:,.0f} | {one.votes.p(0.5):.0f} | {one.votes.p(0.99):.0f} | {refusals.p(0.99):.0f} | "
            f"{one.asks.p(0.5):.0f} | {one.asks.p(0.99):.0f} | {one.votes.failed + one.asks.failed} | "
            f"{max(0, one.accepted - one.counted)} | {one.peak_mb:.0f} |"
        )
    return "\n".join(lines)


def write_down(rate: float, per_cpu_s: float, storms: list[Storm]) -> None:
    """The table, for `bench/README.md` to point at."""
    (OUT.parent / "OVERLOAD.md").write_text(f"# One worker under overload\n\n{__doc__}\n{table(rate, per_cpu_s, storms)}\n")


if __name__ == "__main__":
    main()
