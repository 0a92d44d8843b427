"""Builds a whole server from its settings."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from server.access.magic_link import MagicLinks
from server.app.clock_memory import remembered
from server.app.overload_parts import OverloadParts
from server.app.parts import Parts
from server.app.routes import app_of
from server.app.working import work_of
from server.directory import Directory
from server.jam_store import JamStore
from server.journal.port import Journal
from server.leasing.turns import turns_in
from server.live.hub import Hub
from server.opinions.service import OpinionService
from server.settings import Settings
from server.stores import open_stores
from server.themes.service import ThemeService
from server.vault.port import Vault

TURNS = "turns"
"""The folder of the files by which workers of one machine take turns."""


@dataclass(frozen=True, slots=True)
class Server:
    """A built server: its ASGI application, and the parts that commands and tests need."""

    app: ASGIApp
    store: JamStore
    vault: Vault
    journal: Journal
    links: MagicLinks
    themes: ThemeService
    opinions: OpinionService
    directory: Directory
    hub: Hub
    overload: OverloadParts
    settings: Settings
    clock: Callable[[], int]


@asynccontextmanager
async def build(settings: Settings, clock: Callable[[], int] | None = None) -> AsyncGenerator[Server, None]:
    """A running server, all but its socket. At the end everything waiting is answered, and the stores are closed."""
    async with AsyncExitStack() as stack:
        if clock is None:
            clock = await stack.enter_async_context(remembered(settings.data))
        journal, vault = await stack.enter_async_context(open_stores(settings))
        store = await JamStore.open(journal, clock, follow=True, turns_of=turns_in(settings.data / TURNS))
        stack.push_async_callback(store.close)
        parts = Parts(settings, clock, journal, vault, store)
        await parts.load()
        stack.push_async_callback(parts.leasing.close)
        stack.push_async_callback(parts.themes.stop)
        stack.push_async_callback(parts.links.settled)
        stack.push_async_callback(parts.hooks.outgoing.close)
        stack.push_async_callback(parts.pushes.outgoing.close)
        stack.push_async_callback(parts.erasing.settled)
        stack.push_async_callback(parts.visits.close)
        stack.push_async_callback(parts.exchange.close)
        stack.push_async_callback(parts.seen.flush)
        if parts.tracing is not None:
            stack.push_async_callback(parts.tracing.close)
        stack.push_async_callback(parts.sessions.settled)
        await stack.enter_async_context(parts.supervisor.running(work_of(parts)))
        yield _server(parts)


def _server(parts: Parts) -> Server:
    return Server(
        app=app_of(parts),
        store=parts.store,
        vault=parts.vault,
        journal=parts.journal,
        links=parts.links,
        themes=parts.themes,
        opinions=parts.opinions,
        directory=parts.directory,
        hub=parts.hub,
        overload=parts.overload,
        settings=parts.settings,
        clock=parts.clock,
    )
