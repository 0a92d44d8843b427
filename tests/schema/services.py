"""What the API's services answer from, kept in dicts. With real stores each is tried where it belongs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from server.directory import PersonView
from server.hooks.service import HookView
from server.jam.rejections import Conflict, NotFound
from server.jam.state import JamState
from server.opinions.reading import NOBODY, Reading
from server.push.service import Choice, PushView, Subscription, usual
from server.vault.credentials import ApiToken, Passkey
from server.vault.digests import MailMode, MailWish
from server.vault.port import Session
from server.visits import Absence
from tests.jam.world import PEOPLE, T0


class Around(Protocol):
    """The jam that services are of, who is in it, and what time it is."""

    now: int
    people: "People"

    @property
    def state(self) -> JamState: ...


@dataclass
class People:
    """Everybody is called by their id with a capital, and `ann` and `ben` come from two countries."""

    views: dict[str, PersonView] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)

    def person(self, id: str) -> PersonView | None:
        country = {"ann": "IL", "ben": "US"}.get(id)
        name = self.given.get(id, id.capitalize())
        return self.views.get(id) or PersonView(id, name, country, "en", f"{id}@example.org")

    def country(self, id: str) -> str | None:
        view = self.person(id)
        return None if view is None else view.country

    def matching(self, text: str) -> Iterable[str]:
        return (id for id in (*PEOPLE, "org") if id.startswith(text.strip().lower()))

    def sort_key(self, id: str) -> str:
        return id

    def search(self, state: JamState, text: str, most: int) -> Sequence[str]:
        return [member.person for member in state.members if member.person.startswith(text.lower())][:most]

    async def update(self, id: str, **changes: str | None) -> PersonView:
        view = self.person(id)
        assert view is not None
        self.views[id] = replace(view, **changes)  # type: ignore[arg-type]
        return self.views[id]

    def may_create_jam(self, id: str) -> bool:
        return id == "org"


class Webhooks:
    """None: with a real vault they are tried in `tests/web/test_webhooks.py`."""

    async def of(self, jam_id: str) -> Sequence[HookView]:
        return []

    async def add(self, state: JamState, id: str, url: str, kinds: Sequence[str]) -> tuple[HookView, str | None]:
        raise Conflict("There are none here.")

    async def pause(self, jam_id: str, id: str, is_paused: bool) -> HookView:
        raise NotFound("webhook", id)

    async def end(self, jam_id: str, id: str) -> None:
        raise NotFound("webhook", id)

    async def send_again(self, jam_id: str, id: str) -> HookView:
        raise NotFound("webhook", id)


@dataclass
class MailWishes:
    """What people wished; with a real vault it is tried in `tests/digests`."""

    kept: dict[str, MailMode] = field(default_factory=dict)

    async def wish(self, person_id: str) -> MailWish:
        return MailWish(person_id, self.kept.get(person_id, MailMode.DAILY), "secret")

    async def choose(self, person_id: str, mode: MailMode) -> MailWish:
        self.kept[person_id] = mode
        return await self.wish(person_id)


class PushWishes:
    """The usual wish of everybody; with a real vault it is tried in `tests/push`."""

    async def of(self, person_id: str, session_hash: str) -> PushView:
        return PushView("key", usual(person_id, T0), [], session_hash)

    async def add_device(
        self, person_id: str, session_hash: str, found: Subscription, zone: str, replaces: str | None = None
    ) -> None:
        return None

    async def choose(self, person_id: str, choice: Choice) -> None:
        return None

    async def end_device(self, person_id: str, id: str) -> None:
        raise NotFound("device", id)


@dataclass
class Drafts:
    kept: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)

    async def save(self, person_id: str, jam_id: str, key: str, body: str) -> None:
        self.kept[person_id, jam_id, key] = (body, 1)

    async def all(self, person_id: str, jam_id: str) -> Sequence[tuple[str, str, int]]:
        mine = {key: kept for (person, jam, key), kept in self.kept.items() if (person, jam) == (person_id, jam_id)}
        return [(key, body, at) for key, (body, at) in mine.items()]


@dataclass
class Account:
    """Nobody's sessions and passkeys: with a real store they are tried in `tests/web/test_account.py`."""

    async def sessions(self, person_id: str) -> Sequence[tuple[str, Session]]:
        return []

    async def end_session(self, person_id: str, name: str) -> bool:
        return False

    async def end_other_sessions(self, person_id: str, kept: str) -> None:
        return None

    async def passkeys(self, person_id: str) -> Sequence[Passkey]:
        return []

    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool:
        return False

    async def remove_passkey(self, person_id: str, id: str) -> bool:
        return False

    async def tokens(self, person_id: str) -> Sequence[ApiToken]:
        return []

    async def revoke_token(self, person_id: str, id: str) -> bool:
        return False


