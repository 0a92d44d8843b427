"""Servers under test as processes of their own, on one CPU, with what they used read from /proc."""

import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CPU, CLIENT_CPU = 0, 1
READY_WITHIN_S = 300.0
END_WITHIN_S = 20.0
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[1]


class BenchFailed(Exception):
    """A measure can't be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens on `port` of the loopback address; `began` is when its process was made (monotonic seconds)."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    began: float

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        """Where its GraphQL is."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def cpu_s(self) -> float:
        """CPU seconds used so far, by it and its descendants; steps of 10 ms."""
        return sum(map(_cpu_s, family(self.pid)))

    def peak_mb(self) -> float:
        """The most memory that was resident at once, in MB, descendants included."""
        return sum(_status_kb(pid, "VmHWM") for pid in family(self.pid)) / 1024


def family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from family(int(child))


def _cpu_s(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS
    return 0.0


def _status_kb(pid: int, name: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def allow_files() -> None:
    """Thousands of connections need as many open files."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpus(wanted: int) -> set[int]:
    """The CPU with this number among those we may use; all of them where there are not as many."""
    ours = sorted(os.sched_getaffinity(0))
    return {ours[wanted]} if wanted < len(ours) else set(ours)


@contextmanager
def serving(
    command: Sequence[str], log: Path, port: int, environment: Mapping[str, str] | None = None, ready: str = ""
) -> Iterator[Running]:
    """A server on the servers' CPU, listening; ended by its pid at the end. With `ready`, that path must answer 200."""
    log.parent.mkdir(parents=True, exist_ok=True)
    ours = cpus(SERVER_CPU)
    variables = {**os.environ, "NODE_ENV": "production", **(environment or {})}
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=output, stderr=output, preexec_fn=lambda: os.sched_setaffinity(0, ours)
        )
    try:
        running = Running(process, port, log, began)
        _wait_until_ready(running, ready)
        yield running
    finally:
        _end(process)


def _wait_until_ready(running: Running, ready: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while not _is_ready(running.port, ready):
        if running.process.poll() is not None:
            raise BenchFailed(f"the server ended with {running.process.returncode}; see bench/out/logs/{running.log.name}")
        if time.monotonic() > until:
            raise BenchFailed(f"the server was not ready within {READY_WITHIN_S:.0f} s; see bench/out/logs/{running.log.name}")
        time.sleep(0.02)


def _is_ready(port: int, path: str) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        if not path:
            return True
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return connection.recv(64).startswith(b"HTTP/1.1 200")
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def client_output(command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> str:
    """What a client on the clients' CPU prints; it is ended after `seconds`. Raises `BenchFailed`."""
    theirs, name = cpus(CLIENT_CPU), Path(command[0]).name
    try:
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=seconds,
            check=False, preexec_fn=lambda: os.sched_setaffinity(0, theirs),
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise BenchFailed(f"{name} did not end within {seconds:.0f} s") from late
    if not done.stdout.strip():
        raise BenchFailed(f"{name} said nothing but: {done.stderr[-2000:]}")
    if done.stderr.strip():
        raise BenchFailed(f"{name} complained: {done.stderr[-2000:]}\n{done.stdout[-2000:]}")
    return done.stdout
