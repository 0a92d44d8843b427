"""The themes of one jam, kept live: new ideas are placed as they come, and all are grouped anew when enough has changed."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from server.jam import commands as c
from server.jam import events, ids
from server.jam.entities import Idea
from server.jam.rejections import Conflict, Rejection, Unavailable
from server.jam.state import JamState
from server.jam.theme_proposals import edited_themes, settled_themes
from server.themes import processes
from server.themes.edits import edits_of, survivor
from server.themes.foreseeing import foreseen
from server.themes.items import belongs, item_of, key_of, notes_of, pack, packed_items, text_of
from server.themes.messages import Grouping, Loaded, NotLoaded, Placed, Request
from server.themes.pools import Pool, WorkerDied
from server.themes.rhythm import Rhythm

if TYPE_CHECKING:
    from server.themes.service import Store, ThemeSettings

log = structlog.get_logger()

_AT_ONCE = 4
_BULK = 64
_PIECE = 32
_PIECE_FOR_A_CLUSTER = 512
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 30.0
_PROGRESS_EVERY_S = 5.0
_REST_S = 1.0
_UNSURE_S = 0.1

_THEME_EDITS = (
    events.ThemeRenamed,
    events.ThemesMerged,
    events.ThemeSplit,
    events.ThemeRetired,
    events.IdeaPinnedToTheme,
    events.IdeaExcludedFromTheme,
)
_RESHAPING = (events.ThemesMerged, events.ThemeSplit, events.ThemeRetired)
_NEW_TEXT = (events.IdeaPosted, events.IdeaEdited)
_OTHER_CHANGE = (
    events.IdeaHidden,
    events.IdeaRestored,
    events.IdeaRemoved,
    events.IdeaWithdrawn,
    events.IdeaMerged,
    events.IdeaUnmerged,
    events.IdeaMoved,
)


class JamThemes:
    """Follows one jam. What waits is kept by id, each idea once, so that it can't outgrow the jam.

    Who leads the jam (`is_leader`) also records where ideas belong, and groups them; `may_record` says whether it may still
    believe that it leads at this moment. Others only have the quick process know the jam, for what people ask of it.
    """

    def __init__(
        self,
        store: "Store",
        state: JamState,
        settings: "ThemeSettings",
        quick: Pool,
        slow: Pool,
        is_leader: bool = True,
        may_record: Callable[[], bool] = lambda: True,
    ) -> None:
        self.is_leader = is_leader
        self._may_record = may_record
        self._store = store
        self._state = state
        self._settings = settings
        self._quick = quick
        self._slow = slow
        self._rhythm = Rhythm(settings.first_at, settings.regroup_after, settings.regroup_minutes, time.monotonic())
        self._members = {idea.id for idea in state.ideas if belongs(idea)}
        self._waiting: dict[str, bool] = {}
        self._gone: dict[str, None] = {}
        self._grouped: frozenset[str] | None = None
        self._stale = False
        self._loaded_in = 0
        self._own_run: str | None = None
        self._is_bulk = False
        self._wake = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self._told_at = 0.0

    @property
    def backlog(self) -> int:
        """Ideas for everyone that wait for their place: everybody may read the number."""
        ideas = (self._state.idea(id) for id in self._waiting)
        return sum(1 for idea in ideas if idea is not None and idea.reach.is_public)

    @property
    def _piece(self) -> int:
        """How many texts a process is given at once; it deals them on to a cluster's workers, if there is one."""
        return _PIECE_FOR_A_CLUSTER if self._settings.dask else _PIECE

    @property
    def is_loaded(self) -> bool:
        """Whether the quick process that runs now knows this jam."""
        return self._loaded_in == self._quick.generation

    @property
    def is_grouping(self) -> bool:
        return self._run is not None and not self._run.done()

    # -------------------------------------------------------------------------------------------------------- noticing
    def take(self, state: JamState, applied: Iterable[events.Event]) -> None:
        """Notes what a record changed; takes no time, whatever the processes do."""
        self._state = state
        for event in applied:
            match event:
                case events.IdeaSupported() | events.SupportWithdrawn():
                    pass
                case events.TopicChanged():
                    self._touch_all(idea for idea in state.ideas if idea.topic == event.topic)
                case events.ThemesGrouped():
                    self._note_run(event)
                case _ if isinstance(event, _NEW_TEXT):
                    self._touch(state.ideas[state.idea_numbers[event.idea]], is_new_text=True)
                case _ if isinstance(event, _OTHER_CHANGE):
                    self._touch(state.ideas[state.idea_numbers[event.idea]])
                case _ if isinstance(event, _THEME_EDITS):
                    self._note_edit(event)
                case events.ThemeWordsWithdrawn():
                    self.ask()
                case events.ThemePolicySet():
                    self._rhythm.reshaped(time.monotonic())
                case _:
                    pass

    def ask(self) -> None:
        """A full grouping as soon as possible."""
        self._rhythm.asked = True
        self._wake.set()

    def _note_edit(self, event: events.Event) -> None:
        self._rhythm.changed += 1
        if isinstance(event, _RESHAPING):
            self._stale = True
            self._rhythm.reshaped(time.monotonic())

    def _note_run(self, event: events.ThemesGrouped) -> None:
        """A run of this server or of another that serves the same jam: who recorded the last one goes on making them."""
        self._grouped, self._stale = frozenset(placement[0] for placement in event.placements), True
        self._rhythm.is_elsewhere = event.run != self._own_run
        if self._rhythm.is_elsewhere:
            self._rhythm.started(time.monotonic())

    def _touch_all(self, ideas: Iterable[Idea]) -> None:
        for idea in ideas:
            self._touch(idea)

    def _touch(self, idea: Idea, is_new_text: bool = False) -> None:
        self._rhythm.changed += 1
        if belongs(idea):
            self._gone.pop(idea.id, None)
            self._members.add(idea.id)
            self._waiting[idea.id] = is_new_text or self._waiting.get(idea.id, False)
        else:
            self._waiting.pop(idea.id, None)
            self._members.discard(idea.id)
            self._gone[idea.id] = None
        self._wake.set()

    # --------------------------------------------------------------------------------------------------------- keeping
    async def keep(self) -> None:
        """Works until it is cancelled. When a process dies the jam goes on without, and this starts anew in a while."""
        pause = _FIRST_PAUSE_S
        try:
            while True:
                started = time.monotonic()
                await self._attempt()
                lasted = time.monotonic() - started
                pause = _FIRST_PAUSE_S if lasted > _LONGEST_PAUSE_S else min(2 * pause, _LONGEST_PAUSE_S)
                await asyncio.sleep(pause)
        finally:
            if self._run is not None:
                self._run.cancel()

    async def _attempt(self) -> None:
        try:
            await self._load()
            self._count_since_run()
            while True:
                await self._step()
        except (WorkerDied, NotLoaded):
            log.info("themes start anew", jam=self._state.id)
        except Exception:
            log.exception("themes failed", jam=self._state.id)

    async def _load(self) -> None:
        """Tells the quick process all it needs to know; what has no vector yet, or no place in the last run, waits."""
        self._stale = False
        self._gone.clear()
        chunks = await packed_items(self._state)
        loaded = Loaded(self._state.id, self._last_run(), self._state.main_language, chunks, notes_of(self._state))
        generation = self._quick.generation
        missing = await self._quick.call(processes.load, loaded)
        self._loaded_in = generation
        for id in (*missing, *self._without_place()):
            self._waiting.setdefault(id, False)

    def _without_place(self) -> list[str]:
        """What came while a run went on, or shortly before the server ended."""
        if not self._state.themes:
            return []
        left_out = self._members - self._grouped if self._grouped is not None else set()
        return [idea.id for idea in self._state.ideas if idea.id in left_out or (idea.x is None and idea.id in self._members)]

    def _last_run(self) -> str | None:
        return None if self._state.theme_run is None else self._state.theme_run.id

    def _count_since_run(self) -> None:
        """How much is new in a jam that was grouped before this server started."""
        before = 0 if self._state.theme_run is None else self._state.theme_run.ideas
        grown = len(self._members) - before
        self._rhythm.new = max(self._rhythm.new, grown - len(self._waiting))
        self._rhythm.changed = max(self._rhythm.changed, abs(grown))

    async def _step(self) -> None:
        if self._stale:
            await self._load()
        if self._gone:
            await self._forget()
        if self._waiting:
            await self._place_some()
        if self.is_leader and not self.is_grouping and self._is_due():
            self._run = asyncio.create_task(self._group(), name=f"group {self._state.id}")
        if not (self._waiting or self._gone or self._stale):
            await self._rest()

    async def _rest(self) -> None:
        self._wake.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _REST_S)
        if not self.is_loaded:
            raise WorkerDied(self._quick.name)

    # --------------------------------------------------------------------------------------------------------- placing
    async def _forget(self) -> None:
        gone = list(self._gone)
        self._gone.clear()
        await self._quick.call(processes.remove, self._state.id, gone)

    async def _place_some(self) -> None:
        """Takes the longest waiting ones. Many at once, as in an import, are embedded side by side first."""
        in_bulk = len(self._waiting) > _BULK
        most = (self._settings.workers + 1) * self._piece if in_bulk else _AT_ONCE
        chosen = dict(zip(self._waiting.items(), range(most), strict=False))
        fresh = {id for id, is_new_text in chosen if is_new_text}
        ideas = [idea for id, _ in chosen if (idea := self._state.idea(id)) is not None and belongs(idea)]
        if in_bulk:
            await self._embed(ideas)
        placed = await self._quick.call(processes.place, self._state.id, pack([item_of(idea) for idea in ideas]))
        current = [place for place in placed if self._is_current(place)]
        for id in {id for id, _ in chosen} - {place.id for place in placed} | {place.id for place in current}:
            self._waiting.pop(id, None)
        if not self.is_leader:
            return
        self._rhythm.new += sum(1 for place in current if self._is_without_theme(place.id))
        if self._state.themes:
            await self._record_places([p for p in current if p.id in fresh or self._is_without_theme(p.id)])

    async def _embed(self, ideas: Sequence[Idea]) -> None:
        texts = {key_of(text): text for text in map(text_of, ideas)}
        keys = list(texts)
        piece = self._piece
        dealt = [{key: texts[key] for key in keys[start : start + piece]} for start in range(0, len(keys), piece)]
        await asyncio.gather(*(self._slow.call(processes.embed, piece) for piece in dealt))
        if time.monotonic() - self._told_at > _PROGRESS_EVERY_S:
            self._told_at = time.monotonic()
            log.info("embedding ideas", jam=self._state.id, waiting=len(self._waiting), ideas=len(self._members))

    def _is_current(self, place: Placed) -> bool:
        """False when the idea was edited or taken away meanwhile."""
        idea = self._state.idea(place.id)
        return idea is not None and belongs(idea) and key_of(text_of(idea)) == place.key

    def _is_without_theme(self, id: str) -> bool:
        idea = self._state.idea(id)
        return idea is not None and idea.theme is None

    async def _until_sure(self) -> None:
        """Waits while it is not known whether this worker still leads: where it does not, all this is cancelled in a moment."""
        while not self._may_record():  # noqa: ASYNC110  belief ends by the clock, which wakes nobody
            await asyncio.sleep(_UNSURE_S)

    async def _record_places(self, places: Sequence[Placed]) -> None:
        await self._until_sure()
        answers = await asyncio.gather(*(self._record(place) for place in places), return_exceptions=True)
        for place, answer in zip(places, answers, strict=True):
            if isinstance(answer, Unavailable):
                self._waiting[place.id] = True
            elif isinstance(answer, BaseException) and not isinstance(answer, Rejection):
                raise answer
        if any(isinstance(answer, Unavailable) for answer in answers):
            await asyncio.sleep(_REST_S)

    async def _record(self, place: Placed) -> None:
        state = self._state
        idea = state.ideas[state.idea_numbers[place.id]]
        theme = None if place.theme is None else survivor(state, place.theme)
        if idea.x is not None and (idea.theme, idea.subtheme) == (theme, place.subtheme):
            return
        command_id = f"place:{idea.id}:{len(idea.versions)}:{self._last_run()}:{theme}"
        await self._store.submit(
            state.id,
            c.PlaceIdea(
                actor=ids.SYSTEM, id=command_id, idea=idea.id, theme=theme, subtheme=place.subtheme, x=place.x, y=place.y
            ),
        )

    # -------------------------------------------------------------------------------------------------------- grouping
    def _is_due(self) -> bool:
        listed = len(self._members) - len(self._waiting)
        return self._rhythm.is_due(
            time.monotonic(),
            listed,
            was_grouped=self._state.theme_run is not None,
            in_import=len(self._waiting) > _BULK,
            is_complete=not self._waiting,
        )

    async def _group(self) -> None:
        """One grouping, recorded; a failure only delays the next one."""
        started = time.monotonic()
        self._rhythm.started(started)
        try:
            made = await self._group_once()
        except Exception as error:
            self._rhythm.failed(time.monotonic())
            fault = None if isinstance(error, WorkerDied) else error
            log.warning("grouping failed", jam=self._state.id, error=type(error).__name__, exc_info=fault)
            return
        self._rhythm.succeeded()
        if made is not None:
            _tell(self._state.id, made, time.monotonic() - started)

    async def _group_once(self) -> Grouping | None:
        """None when people decided something about themes meanwhile, or another server recorded a run: the journal refuses
        this one. After a decision it is done over, and keeps to it."""
        command_id = f"themes:{self._state.seq}"
        request = await self._request(command_id)
        made = await self._slow.call(processes.regroup, request)
        if self._is_outdated(request):
            self._ask_again(request)
            return None
        await self._until_sure()
        self._own_run = request.run
        try:
            await self._store.submit(self._state.id, _record(made, request, command_id))
        except Conflict:
            self._ask_again(request)
            return None
        return made

    def _is_outdated(self, request: Request) -> bool:
        return (request.before, request.made) != (self._last_run(), self._state.theme_edits.made)

    def _ask_again(self, request: Request) -> None:
        if request.before == self._last_run():
            self.ask()

    async def _request(self, command_id: str) -> Request:
        """The whole jam; decisions and themes are read last, when nothing gives way any more."""
        chunks = await packed_items(self._state)
        state = self._state
        upto = 0 if state.theme_run is None else state.theme_run.upto
        return Request(
            jam=state.id, run=ids.derive_id(ids.RUN, ids.SYSTEM, command_id), before=self._last_run(),
            language=state.main_language, granularity=self._settings.granularity, chunks=chunks,
            notes=notes_of(state), edits=edits_of(state), settled=self._settled(state),
            fresh=frozenset(idea.id for idea in state.ideas[upto:]), foreseen=foreseen(state), made=state.theme_edits.made,
        )  # fmt: skip

    def _settled(self, state: JamState) -> frozenset[str]:
        """While an import is under way and in the first run after it only what people shaped is settled."""
        was_bulk, self._is_bulk = self._is_bulk, len(self._waiting) > _BULK
        grown = was_bulk or self._is_bulk
        return edited_themes(state) if grown and settled_themes(state, 0) else settled_themes(state, len(self._members))


def _record(made: Grouping, request: Request, command_id: str) -> c.RecordGrouping:
    return c.RecordGrouping(
        actor=ids.SYSTEM, id=command_id, model=made.model, granularity=str(request.granularity), reason=made.reason,
        report=made.report, themes=made.themes, placements=made.placements, proposals=made.proposals,
        follows=request.before, edits=request.made,
    )  # fmt: skip


def _tell(jam: str, made: Grouping, seconds: float) -> None:
    boards = sum(1 for theme in made.themes if theme["parent"] is None)
    log.info(
        "themes grouped", jam=jam, ideas=len(made.placements), themes=boards, subthemes=len(made.themes) - boards,
        seconds=round(seconds, 2),
    )  # fmt: skip
