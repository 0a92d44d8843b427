"""A server on a thread of its own, to be asked by clients that block."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.access.sessions import Sessions
from server.app.clock import wall_clock
from server.settings import Settings
from tests.web.running import free_port, open_jam, serving

UNLIMITED = 10**9


@dataclass(frozen=True)
class Target:
    """Where the server is, and the session of a participant."""

    port: int
    session: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(data: Path) -> Iterator[Target]:
    """The server runs inside."""
    ready, made = threading.Event(), list[tuple[Target, asyncio.AbstractEventLoop, asyncio.Event]]()

    async def serve() -> None:
        over = asyncio.Event()
        settings = Settings(
            data=data, port=free_port(), theme_workers=0, votes_per_minute=UNLIMITED, posts_per_minute=UNLIMITED,
            acts_per_minute=UNLIMITED,
        )  # fmt: skip
        async with serving(settings) as server:
            await open_jam(server)
            session = await Sessions(server.vault, wall_clock, 1).begin("pada", "fuzz")
            made.append((Target(settings.port, session), asyncio.get_running_loop(), over))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="served", daemon=True)
    thread.start()
    assert ready.wait(60), "the server did not start"
    target, loop, over = made[0]
    try:
        yield target
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
