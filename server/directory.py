"""Names and countries of members, kept in memory: resolvers ask for them without waiting."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sortedcontainers import SortedSet

from server.jam.state import JamState
from server.jam_store import JamStore
from server.vault.names import LAST_CHARACTER, people_query, sort_key, words
from server.vault.port import PersonRecord, Vault

BULK = 5_000
SLICE = 500
LOOK_EVERY_S = 0.4
"""Between two questions whom other workers changed: a new name is everywhere within a second."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """What others may know of a person. `email` is only ever shown to the person and to organizers."""

    id: str
    name: str | None
    country: str | None
    language: str
    email: str | None = None


class Directory:
    """People of the jams on this server. Who is not in it (yet, or any more) has no name."""

    def __init__(self, vault: Vault, store: JamStore) -> None:
        self._vault = vault
        self._store = store
        self._people: dict[str, PersonView] = {}
        self._erased: set[str] = set()
        self._position: int | None = None
        self._words: SortedSet = SortedSet()
        self._addresses: SortedSet = SortedSet()
        self._watchers: list[Callable[[str], None]] = []
        self._unsorted: list[str] = []

    async def load_all(self, ids: Collection[str]) -> None:
        """The same at the start, for everybody at once: by what words they are found is worked out by `sort_in`, or when the
        first is looked for.
        """
        wanted = list(ids)
        await self._looked_until()
        for start in range(0, len(wanted), BULK):
            found = await self._vault.people(wanted[start : start + BULK])
            for id, record in found.items():
                if id not in self._people and id not in self._erased:
                    self._people[id] = _view(id, record)
                    self._unsorted.append(id)

    async def sort_in(self) -> None:
        """Works out by what words and addresses those are found who were taken up at the start, in slices of some ms."""
        while self._unsorted:
            self._sort_in(SLICE)
            await asyncio.sleep(0.001)

    def _sort_in(self, most: int | None = None) -> None:
        """The next so many of them; all of them without `most`. Who is gone by now is left out."""
        size = len(self._unsorted) if most is None else most
        part, self._unsorted = self._unsorted[-size:], self._unsorted[:-size]
        views = [view for id in part if (view := self._people.get(id)) is not None]
        self._words.update([(word, view.id) for view in views for word in words(view.name or "")])
        self._addresses.update([(view.email, view.id) for view in views if view.email])

    async def load(self, ids: Collection[str]) -> None:
        """Take up the people with these ids, as the vault has them now."""
        wanted = list(ids)
        for start in range(0, len(wanted), BULK):
            part = wanted[start : start + BULK]
            found = await self._vault.people(part)
            for id in part:
                self._put(id, found.get(id))

    async def run(self) -> None:
        """Takes up whom other workers or commands change, until cancelled. Whoever is not in here is of no interest."""
        while True:
            changes = await self._vault.changed_people(await self._looked_until())
            if known := [id for id in changes.ids if id in self._people]:
                await self.load(known)
            self._position = changes.position
            await asyncio.sleep(LOOK_EVERY_S)

    async def _looked_until(self) -> int:
        """Up to where changes are known: from before anybody was read, so that no change falls in between."""
        if self._position is None:
            self._position = await self._vault.people_position()
        return self._position

    def forget(self, id: str) -> None:
        """Nobody learns the name of this person any more, though it is being read from the vault at this moment."""
        self._erased.add(id)
        self._put(id, None)

    def missing(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that are not in the directory."""
        return [id for id in ids if id not in self._people]

    def _put(self, id: str, record: PersonRecord | None) -> None:
        old = self._people.pop(id, None)
        if old is not None and old.name:
            self._words.difference_update((word, id) for word in words(old.name))
        if old is not None and old.email:
            self._addresses.discard((old.email, id))
        if record is not None and id not in self._erased:
            self._people[id] = _view(id, record)
            self._words.update((word, id) for word in words(record.name))
            if record.email:
                self._addresses.add((record.email, id))
        for watcher in self._watchers:
            watcher(id)

    def watch(self, callback: Callable[[str], None]) -> None:
        """Call back with the id of everyone who is taken up, changed or forgotten here."""
        self._watchers.append(callback)

    def person(self, id: str) -> PersonView | None:
        return self._people.get(id)

    def country(self, id: str) -> str | None:
        """The country (ISO 3166) a person gave, if any."""
        view = self._people.get(id)
        return None if view is None else view.country

    def search(self, state: JamState, text: str, most: int) -> Sequence[str]:
        """Members of the jam each of whose typed words begins a word of their name."""
        typed = sorted(words(text), key=len, reverse=True)
        if not typed:
            return []
        if self._unsorted:
            self._sort_in()
        found: list[str] = []
        for _, id in self._words.irange((typed[0],), (typed[0] + "\U0010ffff",)):
            if state.member(id) is not None and id not in found and self._matches(id, typed[1:]):
                found.append(id)
                if len(found) == most:
                    break
        return found

    def matching(self, text: str) -> Iterator[str]:
        """Everyone, of any jam, whose name or address begins with what is typed, as `Vault.search_people` says; in no order."""
        query = people_query(text)
        if self._unsorted:
            self._sort_in()
        if query.words:
            for _, id in self._words.irange((query.words[0],), (query.words[0] + LAST_CHARACTER,)):
                if len(query.words) == 1 or self._matches(id, query.words[1:]):
                    yield id
        if query.email:
            for _, id in self._addresses.irange((query.email,), (query.email + LAST_CHARACTER,)):
                yield id

    def sort_key(self, id: str) -> str:
        """Where a name stands in a list: without case, accents and vowel points. Who has none comes last."""
        view = self._people.get(id)
        return sort_key(view.name) if view is not None and view.name else LAST_CHARACTER

    def _matches(self, id: str, typed: list[str]) -> bool:
        own = words(self._people[id].name or "")
        return all(any(word.startswith(prefix) for word in own) for prefix in typed)

    async def update(self, id: str, **changes: str | None) -> PersonView:
        """Change name, language or country of a person, in the vault and here."""
        record = await self._vault.update_person(id, **changes)  # type: ignore[arg-type]
        self._put(id, record)
        return self._people[id]

    def may_create_jam(self, id: str) -> bool:
        return id in self._store.organization.organizers


def _view(id: str, record: PersonRecord) -> PersonView:
    return PersonView(id, record.name, record.country, record.language, record.email)
