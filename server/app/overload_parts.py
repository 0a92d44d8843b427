"""What a server is made of for the hour in which there is more to do than can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random

from server.jam_store import JamStore
from server.live.hub import Hub
from server.live.pacing import Pacing
from server.overload.control import Overload
from server.overload.gate import WriteGate
from server.overload.levels import Level, Pace
from server.overload.measuring import Gauges, memory_limit
from server.overload.pressure import Thresholds
from server.overload.room import Room
from server.overload.staff import Staff
from server.settings import Settings


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
