"""What resolvers are given: who looks, and the services that answer. Resolvers translate; they never decide."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.directory import PersonView
from server.here import Origin
from server.hooks.service import HookView
from server.inviting.service import Guest
from server.jam.commands import Command, CreateInvitation
from server.jam.entities import Invitation
from server.jam.people import STRANGER, Viewer, VisibilityClass, class_viewer
from server.jam.state import JamState
from server.metrics.latency import JamLatency
from server.metrics.vitals import Figure, Vitals
from server.metrics.watch import Point
from server.opinions.reading import Reading
from server.push.service import Choice, PushView, Subscription
from server.reach import ReachMeter
from server.roster import Roster
from server.themes.briefings import Briefings
from server.themes.columns import MapColumns
from server.vault.credentials import ApiToken, Passkey
from server.vault.digests import MailMode, MailWish
from server.vault.invitations import InvitationMail, RoomCode
from server.vault.port import PersonRecord, Session
from server.visits import Absence


class Caller(Protocol):
    """Someone signed in."""

    @property
    def person_id(self) -> str: ...
    @property
    def session_id(self) -> str: ...


class Jams(Protocol):
    """The jams this server holds, each as its live state."""

    def get(self, jam_id: str) -> JamState | None: ...
    def by_slug(self, slug: str) -> JamState | None: ...
    def all(self) -> Sequence[JamState]: ...


class People(Protocol):
    """Names and countries, kept in memory."""

    def person(self, id: str) -> PersonView | None: ...
    def search(self, state: JamState, text: str, most: int) -> Sequence[str]:
        """Ids of members whose name matches."""
        ...

    async def update(self, id: str, **changes: str | None) -> PersonView: ...
    def may_create_jam(self, id: str) -> bool: ...


class Drafts(Protocol):
    async def save(self, person_id: str, jam_id: str, key: str, body: str) -> None: ...
    async def all(self, person_id: str, jam_id: str) -> Sequence[tuple[str, str, int]]: ...


class Account(Protocol):
    """A person's own sessions, passkeys and API tokens. What belongs to others is not found."""

    async def sessions(self, person_id: str) -> Sequence[tuple[str, Session]]:
        """(name by which it can be ended, session), the one used last first."""
        ...

    async def end_session(self, person_id: str, name: str) -> bool: ...
    async def end_other_sessions(self, person_id: str, kept: str) -> None: ...
    async def passkeys(self, person_id: str) -> Sequence[Passkey]: ...
    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool: ...
    async def remove_passkey(self, person_id: str, id: str) -> bool: ...
    async def tokens(self, person_id: str) -> Sequence[ApiToken]: ...
    async def revoke_token(self, person_id: str, id: str) -> bool: ...


class Search(Protocol):
    """Finds by words, as they are typed. It knows nothing of audiences: whoever asks filters by the visibility rule."""

    def is_ready(self, jam_id: str) -> bool:
        """Whether all of a jam can be found."""
        ...

    async def ready(self, jam_id: str) -> bool:
        """Waits a while until all of a jam can be found; False where that takes longer."""
        ...

    def ideas(self, jam_id: str, text: str) -> Iterable[str]:
        """Ids of ideas, best first; lazily, so that filtering takes no more than it needs."""
        ...

    def comments(self, jam_id: str, text: str) -> Iterable[str]: ...


class Themes(Protocol):
    """What the clustering process answers."""

    async def similar(self, jam_id: str, text: str, language: str | None, most: int) -> Sequence[tuple[str, float]]:
        """(idea id, score 0..1), best first, unfiltered: the resolver filters by the visibility rule."""
        ...

    async def regroup(self, jam_id: str) -> None:
        """Asks for a full grouping now; returns when it has been asked for."""
        ...

    def backlog(self, jam_id: str) -> int: ...

    def is_grouping(self, jam_id: str) -> bool: ...


class OpinionReadings(Protocol):
    """What the votes tell of who votes alike."""

    def reading(self, jam_id: str) -> Reading | None: ...
    def read_at(self, jam_id: str) -> int: ...
    def group_of(self, jam_id: str, member: int) -> int | None:
        """The key of a member's group: for that member's eyes only."""
        ...


class Absences(Protocol):
    """When people were last in a jam for long."""

    async def absence(self, person_id: str, jam_id: str) -> Absence | None: ...
    async def put_away(self, person_id: str, jam_id: str) -> None: ...


class MinorAccounts(Protocol):
    """The accounts of minors; see `server.minors`."""

    async def add(self, person_id: str, name: str, language: str) -> None: ...
    async def link(self, person_id: str, slug: str) -> tuple[str, int]:
        """A link that signs the minor in once, and when it ends (ms)."""
        ...

    async def discard(self, person_id: str) -> None:
        """Forgets an account that no jam knows."""
        ...

    async def erase(self, person_id: str) -> None: ...


