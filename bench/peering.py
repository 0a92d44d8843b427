"""The peers under test: what a user would build a live jam with instead, each as its documentation shows it."""

import itertools
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.processes import Running, free_port, serving
from bench.swarming import Swarm
from bench.tools import NODE_PEERS, OUT, node, program

FLOOR, BROADCAST, STRAWBERRY, MERCURIUS, MERCURIUS_JIT, YOGA, SOCKET_IO, STATIC = (
    "C, one send a client", "websockets.broadcast", "Strawberry", "mercurius", "mercurius-jit", "graphql-yoga", "Socket.IO",
    "uvicorn, finished bytes",
)  # fmt: skip
PYTHON = {BROADCAST: "broadcast", STRAWBERRY: "stock_strawberry", STATIC: "static_bytes"}
SUBSCRIPTION = '{"query":"subscription{boardEvents{ts seq ideaId title votes rank status author}}"}'
BOARD = (
    '{"query":"query B($n:Int){board(first:$n){id title summary votes rank status author commentCount createdAt score}}",'
    '"variables":{"n":20}}'
)
VOTE = (
    '{"query":"mutation V($voter:ID,$idea:ID!){castVote(voter:$voter,ideaId:$idea){ideaId votes rank}}",'
    '"variables":{"voter":"@VOTE@","idea":"@IDEA@"}}'
)
PLAIN_VOTE = (
    '{"extensions":{"vote":"@VOTE@"},"variables":{"idea":"@IDEA@"},'
    '"query":"mutation V($idea:ID!){castVote(ideaId:$idea){ideaId votes rank}}"}'
)
IDEAS = [f"64f0c2a1b2c3d4e5f6a7b8{number:02}" for number in range(20)]


@contextmanager
def peer(name: str, clients: int = 0, interval_ms: int = 0, options: Sequence[str] = ()) -> Iterator[Running]:
    """A peer that tells an event to all its subscribers at every interval, once there are so many `clients`."""
    port = free_port()
    with serving([*_command(name, port, clients, interval_ms), *options], OUT / "logs" / f"{name}.log", port) as running:
        yield running


def _command(name: str, port: int, clients: int, interval_ms: int) -> list[str]:
    numbers = [str(port), str(clients), str(interval_ms)]
    match name:
        case _ if name == FLOOR:
            return [program("rawcast"), *numbers]
        case _ if name in PYTHON:
            named = zip(("--port", "--clients", "--interval"), numbers, strict=True)
            return [sys.executable, "-m", f"bench.peers.{PYTHON[name]}", *itertools.chain.from_iterable(named)]
    script = {MERCURIUS: "mercurius", MERCURIUS_JIT: "mercurius", YOGA: "yoga", SOCKET_IO: "socketio"}[name]
    jit = ["jit"] if name == MERCURIUS_JIT else []
    return [node(), str(NODE_PEERS / f"{script}.js"), *numbers, *jit]


def following(name: str, clients: int, seconds: float) -> Swarm:
    """The swarm that follows a peer."""
    if name == SOCKET_IO:
        path = "/socket.io/?EIO=4&transport=websocket"
        return Swarm(clients=clients, seconds=seconds, dialect="socket.io", path=path, stamp='"ts":')
    return Swarm(
        clients=clients, seconds=seconds, subscribe=_subscription(), stamp='"ts":', shared_id=name in (FLOOR, BROADCAST)
    )


def _subscription() -> Path:
    path = OUT / "peer-subscribe.json"
    path.write_text(SUBSCRIPTION + "\n")
    return path


def idea_file() -> Path:
    """The peers' ideas, a line each."""
    path = OUT / "peer-ideas.txt"
    path.write_text("".join(f"{idea}\n" for idea in IDEAS))
    return path
