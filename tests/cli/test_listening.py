"""How newcomers are let in while the loop is busy with those who are there."""

import asyncio
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import uvloop

from server.app.workers import bound
from server.cli.serving import ACCEPTED_AT_ONCE, listeners
from tests.patience import PATIENCE_S

NEWCOMERS = 3 * ACCEPTED_AT_ONCE


async def turns_until_all_are_in() -> int:
    """Turns of the loop that it takes to accept those who stand in the kernel's queue."""
    loop, here = asyncio.get_running_loop(), set[asyncio.BaseProtocol]()

    class Newcomer(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            here.add(self)

    first = bound("127.0.0.1", 0)
    servers = [await loop.create_server(Newcomer, sock=one) for one in listeners(first)]
    with ExitStack() as stack:
        for _ in range(NEWCOMERS):
            stack.enter_context(closing(socket.create_connection(first.getsockname())))
        turns = 0
        while len(here) < NEWCOMERS:
            turns += 1
            await asyncio.sleep(0)
    for server in servers:
        server.close()
    return turns


def test_many_come_in_at_each_turn_of_the_loop() -> None:
    assert uvloop.run(turns_until_all_are_in()) < NEWCOMERS / 4


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_named(tmp_path: Path, workers: str) -> None:
    with closing(bound("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        options = ["--data", str(tmp_path), "--port", port, "--workers", workers]
        ended = subprocess.run(
            [sys.executable, "-m", "server", "serve", *options], capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert ended.returncode == 1
    assert (
        ended.stderr.strip()
        == f"Can't listen on 127.0.0.1, port {port}: Address already in use. Choose another with --port or --host."
    )
    assert "Serving" not in ended.stdout
