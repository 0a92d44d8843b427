"""`make bench-jam`: a jam of InnovationJam's size, compressed in time and played through the real API as fast as it goes.

    python -m bench.jam                 150,000 joins, 46,000 posts, 1,000,000 votes, 20,000 comments
    python -m bench.jam --scale 0.01    a hundredth of everything
    python -m bench.jam --connections 256

When all has been acknowledged the server is killed (SIGKILL) and started again; then the journal is replayed from zero and
compared with every single acknowledgement.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import uvloop

from bench import report
from bench.crowd.acts import Crowd, Size
from bench.crowd.checking import compare
from bench.crowd.connection import connected
from bench.crowd.playing import play
from bench.figures import JAM_TARGETS, Findings, Row
from bench.plan import only_say_what_is_wrong, say
from bench.preparing import TOPIC, Prepared, Recipe, prepared
from bench.processes import CLIENT_CPU, ROOT, BenchFailed, Running, allow_files, cpus, free_port, serving
from bench.product import BOARD, ENVIRONMENT
from bench.tools import OUT
from server.app.clock import wall_clock

USES = 200
"""People an invitation is for. A jam's invitations are many: employees have a quota each."""

RELATIONS = ("EMPLOYEE", "EMPLOYEE", "FAMILY", "FRIEND", "CLIENT", "PARTNER")
INVITE = """mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) {
  ... on InvitationSuccess { invitation { url } } } }"""
DATA = OUT / "jam"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--connections", type=int, default=128)
    asked = parser.parse_args()
    allow_files()
    only_say_what_is_wrong()
    OUT.mkdir(exist_ok=True)
    about = report.circumstances(scale=asked.scale, connections=asked.connections)
    findings = Findings()
    try:
        findings = _played(Size().scaled(asked.scale), asked.connections)
    except BenchFailed as failed:
        findings.failures.append(str(failed))
    for line in report.table(findings, JAM_TARGETS):
        print(line)
    if asked.scale == 1.0:
        report.keep("jam", findings, about)
    return 1 if findings.failures else 0


def _played(size: Size, connections: int) -> Findings:
    say("» people and their sessions")
    store = prepared(Recipe(ideas=0, people=size.people, joined=False, supports=0))
    store.copied(DATA)
    os.sched_setaffinity(0, cpus(CLIENT_CPU))
    crowd, figures = _load(store, size, connections)
    say("» killed; starting again")
    with _server() as running:
        figures["restart_s"] = _seconds_to_board(running, store)
    say("» stopped; starting again")
    with _server() as running:
        figures["restart_after_stop_s"] = _seconds_to_board(running, store)
    say("» verifying")
    figures |= _verified()
    compared = asyncio.run(compare(DATA, crowd.done))
    if compared.unexpected:
        raise BenchFailed(f"{compared.unexpected} effects that were never acknowledged")
    figures |= {"lost": compared.lost, "events": compared.events, "journal_mb": _size_mb(DATA / "journal.sqlite")}
    shutil.rmtree(DATA)
    return Findings({f"jam.{key}": value for key, value in figures.items()}, [Row(_title(size), "Hothouse", figures)])


def _title(size: Size) -> str:
    return f"a jam of {size.people:,} people, {size.ideas:,} posts, {size.votes:,} votes, {size.comments:,} comments"


def _server() -> AbstractContextManager[Running]:
    port = free_port()
    command = [sys.executable, "-m", "server", "serve", "--data", str(DATA), "--port", str(port)]
    return serving(command, OUT / "logs" / "jam.log", port, ENVIRONMENT, "/healthz")


def _load(store: Prepared, size: Size, connections: int) -> tuple[Crowd, dict[str, float]]:
    """Plays everything; the server is killed at the end, without a chance to tidy up."""
    with _server() as running:
        crowd, seconds = uvloop.run(_playing(running, store, size, connections))
        figures = {
            "events_per_s": size.acts / sum(seconds),
            "joins_per_s": size.people / seconds[0],
            "acts_per_s": (size.acts - size.people) / sum(seconds[1:]),
            "cpu_us": running.cpu_s() * 1e6 / size.acts,
            "peak_mb": running.peak_mb(),
        }
        running.process.kill()
    return crowd, figures


async def _playing(running: Running, store: Prepared, size: Size, connections: int) -> tuple[Crowd, list[float]]:
    invitations = await _invitations(running, store, size)
    crowd = Crowd(size, store.jam_id, TOPIC, invitations)
    seconds = []
    for text, acts in (("joining", crowd.joins()), ("the first idea", crowd.opening()), ("the jam", crowd.acts())):
        say(f"» {text}")
        seconds.append(await play(running.port, acts, store.token_list(), connections, crowd.done))
    if crowd.done.acts != size.acts:
        raise BenchFailed(f"{crowd.done.acts} of {size.acts} acts were acknowledged")
    return crowd, seconds


async def _invitations(running: Running, store: Prepared, size: Size) -> list[str]:
    """The secrets of as many invitations as the people need."""
    line = await connected(running.port)
    tokens = []
    for number in range(-(-size.people // USES)):
        given = {
            "commandId": f"invite-{number:05}", "jamId": store.jam_id, "relation": RELATIONS[number % len(RELATIONS)],
            "maxUses": USES, "expiresAt": wall_clock() + 30 * 86_400_000,
        }  # fmt: skip
        body = json.dumps({"query": INVITE, "variables": {"input": given}}).encode()
        answer = json.loads(await line.ask(store.organizer_token, body))
        tokens.append(answer["data"]["createInvitation"]["invitation"]["url"].rpartition("/")[2])
    line.close()
    return tokens


def _seconds_to_board(running: Running, store: Prepared) -> float:
    """Seconds from the start of the server's process until it has answered a member's board."""
    asyncio.run(_board(running, store))
    return time.monotonic() - running.began


async def _board(running: Running, store: Prepared) -> None:
    line = await connected(running.port)
    body = json.dumps({"query": BOARD, "variables": {"jam": store.jam_id}}).encode()
    answer = json.loads(await line.ask(store.token_list()[0], body))
    line.close()
    if not answer["data"]["jam"]["ideas"]["edges"]:
        raise BenchFailed(f"the board is empty after the restart: {answer}")


def _verified() -> dict[str, float]:
    """How long `hothouse verify` takes. Raises `BenchFailed` with what it said where it finds a fault."""
    began = time.monotonic()
    command = [sys.executable, "-m", "server", "verify", "bench", "--data", str(DATA)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"verify: {done.stdout[-2000:]}")
    return {"verify_s": time.monotonic() - began}


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1024**2


if __name__ == "__main__":
    sys.exit(main())
