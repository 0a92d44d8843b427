"""Tells the people of a jam when its phase changes: the phase itself is a function of the clock and needs nobody."""

import asyncio
from collections.abc import Callable

import structlog

from server.jam.phases import next_change
from server.jam_store import JamStore

log = structlog.get_logger()
AT_MOST_S = 1.0
"""A new schedule is noticed within this time."""


class PhaseClock:
    """Watches the schedules; calls `changed` with a jam's id right after a phase has opened."""

    def __init__(self, store: JamStore, clock: Callable[[], int], changed: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed

    async def run(self) -> None:
        phases = {state.id: state.phase(self._clock()) for state in self._store.all()}
        while True:
            await asyncio.sleep(self._pause())
            now = self._clock()
            for state in self._store.all():
                phase = state.phase(now)
                if phases.setdefault(state.id, phase) is not phase:
                    phases[state.id] = phase
                    self._tell(state.id)

    def _tell(self, jam_id: str) -> None:
        try:
            self._changed(jam_id)
        except Exception:
            log.exception("a change of phase could not be told", jam=jam_id)

    def _pause(self) -> float:
        """Seconds until the next phase of any jam opens, at most `AT_MOST_S`."""
        now = self._clock()
        changes = (next_change(state.schedule, state.published, now) for state in self._store.all())
        soonest = min((change[1] - now for change in changes if change is not None), default=int(AT_MOST_S * 1000))
        return min(AT_MOST_S, max(0.001, soonest / 1000))
