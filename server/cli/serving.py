"""`hothouse serve`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from server.app.build import Server, build
from server.app.trusted import DocumentsUnusable
from server.cli.options import CommandFailed, Data, out, run, settings_with
from server.cli.settling import settle
from server.cli.welcome import ensure_organizer, offer_sample, play, sample_links
from server.settings import Settings


def serve(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (HOTHOUSE_PORT, else 8000).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOTHOUSE_HOST, else 127.0.0.1).")] = None,
    development: Annotated[bool, typer.Option("--development", help="Print sign-in links, serve GraphiQL.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="On an empty store, load the sample jam.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Play the sample jam on, as if people were there.")] = False,
) -> None:
    """Serve the jams of a store."""
    settings = settings_with(data, port=port, host=host, development=development or None)
    run(_started(settings, sample or live, live))


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


async def _started(settings: Settings, sample: bool, live: bool) -> None:
    try:
        await _serve(settings, sample, live)
    except DocumentsUnusable as unusable:
        raise CommandFailed(str(unusable)) from unusable


async def _serve(settings: Settings, sample: bool, live: bool) -> None:
    async with build(settings) as server:
        await _welcome(server, sample)
        settle()
        web = WebServer(_config(server, settings))
        if live:
            async with play(server):
                await web.serve()
        else:
            await web.serve()


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
        log_level="warning",
        access_log=False,
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
