"""`hothouse serve`: one process, or several workers behind one socket."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from server import logs
from server.app.build import Server, build
from server.app.trusted import DocumentsUnusable
from server.app.workers import BACKLOG, Workers, bound, serve_until_parent_gone, supervise
from server.cli.options import CommandFailed, Data, out, run, settings_with
from server.cli.settling import hurry, settle
from server.cli.welcome import ensure_organizer, offer_sample, play, sample_links
from server.preparing.report import StoreRefused
from server.settings import Settings
from server.stores import require_set_up

ACCEPTED_AT_ONCE = 32
"""libuv takes one connection from a listening socket in each turn of the loop. While thousands have something to say, turns are
long, and newcomers would stand in the kernel's queue for half a minute: so the socket is listened to as often as this.
"""


def serve(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (HOTHOUSE_PORT, else 8000).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOTHOUSE_HOST, else 127.0.0.1).")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer (HOTHOUSE_WORKERS, else 1).")] = None,
    development: Annotated[bool, typer.Option("--development", help="Print sign-in links, serve GraphiQL.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="On an empty store, load the sample jam.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Play the sample jam on, as if people were there.")] = False,
    worker: Annotated[str | None, typer.Option(hidden=True, help="place:listening:line, of a worker.")] = None,
) -> None:
    """Serve the jams of a store. With several workers, SIGHUP replaces them one by one and nobody is turned away."""
    place, *sockets = map(int, worker.split(":")) if worker is not None else (0,)
    settings = settings_with(data, port=port, host=host, workers=workers, worker=place, development=development or None)
    logs.configure(settings.development)
    if sockets:
        run(_explained(_work(settings, sample, *map(_inherited, sockets))))
        return
    run(_explained(require_set_up(settings)))
    if settings.workers > 1:
        if live:
            raise typer.BadParameter("--live plays in one process: leave --workers out.")
        run(_supervised(settings, sample))
    else:
        run(_explained(_serve(settings, sample or live, live)))


class WebServer(uvicorn.Server):
    """Returns when it is told to end: uvicorn would raise the signal again, and the stores would never be closed in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def end(self) -> None:
        """Finish what is in hand, and return."""
        self.should_exit = True


async def _explained(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except (DocumentsUnusable, StoreRefused) as unusable:
        raise CommandFailed(str(unusable)) from unusable


async def _serve(settings: Settings, sample: bool, live: bool) -> None:
    hurry()
    async with build(settings) as server:
        listening = listeners(_bound(settings))
        await _welcome(server, sample)
        settle()
        web = WebServer(_config(server, settings))
        if live:
            async with play(server):
                await web.serve(listening)
        else:
            await web.serve(listening)


# ------------------------------------------------------------------------------------------------------------------ workers
async def _supervised(settings: Settings, sample: bool) -> None:
    """The parent: it holds the socket and watches the workers."""
    listening = _bound(settings)
    try:
        is_well = await supervise(Workers(settings.workers, listening, partial(_command, settings, sample)))
    finally:
        listening.close()
    if not is_well:
        raise CommandFailed("No worker could start: see above why.")


def _command(settings: Settings, sample: bool, place: int, listening: int, line: int) -> Sequence[str]:
    """How a worker is begun: by the settings of its parent."""
    command = [sys.executable, "-m", "server", "serve", "--worker", f"{place}:{listening}:{line}"]
    command += ["--data", str(settings.data), "--host", settings.host, "--port", str(settings.port)]
    return command + ["--development"] * settings.development + ["--sample"] * sample


def _inherited(descriptor: int) -> socket.socket:
    inherited = socket.socket(fileno=descriptor)
    inherited.setblocking(False)
    return inherited


async def _work(settings: Settings, sample: bool, listening: socket.socket, line: socket.socket) -> None:
    """A worker. The first of them prepares the store, and says where it serves."""
    hurry()
    async with build(settings) as server:
        if settings.worker == 0:
            await _welcome(server, sample)
        settle()
        web = WebServer(_config(server, settings))
        async with _tied(web, line):
            await web.serve(listeners(listening))


def _bound(settings: Settings) -> socket.socket:
    try:
        return bound(settings.host, settings.port)
    except OSError as failed:
        where = f"{settings.host}, port {settings.port}"
        raise CommandFailed(f"Can't listen on {where}: {failed.strerror}. Choose another with --port or --host.") from failed


def listeners(listening: socket.socket) -> list[socket.socket]:
    """The listening socket, as many times as connections are to be taken from it in a turn of the loop."""
    return [listening, *(listening.dup() for _ in range(1, ACCEPTED_AT_ONCE))]


@asynccontextmanager
async def _tied(web: WebServer, line: socket.socket) -> AsyncGenerator[None, None]:
    """Says to the parent that this worker serves, once it does, and ends it when the parent is gone."""
    tied = asyncio.create_task(_tell_and_wait(web, line))
    try:
        yield
    finally:
        tied.cancel()
        await asyncio.gather(tied, return_exceptions=True)
        line.close()


async def _tell_and_wait(web: WebServer, line: socket.socket) -> None:
    while not web.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    await serve_until_parent_gone(line, web.end)


def _config(server: Server, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        server.app,
        host=settings.host,
        port=settings.port,
        http="server.api.wire:Protocol",
        ws="server.live.wire:Protocol",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
    )


async def _welcome(server: Server, sample: bool) -> None:
    lines: list[str] = [f"Serving on [bold]{server.settings.url}[/bold], store in {_place(server.settings)}"]
    if sample:
        await offer_sample(server)
    lines += await ensure_organizer(server)
    if server.settings.development:
        lines += await sample_links(server)
    out.rule("Hothouse", align="left")
    out.print("\n".join(lines), soft_wrap=True, highlight=False)
    out.rule()


def _place(settings: Settings) -> Any:
    return "MongoDB" if settings.mongo_url else Path(settings.data)
