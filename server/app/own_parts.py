"""What a server is made of for people's own data: tokens of their programs, the archive, erasure."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from starlette.routing import Route

from server.access.cookies import Cookies
from server.access.limiter import Limiter
from server.access.tokens import Tokens
from server.beside import beside
from server.directory import Directory
from server.erasing.service import Erasing
from server.erasing.taken_back import TakenBack
from server.jam.state import JamState
from server.jam_store import JamStore
from server.settings import Settings
from server.vault.port import Vault
from server.web.fresh import Fresh
from server.web.own_data import OwnDataRoutes
from server.web.tokens import TokenRoutes

log = structlog.get_logger()
SMALL = 20_000
"""Events of a jam whose snapshot is made in some milliseconds."""


class Parts(Protocol):
    """The parts that these are made with."""

    store: JamStore
    vault: Vault
    directory: Directory
    erasing: Erasing
    tokens: Tokens
    limiter: Limiter
    clock: Callable[[], int]


def own_routes(parts: Parts, allowed_hosts: frozenset[str], cookies: Cookies) -> list[Route]:
    """What people do in person about their own data."""
    fresh = Fresh(parts.vault, parts.clock, allowed_hosts, cookies)
    own = OwnDataRoutes(parts.store, parts.vault, parts.directory, parts.erasing, fresh, parts.clock)
    return [*TokenRoutes(parts.tokens, fresh, parts.limiter).routes(), *own.routes()]


def erasing_of(settings: Settings, store: JamStore, vault: Vault) -> Erasing:
    """Erases people; new snapshots of large jams are made by a process of its own."""
    return Erasing(store, vault, settings.data, _saving(settings, store))


def taken_back_of(settings: Settings, store: JamStore) -> TakenBack:
    """Takes out what people took back without a name."""
    return TakenBack(store, settings.data, _saving(settings, store))


def _saving(settings: Settings, store: JamStore) -> Callable[[JamState], Awaitable[None]]:
    async def save(state: JamState) -> None:
        if state.seq <= SMALL or not await snapshot_beside(settings, state):
            await store.save_snapshot(state)

    return save


async def snapshot_beside(settings: Settings, state: JamState) -> bool:
    """Folds a jam in another process, which keeps the snapshot: votes do not wait for it. False where that failed."""
    if not await beside(settings.data)("snapshot", state.slug):
        log.error("a snapshot could not be saved; the next start takes longer", jam=state.id)
        return False
    return True
