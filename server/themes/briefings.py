"""The briefings of running jams: of a small one worked out when they are asked for; of a large one in small steps while the jam
goes on, once for all who see the same, and kept for a while.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping

from server.counting import Counts
from server.jam.people import Viewer
from server.jam.state import JamState
from server.themes.briefing import Briefing, CountryOf, Ground, brief, briefed

SMALL = 5_000
"""Ideas and members of a jam whose briefing takes a few milliseconds."""

FRESH_S = 1.0
"""Kept for so long in any case, so that whoever waited for it finds it."""

Numbers = Mapping[str, Briefing]
"""By theme."""


class Briefings:
    """Who sees the same is told the same: nothing in a briefing is a person's own, or a circle's."""

    def __init__(self, country_of: CountryOf, clock: Callable[[], float] = time.monotonic) -> None:
        self._country_of = country_of
        self._counts: Counts[Numbers] = Counts(FRESH_S, clock)

    def of(self, state: JamState, viewer: Viewer, now: int) -> "Numbers | asyncio.Future[Numbers]":
        """The briefing of each theme, or what to wait for before asking again."""
        if len(state.ideas) + len(state.members) <= SMALL:
            return _Small(Ground(state, viewer, now, self._country_of))
        key = (state.id, viewer.role, viewer.relation)
        task = self._counts.of(key, lambda: briefed(Ground(state, viewer, now, self._country_of)))
        return task.result() if task.done() else task


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
