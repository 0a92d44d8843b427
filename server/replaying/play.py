"""The playing of a record: at its own pace times the speed, from the moment at which ideation opened.

What happened before that is done at once. Everything is a command with the present time, so whoever watches the new jam sees
it grow as it grew then; its themes form anew.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from server.jam.commands import CreateJam
from server.jam.events import Event, JamCreated
from server.jam.ids import JAM, SYSTEM, derive_id
from server.jam.phases import Schedule
from server.jam.rejections import Conflict, NotFound, Rejection
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, JamStore
from server.ordered import submit_in_order
from server.progress import SILENT, Progress
from server.replaying.translate import LEFT_OUT, Translator
from server.vault.port import Vault

TICK_S = 0.1
MOST_AT_ONCE = 4_000
LATE_MS = 15_000
"""Phases end this much later than at their pace, so that nothing that was in time then is too late now."""


@dataclass(slots=True)
class ReplayReport:
    """What was played: events of the record, those that made commands, and those that were refused, by event and reason.

    `unnamed` people took part then and have been erased since.
    """

    jam: str
    source: str
    people: int = 0
    unnamed: int = 0
    events: int = 0
    played: int = 0
    stopped: bool = False
    refused: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        yield f"{self.source} → jam {self.jam}{': stopped' if self.stopped else ''}"
        yield f"events: {self.events:,}; played again: {self.played:,}; refused: {self.refused.total():,}"
        if self.unnamed:
            yield f"people: {self.people:,}, of whom {self.unnamed:,} have been erased since"
        yield from (f"  {count:,} × {what}" for what, count in self.refused.most_common(20))


async def replay(
    store: JamStore,
    vault: Vault,
    slug: str,
    speed: float,
    into: str | None = None,
    stop: asyncio.Event | None = None,
    progress: Progress = SILENT,
) -> ReplayReport:
    """Plays the jam `slug` again as the jam `into` (else "slug-replay", numbered), `speed` times as fast as it was.

    Returns when everything recorded at the start has been played, or soon after `stop` is set. Raises `NotFound` for an
    unknown jam, `Conflict` if `into` is taken, `ValueError` for a speed that is not positive.
    """
    source = store.by_slug(slug)
    if source is None:
        raise NotFound("jam", slug)
    if speed <= 0:
        raise ValueError("the speed must be above 0")
    report = ReplayReport(address_for(store, slug, into), slug, people=len(source.members))
    report.unnamed = len(source.members) - len(await vault.people([member.person for member in source.members]))
    record = _Record(store, source, source.seq)
    jam, opened = await _make(store, source, record, report.jam, speed)
    await _Player(store, jam, report, progress, opened, speed).play(record, stop)
    return report


def address_for(store: JamStore, slug: str, into: str | None) -> str:
    """A free address for the new jam."""
    taken = store.organization.slugs
    if into is not None:
        if into in taken:
            raise Conflict(f"There is a jam {into} already: please choose another name.")
        return into
    names = (f"{slug[:50]}-replay" + (f"-{number}" if number > 1 else "") for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def compressed(schedule: Schedule, speed: float, now: int) -> Schedule:
    """The schedule at this speed: ideation opens now (ms), each later phase at its pace, and a little late."""
    later = (now + LATE_MS + round((at - schedule.ideation_at) / speed) for at in schedule.instants()[2:])
    return Schedule(now, now, *later)


async def _make(store: JamStore, source: JamState, record: "_Record", slug: str, speed: float) -> tuple[str, int]:
    """The new jam, with the texts that the old one began with; its id, and when the old one opened (ms)."""
    created = await record.created()
    jam = derive_id(JAM, "replay", slug)
    schedule = source.schedule
    if schedule is None:
        raise Conflict("The jam has no schedule, so nothing has happened in it.")
    await store.create(
        CreateJam(
            actor=SYSTEM, id=f"replay:{jam}", jam=jam, slug=slug, titles=created.titles, questions=created.questions,
            descriptions=created.descriptions, rules=created.rules, languages=created.languages,
            main_language=created.main_language, schedule=compressed(schedule, speed, int(time.time() * 1000)),
        )
    )  # fmt: skip
    return jam, schedule.ideation_at


@dataclass(frozen=True, slots=True)
class _Record:
    """The events of a jam up to `until`; what is written while they are played is not among them."""

    store: JamStore
    source: JamState
    until: int

    async def events(self) -> AsyncGenerator[Event, None]:
        async with aclosing(self.store.journal.read(PREFIX + self.source.id)) as records:
            async for record in records:
                if record.after >= self.until:
                    return
                for entry in JAM_CODEC.decode(record.payload):
                    for event in entry.events:
                        yield event

    async def created(self) -> JamCreated:
        """The first event."""
        async with aclosing(self.events()) as events:
            async for event in events:
                if isinstance(event, JamCreated):
                    return event
        raise NotFound("jam", self.source.slug)


@dataclass(slots=True)
class _Player:
    """Sends what is due to the jam `jam`, tick by tick. The record's `opened` (ms) is where its clock begins."""

    store: JamStore
    jam: str
    report: ReplayReport
    progress: Progress
    opened: int
    speed: float
    translator: Translator = field(init=False)
    due: list[Event] = field(default_factory=list)
    began: float | None = None

    def __post_init__(self) -> None:
        self.translator = Translator(self.jam)

    async def play(self, record: _Record, stop: asyncio.Event | None) -> None:
        """Walks through the record; an event is due when its time, at this speed, has come."""
        self.progress.begin(f"replay of {record.source.slug}", record.until)
        async with aclosing(record.events()) as events:
            async for event in events:
                if type(event) in LEFT_OUT:
                    # Not waited for either: an imported jam was grouped long after its last vote.
                    self.report.events += 1
                    continue
                while not self._is_due(event) or len(self.due) >= MOST_AT_ONCE:
                    await self._send()
                    if stop is not None and stop.is_set():
                        self.report.stopped = True
                        return
                    await self._begin_or_wait(event)
                self.due.append(event)
        await self._send()

    def _is_due(self, event: Event) -> bool:
        """What was before the opening is due at once; the clock starts with the first event after it."""
        if event.at < self.opened:
            return True
        return self.began is not None and event.at - self.opened <= (_clock() - self.began) * self.speed * 1000

    async def _begin_or_wait(self, event: Event) -> None:
        if self.began is None and event.at >= self.opened:
            self.began = _clock()
        elif not self._is_due(event):
            await asyncio.sleep(TICK_S)

    async def _send(self) -> None:
        """Everything due, in its order; what is refused goes into the report."""
        made = [(event, command) for event in self.due for command in self.translator.commands(event)]
        answers = await submit_in_order(self.store, self.jam, ((command, None) for _, command in made))
        for (event, _), answer in zip(made, answers, strict=True):
            if isinstance(answer, Rejection):
                self.report.refused[f"{type(event).__name__}: {answer.message}"] += 1
            else:
                self.report.played += 1
        self.report.events += len(self.due)
        self.progress.reach(self.report.events)
        self.due.clear()


def _clock() -> float:
    return asyncio.get_running_loop().time()
