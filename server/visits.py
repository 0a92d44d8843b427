"""When people were last in each jam, and the long absence they came back from: what "since you left" is told from.

What happens is noted without waiting and written together, at most every `FLUSH_S`. Those who are here are noted now and then
as well, so that a server that dies forgets at most `KEEP_S` of a stay. Several servers write the same visits: whoever is
connected to one of them is never away for longer than that.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import structlog

from server.jam.since import Mark
from server.vault.visits import Visit, VisitKey, VisitVault

log = structlog.get_logger()
LONG_MS = 30 * 60_000
"""An absence of at least this long is told of."""

FLUSH_S = 3.0
KEEP_S = 240.0
BULK = 2_000
MOST_STEPS = 200_000
"""Comings and goings that wait while the vault can't be written to; beyond them the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Absence:
    """The jam as it was when the person left, and whether they still have to be told."""

    mark: Mark
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """Someone came or left: then `seq` is where the jam was, else None."""

    key: VisitKey
    at: int
    seq: int | None


def returned(visit: Visit, now: int) -> Visit:
    """The visit of someone who is back: a long absence is one they are to be told of, once."""
    if now - visit.left_at < LONG_MS or visit.since_at == visit.left_at:
        return visit
    return replace(visit, since_seq=visit.left_seq, since_at=visit.left_at, is_read=False)


class Visits:
    """`came` and `left` are called as people's first connection to a jam opens and their last one ends."""

    def __init__(self, vault: VisitVault, seq_of: Callable[[str], int], clock: Callable[[], int]) -> None:
        self._vault = vault
        self._seq_of = seq_of
        self._clock = clock
        self._here: dict[VisitKey, None] = {}
        self._steps: list[_Step] = []
        self._lock = asyncio.Lock()

    def came(self, person_id: str, jam_id: str) -> None:
        self._here[person_id, jam_id] = None
        self._steps.append(_Step((person_id, jam_id), self._clock(), None))

    def left(self, person_id: str, jam_id: str) -> None:
        self._here.pop((person_id, jam_id), None)
        self._steps.append(_Step((person_id, jam_id), self._clock(), self._seq_of(jam_id)))

    def __len__(self) -> int:
        """Comings and goings that are not written yet."""
        return len(self._steps)

    async def absence(self, person_id: str, jam_id: str) -> Absence | None:
        """The last long absence of a person; None without one. Raises `VaultUnavailable`."""
        visit = await self._visit((person_id, jam_id))
        if visit is None or not visit.since_at:
            return None
        return Absence(Mark(visit.since_seq, visit.since_at), not visit.is_read)

    async def put_away(self, person_id: str, jam_id: str) -> None:
        """The person has read what happened in their last long absence. Raises `VaultUnavailable`."""
        visit = await self._visit((person_id, jam_id))
        if visit is not None and not visit.is_read:
            await self._vault.put_visits([replace(visit, is_read=True)])

    async def run(self) -> None:
        """Writes what happened, until cancelled."""
        turns = 0
        while True:
            await asyncio.sleep(FLUSH_S)
            turns += 1
            try:
                await self.flush()
                if turns % round(KEEP_S / FLUSH_S) == 0:
                    await self._keep(list(self._here))
            except Exception as error:
                log.error("visits could not be written; it is tried again", error=type(error).__name__)

    async def flush(self) -> None:
        """Writes what happened until now. Raises `VaultUnavailable`; then it is written the next time."""
        async with self._lock:
            steps, self._steps = self._steps, []
            try:
                await self._write(steps)
            except BaseException:
                self._steps = (steps + self._steps)[-MOST_STEPS:]
                raise

    async def close(self) -> None:
        """Everybody who is here leaves: the server ends."""
        try:
            await self.flush()
            await self._keep(list(self._here))
        except Exception as error:
            log.error("visits could not be written at the end", error=type(error).__name__)

    # ------------------------------------------------------------------------------------------------------------ writing
    async def _visit(self, key: VisitKey) -> Visit | None:
        """The visit as of now; of someone who is not connected yet, or connects meanwhile, as it is once that is written."""
        was_here = key in self._here
        await self.flush()
        visit = (await self._vault.visits([key])).get(key)
        return visit if visit is None or was_here else returned(visit, self._clock())

    async def _keep(self, keys: Iterable[VisitKey]) -> None:
        """Notes that people are here now."""
        rest = iter(keys)
        while part := list(islice(rest, BULK)):
            now = self._clock()
            await self._vault.leave_visits([Visit(person, jam, self._seq_of(jam), now) for person, jam in part])

    async def _write(self, steps: Sequence[_Step]) -> None:
        """Who only left is written without looking; who came is looked up, because they may have been away for long."""
        by_key: dict[VisitKey, list[_Step]] = {}
        for step in steps:
            by_key.setdefault(step.key, []).append(step)
        came = {key: None for key, own in by_key.items() if any(step.seq is None for step in own)}
        leaving = [own[-1] for key, own in by_key.items() if key not in came]
        await self._vault.leave_visits([Visit(*step.key, step.seq or 0, step.at) for step in leaving])
        looked_up = list(came)
        for start in range(0, len(looked_up), BULK):
            part = looked_up[start : start + BULK]
            known = await self._vault.visits(part)
            changed = (_after(known.get(key), by_key[key]) for key in part)
            await self._vault.put_visits([visit for visit in changed if visit is not None])


def _after(visit: Visit | None, steps: Sequence[_Step]) -> Visit | None:
    """The visit after someone came and left; None where there is nothing to write."""
    before = visit
    for step in steps:
        if step.seq is not None:
            visit = Visit(*step.key, step.seq, step.at) if visit is None else replace(visit, left_seq=step.seq, left_at=step.at)
        elif visit is not None:
            visit = returned(visit, step.at)
    return None if visit == before else visit