@dataclass
class Finder:
    """Finds everything that has the words, whoever it is for; and calls every idea similar."""

    api: Around
    regrouped: list[str] = field(default_factory=list)
    is_loaded: bool = True
    is_slow: bool = False

    def is_ready(self, jam_id: str) -> bool:
        return self.is_loaded

    async def ready(self, jam_id: str) -> bool:
        return not self.is_slow

    def ideas(self, jam_id: str, text: str) -> Iterable[str]:
        return (idea.id for idea in self.api.state.ideas if text.lower() in f"{idea.title} {idea.body}".lower())

    def comments(self, jam_id: str, text: str) -> Iterable[str]:
        return (comment.id for comment in self.api.state.comments if text.lower() in comment.body.lower())

    async def similar(self, jam_id: str, text: str, language: str | None, most: int) -> Sequence[tuple[str, float]]:
        return [(idea.id, 1 / (1 + idea.number)) for idea in self.api.state.ideas][:most]

    async def regroup(self, jam_id: str) -> None:
        self.regrouped.append(jam_id)

    def backlog(self, jam_id: str) -> int:
        return 7

    def is_grouping(self, jam_id: str) -> bool:
        return True


@dataclass
class Readings:
    """The last reading of opinions, as a test has put it here."""

    kept: Reading | None = None

    def reading(self, jam_id: str) -> Reading | None:
        return self.kept

    def read_at(self, jam_id: str) -> int:
        return 0 if self.kept is None else T0

    def group_of(self, jam_id: str, member: int) -> int | None:
        key = NOBODY if self.kept is None else self.kept.groups_of[member]
        return None if key == NOBODY else key


class Invitations:
    def __init__(self) -> None:
        self.made = 0

    def new_token(self) -> tuple[str, str]:
        self.made += 1
        return f"token-{self.made}", self.hash(f"token-{self.made}")

    def hash(self, token: str) -> str:
        return f"hash of {token}"

    def url(self, token: str) -> str:
        return f"https://jam.example/join/{token}"


@dataclass
class Absences:
    """Everybody was away since the mark that is set for them."""

    known: dict[str, Absence] = field(default_factory=dict)

    async def absence(self, person_id: str, jam_id: str) -> Absence | None:
        return self.known.get(person_id)

    async def put_away(self, person_id: str, jam_id: str) -> None:
        if person_id in self.known:
            self.known[person_id] = replace(self.known[person_id], is_new=False)


@dataclass
class MinorAccounts:
    """The names of minors by their ids, as a vault would keep them; with a real one they are tried in `tests/web/test_minors.py`."""

    api: Around
    names: dict[str, str] = field(default_factory=dict)

    async def add(self, person_id: str, name: str, language: str) -> None:
        self.names[person_id] = self.api.people.given[person_id] = name

    async def link(self, person_id: str, slug: str) -> tuple[str, int]:
        return f"https://jam.example/enter#{person_id}-{slug}", self.api.now + 900_000

    async def discard(self, person_id: str) -> None:
        self.names.pop(person_id, None)

    async def erase(self, person_id: str) -> None:
        self.names.pop(person_id, None)