class WebhookKeeping(Protocol):
    """The webhooks of jams; see `server.hooks.service`. Who asks has been found to be an organizer."""

    async def of(self, jam_id: str) -> Sequence[HookView]: ...
    async def add(self, state: JamState, id: str, url: str, kinds: Sequence[str]) -> tuple[HookView, str | None]: ...
    async def pause(self, jam_id: str, id: str, is_paused: bool) -> HookView: ...
    async def end(self, jam_id: str, id: str) -> None: ...
    async def send_again(self, jam_id: str, id: str) -> HookView: ...


class MailWishes(Protocol):
    """How often people want mails; see `server.digests.service`."""

    async def wish(self, person_id: str) -> MailWish: ...
    async def choose(self, person_id: str, mode: MailMode) -> MailWish: ...


class PushWishes(Protocol):
    """What people wish to be told of by web push, and their devices; see `server.push.service`."""

    async def of(self, person_id: str, session_hash: str) -> PushView: ...
    async def add_device(
        self, person_id: str, session_hash: str, found: Subscription, zone: str, replaces: str | None = None
    ) -> None: ...
    async def choose(self, person_id: str, choice: Choice) -> None: ...
    async def end_device(self, person_id: str, id: str) -> None: ...


class Latency(Protocol):
    """How long votes take to the screens."""

    def report(self, jam_id: str, session_id: str, own: Sequence[int], drawn: Sequence[int], error: int) -> None:
        """Counts what a screen measured (ms); raises `ImpossibleReport` and `TooSoon` of `server.metrics.screens`."""
        ...

    def of(self, jam_id: str) -> JamLatency: ...


class Operations(Protocol):
    """How the workers are; see `server.metrics.watch`."""

    def workers(self) -> Sequence[tuple[str, Vitals]]: ...
    def points(self, worker: str, figure: Figure) -> Sequence[Point]: ...


class Invitations(Protocol):
    def new_token(self) -> tuple[str, str]:
        """(secret token for the link, its hash for the journal)."""
        ...

    def hash(self, token: str) -> str: ...
    def url(self, token: str) -> str: ...


class Inviting(Protocol):
    """Invitations beyond the journal; see `server.inviting.service`."""

    @property
    def can_mail(self) -> bool: ...
    async def by_mail(
        self, state: JamState, actor: str, id: str, guests: Sequence[Guest], expires_at: int | None = None
    ) -> tuple[list[str], int]: ...
    async def again(self, state: JamState, actor: str, id: str, invitation: Invitation) -> tuple[str, int]: ...
    async def mails(self, invitation_ids: Sequence[str]) -> Mapping[str, InvitationMail]: ...
    async def code(self, state: JamState, command: CreateInvitation) -> tuple[RoomCode, int]: ...
    async def codes(self, invitation_ids: Sequence[str]) -> Mapping[str, RoomCode]: ...
    async def addressee(self, invitation: Invitation) -> tuple[InvitationMail | None, PersonRecord | None]: ...
    async def is_for(self, invitation: Invitation, person_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything resolvers may ask. `submit` raises a `Rejection`, or returns the seq at which the command is in effect."""

    jams: Jams
    people: People
    drafts: Drafts
    account: Account
    roster: Roster
    search: Search
    themes: Themes
    opinions: OpinionReadings
    maps: MapColumns
    reach: ReachMeter
    briefings: Briefings
    invitations: Invitations
    inviting: Inviting
    minors: MinorAccounts
    latency: Latency
    operations: Operations
    webhooks: WebhookKeeping
    mail_wishes: MailWishes
    pushes: PushWishes
    submit: Callable[[str, Command], Awaitable[int]]
    create_jam: Callable[[Command], Awaitable[int]]
    count_seen: Callable[[str, str, Sequence[str]], None]
    allow: Callable[[str, str], None]
    here: Callable[[str], int]
    origins: Callable[[str], Mapping[Origin, int]]
    absences: Absences
    clock: Callable[[], int]
    markdown: Callable[[str], str]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """One request's, or one live group's: then there is no caller, and `visibility` stands for the people of the group.

    `jam_id` names the jam that the visibility class belongs to: in another jam it means nothing.
    """

    services: Services
    caller: Caller | None = None
    visibility: VisibilityClass | None = None
    jam_id: str | None = None

    def viewer(self, state: JamState) -> Viewer:
        """Who looks at this jam, for the visibility rule."""
        if self.visibility is not None:
            return class_viewer(self.visibility) if self.jam_id in (None, state.id) else STRANGER
        return STRANGER if self.caller is None else state.viewer_at(self.caller.person_id, self.services.clock())
