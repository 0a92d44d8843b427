"""What a server is made of for the hour in which there is more to do than can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random
from secrets import token_bytes
from typing import Protocol

from starlette.requests import HTTPConnection

from server.access.cookies import Cookies
from server.access.sessions import Sessions
from server.jam_store import JamStore
from server.live.hub import Hub
from server.live.pacing import Pacing
from server.live.ports import Caller
from server.overload.control import Overload
from server.overload.doors import Doors
from server.overload.gate import WriteGate
from server.overload.levels import Level, Pace
from server.overload.measuring import Gauges, memory_limit
from server.overload.pressure import Thresholds
from server.overload.room import Room
from server.overload.staff import Staff
from server.settings import Settings
from server.vault.port import Vault, VaultUnavailable

SECRET = "waiting room"
SECRET_BYTES = 32


class Parts(Protocol):
    """The parts that doors are made with."""

    settings: Settings
    clock: Callable[[], int]
    vault: Vault
    sessions: Sessions
    overload: "OverloadParts"


@dataclass(frozen=True, slots=True)
class OverloadParts:
    """`pacing` is set here and read by the live transport."""

    control: Overload
    pacing: Pacing
    room: Room


def overload_parts(settings: Settings, store: JamStore, hub: Callable[[], Hub]) -> OverloadParts:
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
    return OverloadParts(control, pacing, Room(settings.workers))


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
