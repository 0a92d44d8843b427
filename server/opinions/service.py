"""Keeps the opinion groups and trends of every jam: read again when votes or themes have changed, in a process of its own.

Groups are kept in memory only. Who votes like whom is known of nobody but oneself, and a journal can't forget: so a reading is
made anew after a start, and the same votes give the same groups. Trends are figures of themes and go into the journal.

Of several workers on a machine one reads the votes (`server.leasing.duties`). It tells the others that it did, and they ask it
for what it found; that goes from memory to memory.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import structlog

from server.jam import commands as c
from server.jam import events, ids
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.leasing.duties import Alone, Duties, Duty
from server.leasing.peers import NobodyAnswers
from server.opinions import processes
from server.opinions.ballots import Ballots, collect
from server.opinions.reading import NOBODY, Reading
from server.themes.briefing import span_of

log = structlog.get_logger()

RECENT = 0.25
"""The recent part of a jam: the last quarter of its time so far."""

_VOTES = (events.IdeaSupported, events.SupportWithdrawn, events.StanceRecorded)
_OTHER = (
    events.IdeaPosted, events.IdeaHidden, events.IdeaRestored, events.IdeaRemoved, events.IdeaWithdrawn, events.IdeaMerged,
    events.IdeaUnmerged, events.IdeaMoved, events.TopicChanged, events.ThemesGrouped, events.ThemesMerged, events.ThemeSplit,
)  # fmt: skip
_SOON = (events.ThemesGrouped, events.ThemesMerged, events.ThemeSplit)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 600.0
_READING = "opinions"

Run = Callable[[Callable[[Ballots], Reading], Ballots], Awaitable[Reading]]
"""Runs a function of a module in a process for long work."""


class Store(Protocol):
    """What is needed of `JamStore`."""

    def get(self, jam_id: str) -> JamState | None: ...
    def all(self) -> Sequence[JamState]: ...
    def watch(self, callback: Callable[[JamState, Sequence[events.Event]], None]) -> None: ...
    async def submit(self, jam_id: str, command: c.Command, at: int | None = None) -> int: ...


class _Fetched(msgspec.Struct, array_like=True):
    """A reading that another worker made, and when (ms)."""

    at: int
    reading: Reading | None


@dataclass(slots=True)
class _Kept:
    """What is known of one jam: its last reading, when that was (ms), and what waits (`due`: seconds of the process' clock)."""

    reading: Reading | None = None
    at: int = 0
    due: float | None = 0.0
    read_at: float = float("-inf")
    failures: int = 0


class OpinionService:
    """Readings by jam. `every_s`: seconds between two of one jam, whatever happens; after themes changed it is read at once,
    but not within a tenth of that. `changed`: called with the id of a jam that has a new reading."""

    def __init__(
        self,
        store: Store,
        run: Run,
        clock: Callable[[], int],
        changed: Callable[[str], None],
        every_s: float = 300.0,
        is_on: bool = True,
        duties: Duties | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._clock = clock
        self._changed = changed
        self._every_s = every_s
        self._is_on = is_on
        self._kept: dict[str, _Kept] = {}
        self._wake = asyncio.Event()
        self._duties = duties or Alone()
        self._duties.answer(_READING, self._answer)
        self._duties.watch(self._wake.set)
        self._elsewhere: set[str] = set()

    # --------------------------------------------------------------------------------------------------------- answers
    def reading(self, jam_id: str) -> Reading | None:
        """The last reading of a jam; None before the first."""
        kept = self._kept.get(jam_id)
        return None if kept is None else kept.reading

    def read_at(self, jam_id: str) -> int:
        """When it was made, in milliseconds since 1970; 0 before the first."""
        kept = self._kept.get(jam_id)
        return 0 if kept is None else kept.at

    def group_of(self, jam_id: str, member: int) -> int | None:
        """The key of a member's own group; for nobody but that member."""
        reading = self.reading(jam_id)
        if reading is None or member >= len(reading.groups_of) or reading.groups_of[member] == NOBODY:
            return None
        return reading.groups_of[member]

    # --------------------------------------------------------------------------------------------------------- keeping
    async def run(self) -> None:
        """Works until it is cancelled; returns at once where it is turned off."""
        if not self._is_on:
            return
        self._store.watch(self._noted)
        for state in self._store.all():
            self._kept.setdefault(state.id, _Kept())
        while True:
            for jam_id in self._due():
                await self._read(jam_id)
            while self._elsewhere:
                await self._fetch(self._elsewhere.pop())
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self._pause())
            except TimeoutError:
                continue

    def _noted(self, state: JamState, applied: Sequence[events.Event]) -> None:
        """Notes what a record changed; takes no time."""
        kept = self._kept.setdefault(state.id, _Kept(due=None))
        for event in applied:
            if isinstance(event, _VOTES):
                self._plan(kept, self._every_s)
            elif isinstance(event, _OTHER):
                self._plan(kept, self._every_s / 10 if isinstance(event, _SOON) else self._every_s)

    def _plan(self, kept: _Kept, rest_s: float) -> None:
        due = kept.read_at + rest_s
        if kept.due is None or due < kept.due:
            kept.due = due
            self._wake.set()

    def _due(self) -> list[str]:
        now = time.monotonic()
        return [jam_id for jam_id, due in self._planned() if due <= now]

    def _pause(self) -> float | None:
        waiting = [due for _, due in self._planned()]
        return max(0.05, min(waiting) - time.monotonic()) if waiting else None

    def _planned(self) -> list[tuple[str, float]]:
        """The jams that this worker reads, and when. What others read stays due here, in case they end."""
        kept = self._kept.items()
        return [(id, one.due) for id, one in kept if one.due is not None and self._duties.of(id) is not Duty.ASKS]

    async def _read(self, jam_id: str) -> None:
        """One reading; a failure only delays the next."""
        kept, state = self._kept[jam_id], self._store.get(jam_id)
        kept.due, kept.read_at = None, time.monotonic()
        if state is None or not state.exists:
            return
        try:
            await self._read_once(state, kept)
            kept.failures = 0
        except Exception as error:
            pause = min(_FIRST_PAUSE_S * 2**kept.failures, _LONGEST_PAUSE_S)
            kept.failures += 1
            kept.due = time.monotonic() + pause
            log.warning("opinions could not be read", jam=jam_id, error=type(error).__name__, again_in_s=pause)

    async def _read_once(self, state: JamState, kept: _Kept) -> None:
        span = span_of(state, self._clock())
        since = int(span.end - RECENT * max(0, span.end - span.start))
        known = b"" if kept.reading is None else kept.reading.groups_of
        ballots = await collect(state, since, known)
        seq = state.seq
        started = time.monotonic()
        kept.reading = reading = await self._run(processes.read, ballots)
        kept.at = self._clock()
        log.info(
            "opinions read", jam=state.id, votes=reading.votes, voters=reading.voters, status=reading.status,
            groups=len(reading.groups), seconds=round(time.monotonic() - started, 2),
        )  # fmt: skip
        await self._record(state, reading, since, seq)
        self._changed(state.id)

    async def _record(self, state: JamState, reading: Reading, since: int, seq: int) -> None:
        if not self._duties.leads(state.id):
            return
        trends = tuple((one.theme, one.direction, one.recent, one.before, one.lift, one.p) for one in reading.trends)
        command = c.RecordTrends(actor=ids.SYSTEM, id=f"trends:{seq}:{since}", since=since, trends=trends)
        try:
            await self._store.submit(state.id, command)
        except Rejection as refused:
            log.info("trends were not recorded", jam=state.id, code=refused.code)

    # --------------------------------------------------------------------------------------------------------- workers
    def tell(self) -> Mapping[str, bytes]:
        """When this worker read each jam: the others of its machine ask for it then."""
        return {id: one.at.to_bytes(8) for id, one in self._kept.items() if one.at and self._duties.of(id) is not Duty.ASKS}

    def hear(self, worker: str, jam_id: str, body: bytes) -> None:
        """Another worker has read a jam; it may be one of another machine, which is not asked."""
        if body and self._is_on and self._duties.of(jam_id) is Duty.ASKS and int.from_bytes(body) > self.read_at(jam_id):
            self._elsewhere.add(jam_id)
            self._wake.set()

    async def _fetch(self, jam_id: str) -> None:
        """Takes the reading of the keeper of a jam. Where it does not answer, the next note asks again."""
        try:
            answer = await self._duties.ask(jam_id, _READING, jam_id.encode())
            fetched = msgspec.msgpack.decode(answer, type=_Fetched)
        except (NobodyAnswers, msgspec.MsgspecError) as error:
            log.info("opinions could not be fetched", jam=jam_id, error=type(error).__name__)
            return
        kept = self._kept.setdefault(jam_id, _Kept())
        if fetched.reading is not None and fetched.at > kept.at:
            kept.reading, kept.at = fetched.reading, fetched.at
            self._changed(jam_id)

    async def _answer(self, body: bytes) -> bytes:
        """For another worker of this machine: the id of a jam is asked."""
        jam_id = body.decode()
        return msgspec.msgpack.encode(_Fetched(self.read_at(jam_id), self.reading(jam_id)))
