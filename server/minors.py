"""The accounts of minors: a first name, links made by their guardian, and what time and removal do to them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from typing import Protocol

import structlog

from server.jam.commands import ComeOfAge
from server.jam.entities import Member
from server.jam.ids import SYSTEM
from server.jam.rejections import InvalidInput, NotFound, Rejection
from server.jam.state import JamState
from server.jam.texts import clean_text
from server.jam_store import JamStore
from server.vault.port import PersonExists, PersonRecord, Vault

log = structlog.get_logger()

LINK_MINUTES = 15
LONGEST_NAME = 40
LOOK_EVERY_S = 30.0
"""So long at most after its month has begun, a minor's coming of age is in the journal; decisions know it to the instant."""


def first_name(name: str) -> str:
    """The name, if it is one word: others see nothing else of a minor. Raises `InvalidInput`."""
    cleaned = clean_text("name", name, LONGEST_NAME)
    if len(cleaned.split()) > 1:
        raise InvalidInput("name", "A first name only, please: one word.")
    return cleaned


def is_minor_anywhere(states: Iterable[JamState], person: str, now: int) -> bool:
    """Whether someone is a minor in one of the jams."""
    found = (state.member(person) for state in states)
    return any(member is not None and member.is_minor(now) for member in found)


class Links(Protocol):
    async def make(self, person_id: str, next_path: str = "/", minutes: int | None = None) -> str: ...


class Erasing(Protocol):
    async def erase(self, person: str, withdraws: bool) -> object: ...


class MinorAccounts:
    """Keeps the accounts of minors; `run` is what time does to them. `learn` takes up the names of new people."""

    def __init__(
        self,
        store: JamStore,
        vault: Vault,
        links: Links,
        erasing: Erasing,
        learn: Callable[[Collection[str]], Awaitable[None]],
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._vault = vault
        self._learn = learn
        self._links = links
        self._erasing = erasing
        self._clock = clock

    async def add(self, person_id: str, name: str, language: str) -> None:
        """Keeps the name; the same again changes nothing."""
        try:
            await self._vault.add_person(PersonRecord(person_id, None, name, None, language, self._clock()))
        except PersonExists:
            return
        await self._learn([person_id])

    async def discard(self, person_id: str) -> None:
        """Forgets an account that no jam knows."""
        if not any(state.member(person_id) for state in self._store.all()):
            await self._vault.erase_person(person_id)

    async def link(self, person_id: str, slug: str) -> tuple[str, int]:
        """A link that signs the minor in once, and when it ends (ms)."""
        expires_at = self._clock() + LINK_MINUTES * 60_000
        return await self._links.make(person_id, f"/jam/{slug}", LINK_MINUTES), expires_at

    async def erase(self, person_id: str) -> None:
        """Erases the account everywhere. Whoever is gone already stays gone."""
        try:
            await self._erasing.erase(person_id, False)
        except NotFound:
            return

    async def run(self) -> None:
        """Notes who has come of age, and finishes removals that were cut short; until cancelled."""
        for person in [member.person for state in self._store.all() for member in _removed(state)]:
            if await self._vault.person(person) is not None:
                await self.erase(person)
        while True:
            for state in self._store.all():
                await self._come_of_age(state)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _come_of_age(self, state: JamState) -> None:
        now = self._clock()
        found = (state.member(person) for person in list(state.minors))
        for member in [one for one in found if one is not None and one.care is not None and one.care.until <= now]:
            command = ComeOfAge(actor=SYSTEM, id=f"of-age-{member.person}", person=member.person)
            try:
                await self._store.submit(state.id, command)
            except Rejection:
                log.warning("a coming of age could not be noted; it is tried again", jam=state.id)


def _removed(state: JamState) -> Iterator[Member]:
    return (member for member in state.members if member.erased and member.care is not None)
