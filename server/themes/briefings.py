"""The briefings of running jams: of a small one worked out when they are asked for; of a large one in small steps while the jam
goes on, once for all who see the same, and kept for a while.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from server.jam.people import Relation, Role, Viewer
from server.jam.state import JamState
from server.themes.briefing import Briefing, CountryOf, Ground, brief, briefed

SMALL = 5_000
"""Ideas and members of a jam whose briefing takes a few milliseconds."""

SHARE = 0.05
"""Of one core, at most, goes into one briefing: what took 0.2 s is kept for 4."""

FRESH_S = 1.0
"""Kept for so long in any case, so that whoever waited for it finds it."""

Numbers = Mapping[str, Briefing]
"""By theme."""

_Key = tuple[str, Role | None, Relation | None]


@dataclass(slots=True)
class _Kept:
    """Briefings in the making, or made; `spent`: seconds of work in them so far."""

    task: asyncio.Task[Numbers]
    spent: float = 0.0
    done_at: float | None = None


class Briefings:
    """Who sees the same is told the same: nothing in a briefing is a person's own, or a circle's."""

    def __init__(self, country_of: CountryOf, clock: Callable[[], float] = time.monotonic) -> None:
        self._country_of = country_of
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}

    def of(self, state: JamState, viewer: Viewer, now: int) -> "Numbers | asyncio.Future[Numbers]":
        """The briefing of each theme, or what to wait for before asking again."""
        if len(state.ideas) + len(state.members) <= SMALL:
            return _Small(Ground(state, viewer, now, self._country_of))
        key = (state.id, viewer.role, viewer.relation)
        kept = self._kept.get(key)
        if kept is None or self._is_old(kept):
            self._forget()
            steps = briefed(Ground(state, viewer, now, self._country_of))
            kept = self._kept[key] = _Kept(asyncio.create_task(self._make(key, steps)))
        return kept.task.result() if kept.task.done() else kept.task

    async def _make(self, key: _Key, steps: Iterator[Numbers | None]) -> Numbers:
        kept = self._kept[key]
        while True:
            begun = time.perf_counter()
            numbers = next(steps)
            kept.spent += time.perf_counter() - begun
            if numbers is not None:
                kept.done_at = self._clock()
                return numbers
            await asyncio.sleep(0)

    def _is_old(self, kept: _Kept) -> bool:
        if not kept.task.done():
            return False
        if kept.done_at is None:
            return True  # it failed
        return self._clock() - kept.done_at > max(FRESH_S, kept.spent / SHARE)

    def _forget(self) -> None:
        """What nobody has asked for again in time."""
        for key in [key for key, kept in self._kept.items() if self._is_old(kept)]:
            del self._kept[key]


class _Small(Mapping[str, Briefing]):
    """Worked out theme by theme, when it is read."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def __getitem__(self, theme: str) -> Briefing:
        return brief(self._ground, self._ground.state.themes[theme])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ground.state.themes)

    def __len__(self) -> int:
        return len(self._ground.state.themes)
