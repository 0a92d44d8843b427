"""A MongoDB for the tests: the one at MONGO_URL, or SecantusDB as a child process (GPL: never imported)."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0


@contextmanager
def mongo_server(folder: Path, *options: str) -> Iterator[str]:
    """Yield the URL of a server: MONGO_URL as it is, else a child that keeps its data in `folder` and ends with us."""
    if url := os.environ.get("MONGO_URL"):
        yield url
        return
    with secantus(folder, free_port(), *options) as child:
        yield child


@contextmanager
def secantus(folder: Path, port: int, *options: str) -> Iterator[str]:
    """Yield the URL of a SecantusDB on 127.0.0.1 that syncs each commit."""
    command = [sys.executable, "-m", "secantus", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--storage-path", str(folder), "--sync-on-commit", "--log-level", "ERROR", *options]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder.parent, stdout=log, stderr=log)
        try:
            wait_for_port(port, child)
            yield f"mongodb://127.0.0.1:{port}/"
        finally:
            stop(child)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, child: "subprocess.Popen[bytes]") -> None:
    """Return once the child accepts connections; raise if it ends or takes longer than START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the MongoDB child ended with {child.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the MongoDB child did not listen in time")


def stop(child: "subprocess.Popen[bytes]") -> None:
    """End the child, by force if it does not go."""
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
