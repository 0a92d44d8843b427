"""Verifies a jam: its journal is whole, and folding it from zero gives exactly the state that people see."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from server.jam import apply
from server.jam.digest import digest
from server.jam.rejections import NotFound
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, load_state
from server.journal.codec import UnknownEvent
from server.journal.port import Journal, Record
from server.progress import SILENT, Progress


@dataclass(slots=True)
class VerifyReport:
    """`replayed` and `live` are digests of the state folded from zero and of the state that people see. `live_seq` is below
    `events` only where records were written while the check ran.
    """

    slug: str
    stream: str
    records: int = 0
    events: int = 0
    live_seq: int = 0
    replayed: str = ""
    live: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def lines(self) -> Iterator[str]:
        yield f"jam {self.slug} ({self.stream}): {self.events:,} events in {self.records:,} records"
        yield f"replayed from zero: {self.replayed or 'not possible'}"
        yield f"live state:         {self.live or 'not possible'}"
        yield from (f"problem: {problem}" for problem in self.problems)
        yield "verified: the live state is exactly what its journal says" if self.ok else "NOT verified"


async def verify(journal: Journal, state: JamState | None, slug: str, progress: Progress = SILENT) -> VerifyReport:
    """Checks the store, replays the jam's journal from zero and compares with the live state: `state`, or without one what a
    worker would load now (the snapshot and what follows it). Raises `NotFound`.
    """
    stream = PREFIX + state.id if state is not None else await find_stream(journal, slug)
    report = VerifyReport(slug, stream)
    report.problems += await journal.check()
    replayed = await _replay(journal, report, state.seq if state is not None else None, progress)
    live = await _live(journal, report) if state is None else state
    if replayed is not None and live is not None:
        _compare(report, replayed, live)
    return report


async def find_stream(journal: Journal, slug: str) -> str:
    """The stream of the jam with this address. Raises `NotFound`."""
    for stream in await journal.streams(PREFIX):
        async with aclosing(journal.read(stream)) as records:
            async for record in records:
                first = JAM_CODEC.decode(record.payload)[0].events[0]
                if getattr(first, "slug", None) == slug:
                    return stream
                break
    raise NotFound("jam", slug)


async def _replay(journal: Journal, report: VerifyReport, until: int | None, progress: Progress) -> JamState | None:
    """The fold of the whole journal, up to `until` where the live state is no further; None where that is not possible."""
    total = await journal.last(report.stream) if until is None else until
    progress.begin(f"replay of {report.slug}", total)
    state = JamState()
    async with aclosing(journal.read(report.stream)) as records:
        async for record in records:
            if state.seq >= total or not _applied(report, state, record):
                break
            progress.reach(state.seq)
    report.events = state.seq
    if state.seq < total:
        report.problems.append(f"only {state.seq:,} of {total:,} events can be replayed")
        return None
    return state


def _applied(report: VerifyReport, state: JamState, record: Record) -> bool:
    """Applies a record, if it follows the one before and holds what it says."""
    report.records += 1
    if record.after != state.seq:
        report.problems.append(f"events {state.seq + 1:,} to {record.after:,} are missing or doubled")
        return False
    try:
        for entry in JAM_CODEC.decode(record.payload):
            apply.apply_all(state, entry.command_key, entry.events)
    except (UnknownEvent, ValueError, TypeError, KeyError, LookupError) as error:
        report.problems.append(f"the record after {record.after:,} can't be applied: {type(error).__name__}: {error}")
        return False
    if state.seq != record.last:
        report.problems.append(
            f"the record after {record.after:,} says {record.count:,} events and has {state.seq - record.after:,}"
        )
        return False
    return True


async def _live(journal: Journal, report: VerifyReport) -> JamState | None:
    try:
        return await load_state(journal, report.stream)
    except (UnknownEvent, ValueError, TypeError, LookupError) as error:
        report.problems.append(f"the live state can't be loaded: {type(error).__name__}: {error}")
        return None


def _compare(report: VerifyReport, replayed: JamState, live: JamState) -> None:
    report.live_seq = live.seq
    report.replayed, report.live = digest(replayed), digest(live)
    if live.seq != replayed.seq:
        report.problems.append(f"the live state is at event {live.seq:,}, the journal at {replayed.seq:,}")
    if report.replayed != report.live:
        report.problems.append("the live state is not what the journal says")
