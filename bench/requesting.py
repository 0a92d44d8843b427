"""Runs wrk against a server."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.processes import BenchFailed, Running, client_output
from bench.tools import LOAD, wrk

CONNECTIONS = 32
FIRST_MEASURED = 1_000_000
"""The number of the first vote that is measured: a warm-up can't have come so far."""


@dataclass(frozen=True, slots=True)
class Requested:
    """`cpu_us` is the server's CPU time a request."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_us: float

    @property
    def per_core(self) -> float:
        """Requests a second that a core can take."""
        return 1e6 / self.cpu_us

    @property
    def per_s(self) -> float:
        """Requests that were answered in a second."""
        return self.requests / self.seconds


def ask(running: Running, body: str, seconds: float, tokens: Path | None = None, connections: int = CONNECTIONS) -> Requested:
    """The same query, by the people of `tokens` in turn."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(body + "\n")
        file.flush()
        arguments = [file.name, *([str(tokens)] if tokens else [])]
        _wrk(running, "query.lua", arguments, 1.0, connections)
        return _wrk(running, "query.lua", arguments, seconds, connections)


def vote(
    running: Running, body: str, ideas: Path, seconds: float, tokens: Path | None = None, connections: int = CONNECTIONS
) -> Requested:
    """Votes, each by another person for another idea; the body holds @VOTE@ and @IDEA@."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(body + "\n")
        file.flush()
        people = [str(tokens)] if tokens else []
        _wrk(running, "votes.lua", [file.name, str(ideas), "0", *people], 1.0, connections)
        return _wrk(running, "votes.lua", [file.name, str(ideas), str(FIRST_MEASURED), *people], seconds, connections)


def _wrk(running: Running, script: str, arguments: list[str], seconds: float, connections: int) -> Requested:
    command = [wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    command += ["-s", str(LOAD / script), running.url, "--"]
    before = running.cpu_s()
    output = client_output([*command, *arguments], seconds + 60, {"LUA_PATH": f"{LOAD}/?.lua;;"})
    cpu_s = running.cpu_s() - before
    found = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    if found["refused"] or found["broken"] or not found["requests"]:
        raise BenchFailed(f"{running.log.stem}: {found}")
    return Requested(
        found["requests"], found["seconds"], found["p50_ms"], found["p99_ms"], max(cpu_s, 0.01) * 1e6 / found["requests"]
    )
