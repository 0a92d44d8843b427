"""The theme map in columns: what 46,000 points need, made in slices and kept for a moment for everybody of a class.

A page follows the changes after `seq`, so that columns a few seconds old are as good as new ones.
"""

import asyncio
import time
from array import array
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from server.jam.entities import Idea
from server.jam.people import Viewer
from server.jam.state import JamState

_SLICE = 500
_WHOLE = 65_535
FRESH_S = 2.0


@dataclass(slots=True)
class Columns:
    """Points in order of posting, complete up to event `seq`. x, y: 0 to 65,535 from side to side. themes, subthemes: 1 + a
    place in `theme_ids`, 0 for none. posted: seconds since `origin` (ms). languages: a place in `language_codes`. Numbers are
    little-endian on every machine that Hothouse runs on. titles: one a line."""

    seq: int
    origin: int
    ids: list[str] = field(default_factory=list)
    x: "array[int]" = field(default_factory=lambda: array("H"))
    y: "array[int]" = field(default_factory=lambda: array("H"))
    themes: "array[int]" = field(default_factory=lambda: array("H"))
    subthemes: "array[int]" = field(default_factory=lambda: array("H"))
    supports: "array[int]" = field(default_factory=lambda: array("I"))
    posted: "array[int]" = field(default_factory=lambda: array("I"))
    languages: "array[int]" = field(default_factory=lambda: array("B"))
    theme_ids: dict[str, int] = field(default_factory=dict)
    language_codes: dict[str, int] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)


async def collect(state: JamState, viewer: Viewer, with_titles: bool) -> Columns:
    """Listed ideas that have a place and that the viewer may see; a circle's have none on a map for all."""
    made = Columns(state.seq, state.created_at)
    last = len(state.ideas)
    for start in range(0, last, _SLICE):
        for idea in state.ideas[start : min(last, start + _SLICE)]:
            if idea.x is not None and idea.is_listed and idea.reach.circle is None and state.sees_idea(viewer, idea):
                _add(made, idea, with_titles)
        await asyncio.sleep(0)
    return made


def _add(made: Columns, idea: Idea, with_titles: bool) -> None:
    themes, codes = made.theme_ids, made.language_codes
    made.ids.append(idea.id)
    made.x.append(_place(idea.x))
    made.y.append(_place(idea.y))
    made.themes.append(0 if idea.theme is None else themes.setdefault(idea.theme, len(themes) + 1))
    made.subthemes.append(0 if idea.subtheme is None else themes.setdefault(idea.subtheme, len(themes) + 1))
    made.supports.append(idea.support)
    made.posted.append(max(0, (idea.posted_at - made.origin) // 1000))
    made.languages.append(min(255, codes.setdefault(idea.language, len(codes))))
    if with_titles:
        made.titles.append(idea.title.replace("\n", " "))


def _place(side: float | None) -> int:
    return round(_WHOLE * min(1.0, max(0.0, side or 0.0)))


class MapColumns:
    """Keeps the columns of each jam and visibility class for `FRESH_S` seconds; made once however many ask meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, asyncio.Task[Columns]]] = {}

    async def of(self, state: JamState, viewer: Viewer, with_titles: bool) -> Columns:
        """The columns for the viewer's class: never older than `FRESH_S` when they began to be made."""
        key = (state.id, viewer.visibility, with_titles)
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept[0] > FRESH_S or _failed(kept[1]):
            self._forget()
            kept = self._kept[key] = (self._clock(), asyncio.create_task(collect(state, viewer, with_titles)))
        return await asyncio.shield(kept[1])

    def _forget(self) -> None:
        """What nobody has asked for again in time."""
        for key in [key for key, (at, task) in self._kept.items() if task.done() and self._clock() - at > FRESH_S]:
            del self._kept[key]


def _failed(task: asyncio.Task[Columns]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
