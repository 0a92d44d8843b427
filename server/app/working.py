"""All that goes on in the background of a server."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from server.app.doorkeeping import RestrictionClock
from server.app.own_parts import snapshot_beside, taken_back_of
from server.app.parts import Parts
from server.app.phases import PhaseClock
from server.app.supervising import Work
from server.collecting import Collector
from server.metrics.lag import watch_the_loop

log = structlog.get_logger()
SNAPSHOT_EVERY_S = 60.0
SWEEP_EVERY_S = 3_600.0


def work_of(parts: Parts) -> list[Work]:
    """All that goes on in the background."""
    return [
        Work("live updates", parts.hub.run, is_vital=True),
        Work("ended sessions", parts.hub.watch_sessions, is_vital=True),
        Work("invitation mails", parts.inviting.outbox.run),
        Work("themes", parts.themes.run),
        Work("opinions", parts.opinions.run),
        Work("what was seen", parts.seen.run),
        Work("changed names", parts.directory.run),
        Work("names to be found by", parts.directory.sort_in),
        Work("words to be found by", lambda: parts.search.load(parts.store.all())),
        Work("erasures", parts.erasing.run),
        Work("visits", parts.visits.run),
        Work("what other workers have", parts.exchange.run),
        Work("leases", parts.leasing.run),
        Work("minors", parts.minors.run),
        Work("trusted documents", parts.trusted.run),
        Work("pressure", parts.overload.control.run),
        Work("what waits in the vault", parts.overload.kept.run),
        Work("how the workers are", parts.operations.run),
        Work("the lag of the loop", lambda: watch_the_loop(parts.measuring.meters.lag)),
        Work("garbage", Collector(lambda: sum(state.seq for state in parts.store.all()) + parts.hub.counters.opened).run),
        Work("ends of restrictions", RestrictionClock(parts.store, parts.clock).run),
        Work("phases", PhaseClock(parts.store, parts.clock, parts.hub.nudge).run),
        *(_housekeeping(parts) if parts.settings.worker == 0 else ()),
    ]


def _housekeeping(parts: Parts) -> list[Work]:
    """What one worker of a machine does for all of them."""
    return [
        Work("texts taken back", taken_back_of(parts.settings, parts.store).run),
        Work("webhooks", parts.hooks.outgoing.run),
        Work("digests", parts.digests.run),
        Work("pushes", parts.pushes.outgoing.run),
        Work("snapshots", lambda: _every(SNAPSHOT_EVERY_S, _save_snapshots, parts)),
        Work("sweeping", lambda: _every(SWEEP_EVERY_S, _sweep, parts)),
    ]


async def _save_snapshots(parts: Parts) -> None:
    """By a process of its own, which folds what this one has in memory: votes do not wait for it."""
    for state in parts.store.due_for_snapshot():
        await snapshot_beside(parts.settings, state)


async def _sweep(parts: Parts) -> None:
    await parts.vault.sweep(parts.clock())
    await parts.exchange.sweep()
    await parts.leasing.leases.sweep()


async def _every(seconds: float, act: Callable[[Parts], Coroutine[Any, Any, None]], parts: Parts) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await act(parts)
        except Exception:
            log.exception("background work failed; it is tried again later", work=act.__name__)
