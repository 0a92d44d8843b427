"""Erasing a person, step by step. A step does nothing where it was done before: whoever comes next finishes what was begun.

    begun     the organization's journal says so: from now on every server has forgotten the name, and there is no way back
    vault     the name, the address, sessions, keys, drafts … are gone, and overwritten in the vault's files
    jams      in every jam they are a former participant; with `withdraws`, their texts are gone from what people see
    texts     … and from the journals, the snapshots and the vectors of the theme service
    finished  the organization's journal says so

What remains is a random id that nothing leads to: in events, beside votes that count on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Error as FileError

import structlog

from server.erasing.redacting import Withdrawn, find_texts, redact_texts, redact_words
from server.jam.commands import EraseMember
from server.jam.decide.erasing import not_the_last_organizer
from server.jam.ids import SYSTEM
from server.jam.rejections import Conflict, NotFound, Unavailable
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.port import Journal, JournalUnavailable
from server.themes.forgetting import forget
from server.themes.items import clustered, key_of
from server.vault.port import Vault, VaultUnavailable

log = structlog.get_logger()

LOOK_EVERY_S = 5.0
OTHERS_HAVE_S = 60.0
"""How long a server leaves an erasure to the one that began it."""

WIPES = 6

Step = Callable[[str], None]


@dataclass(slots=True)
class JamErasure:
    """What was done in one jam: what was withdrawn and what stays, and how many records of the journal were rewritten."""

    slug: str
    votes: int = 0
    ideas_kept: int = 0
    comments_kept: int = 0
    ideas_withdrawn: int = 0
    comments_withdrawn: int = 0
    records: int = 0


@dataclass(slots=True)
class ErasureReport:
    """The proof: how many things of each kind left the vault, and what became of each jam."""

    person: str
    withdraws: bool
    vault: dict[str, int] = field(default_factory=dict)
    jams: list[JamErasure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Going:
    """An erasure on its way, and its report as soon as there is one."""

    task: "asyncio.Task[ErasureReport]"
    told: "asyncio.Future[ErasureReport]"


def _nothing(step: str) -> None:
    """Tests end the process here."""


class Erasing:
    """`folder` has the derived files of the theme service. `save` keeps a new snapshot of a jam."""

    def __init__(
        self,
        store: JamStore,
        vault: Vault,
        folder: Path,
        save: Callable[[JamState], Awaitable[None]],
        after_step: Step = _nothing,
    ) -> None:
        self._store = store
        self._vault = vault
        self._folder = folder
        self._save = save
        self._after_step = after_step
        self._busy: dict[str, _Going] = {}
        self._seen_at: dict[str, float] = {}

    # ---------------------------------------------------------------------------------------------------------- asking
    async def check(self, person: str) -> None:
        """Raises `NotFound`, or `Conflict` where a jam or the organization would be left without an organizer."""
        if await self._vault.person(person) is None and person not in self._store.organization.erasures:
            raise NotFound("person", person)
        organization = self._store.organization
        if person in organization.organizers and len(organization.organizers) == 1:
            raise Conflict("You alone may create jams here: whoever runs the server names another organizer first.")
        for state in self._store.all():
            not_the_last_organizer(state, person)

    async def erase(self, person: str, withdraws: bool) -> ErasureReport:
        """Erases somebody; there is no way back. Raises a `Rejection`, and then nothing was done.

        Once it is begun it goes on though the caller does not wait, or the process ends.
        """
        await self.check(person)
        await self._store.begin_erasure(person, withdraws)
        self._after_step("begun")
        try:
            return await asyncio.shield(self._begun(person).told)
        except (JournalUnavailable, VaultUnavailable) as error:
            raise Unavailable(
                "The erasure has begun and will be finished as soon as the store can be written to.", 5.0
            ) from error

    async def resume(self) -> list[ErasureReport]:
        """Finishes whatever was begun."""
        return [await asyncio.shield(self._begun(person).task) for person in list(self._store.organization.erasures)]

    async def run(self) -> None:
        """Finishes what was begun before the start, and then what other servers leave unfinished; until cancelled."""
        await self.resume()
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            unfinished = self._store.organization.erasures
            self._seen_at = {person: self._seen_at.get(person, loop.time()) for person in unfinished}
            for person in [one for one, at in self._seen_at.items() if loop.time() - at > OTHERS_HAVE_S]:
                await asyncio.shield(self._begun(person).task)

    async def settled(self) -> None:
        """Returns when what is going on here is finished, or failed."""
        while self._busy:
            await asyncio.gather(*(one.task for one in self._busy.values()), return_exceptions=True)
            await asyncio.sleep(0)

    def _begun(self, person: str) -> "_Going":
        going = self._busy.get(person)
        if going is None:
            told: asyncio.Future[ErasureReport] = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(self._finish(person, told), name="erasure")
            going = self._busy[person] = _Going(task, told)
            task.add_done_callback(lambda task: self._ended(person, task))
        return going

    def _ended(self, person: str, task: "asyncio.Task[ErasureReport]") -> None:
        going = self._busy.pop(person)
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:
            log.error("an erasure was cut short; it will be finished", reason=type(error).__name__)
        if not going.told.done():
            going.told.set_exception(error or RuntimeError("an erasure ended without a report"))
            going.told.exception()  # somebody may have asked, or nobody

    # ----------------------------------------------------------------------------------------------------------- steps
    async def _finish(self, person: str, told: "asyncio.Future[ErasureReport]") -> ErasureReport:
        """`told` has the report when nothing is left to be found; keeping new snapshots takes longer."""
        report = ErasureReport(person, self._store.organization.erasures.get(person, False))
        await self._take_minors_along(report)
        await self._empty_vault(report)
        self._after_step("vault")
        jams = [state for state in self._store.all() if person in state.member_numbers or person in state.erased_numbers]
        for state in jams:
            await self._leave(state, report)
        self._after_step("jams")
        if report.withdraws:
            for state in jams:
                await self._take_out(state, person, next(one for one in report.jams if one.slug == state.slug))
            await patiently(self._store.journal.wipe)
            self._after_step("texts")
        if not told.done():
            told.set_result(report)
        if report.withdraws:
            for state in jams:
                await self._save(state)
            await patiently(self._store.journal.wipe)
        await self._store.finish_erasure(person)
        log.info("a person was erased", withdraws=report.withdraws, jams=len(report.jams))
        return report

    async def _take_minors_along(self, report: ErasureReport) -> None:
        """A minor's account is under their guardian's, and ends with it."""
        minors = {minor for state in self._store.all() for minor, guardian in state.minors.items() if guardian == report.person}
        for minor in sorted(minors):
            await self._store.begin_erasure(minor, report.withdraws)
            self._begun(minor)

    async def _empty_vault(self, report: ErasureReport) -> None:
        kept = await self._vault.belongings(report.person)
        report.vault = {kind: len(rows) for kind, rows in kept.items()}
        await self._vault.erase_person(report.person)
        await patiently(self._vault.wipe)

    async def _leave(self, state: JamState, report: ErasureReport) -> None:
        command = EraseMember(actor=SYSTEM, id=f"erase-{report.person}", person=report.person, withdraws=report.withdraws)
        await self._store.submit(state.id, command)
        report.jams.append(_left(state, report.person))

    async def _take_out(self, state: JamState, person: str, report: JamErasure) -> None:
        report.records += await take_out(
            self._store.journal, self._folder, state, Withdrawn.of(state, person), self._after_step
        )


async def take_out(journal: Journal, folder: Path, state: JamState, withdrawn: Withdrawn, after_step: Step = _nothing) -> int:
    """Takes withdrawn texts out of the journal, its snapshots and the vectors in `folder`; how many records it rewrote.

    Snapshots are caches of the fold. A new one is made later: then an older one, still being written, does not stay.
    """
    if not withdrawn.texts:
        await find_texts(journal, withdrawn)
    keys = [key_of(clustered(title, body)) for title, body in withdrawn.texts]
    try:
        await asyncio.to_thread(forget, folder, state.id, keys)
    except FileError as error:
        raise JournalUnavailable(f"the vectors of the theme service can't be written: {error}") from error
    records = await redact_words(journal, state, withdrawn)
    after_step("words")
    records += await redact_texts(journal, withdrawn)
    after_step("redacted")
    await journal.drop_snapshots(withdrawn.stream)
    after_step("snapshots")
    return records


def _left(state: JamState, person: str) -> JamErasure:
    member = state.members[state.erased_numbers[person]]
    ideas = [state.ideas[number] for number in member.ideas]
    comments = [one for one in state.comments if one.author == person]
    gone, lost = sum(idea.withdrawn for idea in ideas), sum(one.withdrawn for one in comments)
    return JamErasure(state.slug, len(member.supports), len(ideas) - gone, len(comments) - lost, gone, lost)


async def patiently(wipe: Callable[[], Awaitable[None]]) -> None:
    """Readers may hold it up for seconds. Raises `JournalUnavailable` or `VaultUnavailable`."""
    for left in reversed(range(WIPES)):
        try:
            await wipe()
        except (JournalUnavailable, VaultUnavailable):
            if not left:
                raise
        else:
            return
        await asyncio.sleep(0.5)
