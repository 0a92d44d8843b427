"""What a server is made of for the hour in which there is more to do than can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random
from secrets import token_bytes
from typing import Protocol

from starlette.requests import HTTPConnection

from server.access.cookies import Cookies
from server.access.magic_link import MOST_SENDING, MagicLinks
from server.access.sessions import Sessions
from server.api.doorway import MOST_AT_DOOR, Doorway
from server.app.seen import MOST_SEEN, SeenCounter
from server.command_handler import MOST_WAITING
from server.jam_store import JamStore
from server.live.hub import Hub
from server.live.pacing import Pacing
from server.live.ports import Caller
from server.overload.control import Overload
from server.overload.doors import Doors
from server.overload.figures import OverloadCollector
from server.overload.gate import WriteGate
from server.overload.levels import Level, Pace
from server.overload.measuring import Gauges, memory_limit
from server.overload.pressure import Thresholds
from server.overload.queues import Kept, Queue
from server.overload.room import MOST_WAITING as MOST_IN_ROOM
from server.overload.room import Room
from server.overload.staff import Staff
from server.overload.window import MOST as MOST_IN_HAND
from server.settings import Settings
from server.themes.service import MOST_ASKING, ThemeService
from server.vault.port import Vault, VaultUnavailable
from server.visits import MOST_STEPS, Visits

SECRET = "waiting room"
SECRET_BYTES = 32


class Parts(Protocol):
    """The parts that doors are made with, and that have queues."""

    settings: Settings
    clock: Callable[[], int]
    vault: Vault
    store: JamStore
    sessions: Sessions
    links: MagicLinks
    themes: ThemeService
    seen: SeenCounter
    visits: Visits
    overload: "OverloadParts"


@dataclass(frozen=True, slots=True)
class OverloadParts:
    """`pacing` is set here and read by the live transport, `doorway` asked by the protocol that takes connections."""

    control: Overload
    pacing: Pacing
    doorway: Doorway
    room: Room
    kept: Kept


def overload_parts(settings: Settings, store: JamStore, vault: Vault, hub: Callable[[], Hub]) -> OverloadParts:
    """The admission of one worker."""
    pacing = Pacing()
    gauges = Gauges(
        meters=lambda: store.meters.values(),
        waiting=lambda: store.waiting,
        connections=lambda: hub().counters.connections,
        most_connections=settings.connections,
        most_bytes=memory_limit(settings.memory_mb, settings.workers),
    )

    def slow_down(level: Level, pace: Pace) -> None:
        pacing.tick_factor, pacing.here_seconds, pacing.theme_seconds = pace.tick_factor, pace.here_s, pace.themes_s
        hub().pace_changed()

    control = Overload(
        gauges,
        Thresholds.from_first(settings.busy_lag_ms, settings.busy_waiting, settings.busy_commit_ms),
        WriteGate(settings.write_wait_ms, random),
        Staff(store),
        slow_down,
        is_on=settings.overload,
    )
    store.watch(control.staff.watch)
    store.on_erasure(control.staff.forget)
    return OverloadParts(control, pacing, Doorway(), Room(settings.workers), Kept(vault))


def queues_of(parts: Parts) -> list[Queue]:
    """Every queue of a worker. A new one belongs here; `tests/overload/test_queues.py` finds those that do not stand here."""
    store, overload, kept = parts.store, parts.overload, parts.overload.kept
    return [
        Queue("commands", lambda: max(map(store.waiting_of, store.meters), default=0), MOST_WAITING),
        Queue("writes", lambda: overload.control.gate.in_hand, MOST_IN_HAND),
        Queue("newcomers", lambda: len(overload.doorway), MOST_AT_DOOR),
        Queue("waiting_room", lambda: overload.room.waiting, MOST_IN_ROOM),
        Queue("seen", lambda: len(parts.seen), MOST_SEEN),
        Queue("visits", lambda: len(parts.visits), MOST_STEPS),
        Queue("sign_in_mails", lambda: parts.links.sending, MOST_SENDING),
        Queue("similar_ideas", lambda: parts.themes.asking, MOST_ASKING),
        Queue("theme_backlog", lambda: sum(parts.themes.backlog_here(state.id) for state in store.all())),
        Queue("invitation_mails", lambda: kept.found.mails),
        Queue("webhooks", lambda: kept.found.webhooks),
        Queue("dead_webhooks", lambda: kept.found.dead_webhooks),
        Queue("pushes", lambda: kept.found.pushes),
    ]


def figures_of(parts: Parts) -> OverloadCollector:
    """What /metrics says of pressure and queues."""
    return OverloadCollector(parts.overload.control, parts.overload.room, queues_of(parts))


def doors_of(parts: Parts, policy: Callable[[str], str]) -> Doors:
    """The doors of one worker. Without a vault its tickets are good here alone, and no longer than it runs."""
    own = token_bytes(SECRET_BYTES)

    async def key() -> bytes:
        try:
            return await parts.vault.shared_secret(SECRET, own)
        except VaultUnavailable:
            return own

    async def caller(connection: HTTPConnection) -> Caller | None:
        try:
            return await parts.sessions.caller(connection, None)
        except VaultUnavailable:
            return None

    cookies = Cookies.of(parts.settings.url)
    return Doors(parts.overload.control, parts.overload.room, key, cookies, caller, policy, parts.clock)
