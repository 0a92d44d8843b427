"""What a measure needs beside Python: the C programs, wrk, Node and the peers' packages. Each is made when first asked for."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from bench.processes import ROOT, BenchFailed

BENCH = ROOT / "bench"
LOAD = BENCH / "load"
OUT = BENCH / "out"
NODE_PEERS = BENCH / "peers" / "node"
PROGRAMS = {
    "swarm": ("swarm.c", "subscriber.c", "publisher.c", "histogram.c", "server.c", "lines.c"),
    "rawcast": ("rawcast.c",),
}


@cache
def program(name: str) -> str:
    """Path of one of our C programs, compiled if it is older than any source."""
    made = OUT / "bin" / name
    newest = max(source.stat().st_mtime for source in LOAD.glob("*.[ch]"))
    if not made.exists() or made.stat().st_mtime < newest:
        made.parent.mkdir(parents=True, exist_ok=True)
        sources = [str(LOAD / source) for source in PROGRAMS[name]]
        _run([_found("cc", "apt-get install gcc"), "-O2", "-Wall", "-Wextra", "-std=gnu11", "-o", str(made), *sources])
    return str(made)


@cache
def library(name: str) -> str:
    """Path of one of our C files as a library to be preloaded, compiled if it is older than its source."""
    made, source = OUT / "bin" / f"{name}.so", LOAD / f"{name}.c"
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        made.parent.mkdir(parents=True, exist_ok=True)
        compiler = _found("cc", "apt-get install gcc")
        _run([compiler, "-O2", "-Wall", "-Wextra", "-std=gnu11", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"])
    return str(made)


@cache
def wrk() -> str:
    """Path of wrk."""
    return _found("wrk", "apt-get install wrk")


@cache
def node() -> str:
    """Path of Node, with the packages of its peers in place."""
    found = _found("node", "apt-get install nodejs npm")
    lock, installed = NODE_PEERS / "package-lock.json", NODE_PEERS / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([_found("npm", "apt-get install npm"), "ci"], NODE_PEERS, _headers_beside(Path(found)))
    return found


def _headers_beside(node: Path) -> dict[str, str]:
    """better-sqlite3 is compiled where its ready-made binary can't be had: with the headers that came with Node."""
    prefix = node.resolve().parents[1]
    return {"npm_config_nodedir": str(prefix)} if (prefix / "include/node/node.h").exists() else {}


def _found(name: str, how: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BenchFailed(f"{name} is missing: {how}")
    return found


def _run(command: list[str], where: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=where, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchFailed(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
