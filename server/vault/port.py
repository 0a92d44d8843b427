"""The vault port: what must be changeable and erasable, and therefore stays out of the journal.

Times are integers: milliseconds since 1970 in UTC. Whatever belongs to a person goes when the person is erased; so a
person must exist before anything can be kept for them.

Errors::

    Exception
    ├── EmailTaken         another person has this e-mail address: nothing was written
    ├── PersonExists       a person with this id exists: nothing was written
    ├── VaultUnavailable   the store can't serve now
    ├── KeyError           the person concerned does not exist: nothing was written
    └── ValueError         an image above `MAX_IMAGE` bytes
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypedDict, Unpack

from server.vault.backlogs import BacklogVault
from server.vault.counts import CountVault
from server.vault.credentials import CredentialVault
from server.vault.digests import DigestVault
from server.vault.hooks import HookVault
from server.vault.invitations import InvitationVault
from server.vault.leases import LeaseVault
from server.vault.notes import NoteVault
from server.vault.own import OwnVault
from server.vault.pushes import PushVault
from server.vault.visits import VisitVault

MAX_IMAGE = 15 * 1024 * 1024
"""Bytes of one image: a MongoDB document holds 16 MB, its envelope included."""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Who a person is. `email` is normalised by the vault when it is written."""

    id: str
    email: str | None
    name: str
    country: str | None
    language: str
    created_at: int


class PersonChanges(TypedDict, total=False):
    """What `update_person` can change."""

    email: str | None
    name: str
    country: str | None
    language: str


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that signs a person in, once; `browser_hash` binds it to the browser that asked for it."""

    token_hash: str
    person_id: str
    browser_hash: str | None
    expires_at: int
    next_path: str


class SessionUse(NamedTuple):
    """When a session was used last, and until when it is good now (ms)."""

    token_hash: str
    seen_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in on one device."""

    token_hash: str
    person_id: str
    created_at: int
    seen_at: int
    expires_at: int
    user_agent: str


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded image of a person; `width` and `height` in pixels."""

    id: str
    owner_id: str
    content_type: str
    data: bytes
    width: int
    height: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Something a person has begun to write in a jam; `key` says what, `body` is JSON."""

    person_id: str
    jam_id: str
    key: str
    body: str
    updated_at: int


class EmailTaken(Exception):
    """Another person has the address `email` (or, in one bulk, two have it)."""

    def __init__(self, email: str) -> None:
        super().__init__("the e-mail address belongs to another person")
        self.email = email


class PersonExists(Exception):
    """A person with the id `person_id` exists already (or, in one bulk, twice)."""

    def __init__(self, person_id: str) -> None:
        super().__init__(f"person {person_id} exists")
        self.person_id = person_id


class VaultUnavailable(Exception):
    """The store can't serve now: unreachable, full, read-only or damaged. `reason` is for a person to read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Vault(
    CredentialVault, VisitVault, OwnVault, InvitationVault, DigestVault, HookVault, NoteVault, LeaseVault, CountVault,
    PushVault, BacklogVault, Protocol,
):  # fmt: skip
    """People and what belongs to them. Every adapter passes the one contract test."""

    async def add_person(self, person: PersonRecord) -> None:
        """Add a person. Raises `EmailTaken` or `PersonExists`."""

    async def add_people(self, people: Sequence[PersonRecord]) -> None:
        """Add all of them or, raising `EmailTaken` or `PersonExists`, none."""

    async def person(self, person_id: str) -> PersonRecord | None:
        """The person, or None."""

    async def people(self, person_ids: Collection[str]) -> dict[str, PersonRecord]:
        """Those of the people who exist, by id."""

    async def person_by_email(self, email: str) -> PersonRecord | None:
        """The person with this address, however it is capitalised, or None."""

    async def update_person(self, person_id: str, **changes: Unpack[PersonChanges]) -> PersonRecord:
        """Change the fields named and return the person as they are now.

        Raises `KeyError` for an unknown person, `EmailTaken`, or `TypeError` for a field that can't be changed.
        """

    async def search_people(self, prefix: str, limit: int) -> list[PersonRecord]:
        """At most `limit` people, sorted by name, who match what is typed: in any case, with or without accents.

        Each word must begin a word of the name, or the whole begin the e-mail address. With an "@", only addresses
        count. Nothing typed finds nobody.
        """

    async def erase_person(self, person_id: str) -> None:
        """Remove the person and all that was theirs; whatever is gone already stays gone."""

    async def add_link(self, link: SignInLink) -> None:
        """Keep a sign-in link. Raises `KeyError` for an unknown person."""

    async def link(self, token_hash: str, now: int) -> SignInLink | None:
        """The link, which stays usable; None if it is unknown, used or expired."""

    async def take_link(self, token_hash: str, now: int) -> SignInLink | None:
        """Use a link up: of any number who take it, one gets it; None if it is unknown, used or expired."""

    async def add_session(self, session: Session) -> None:
        """Keep a session. Raises `KeyError` for an unknown person."""

    async def session(self, token_hash: str, now: int) -> Session | None:
        """The session, or None if it is unknown, ended or expired."""

    async def ended_sessions(self, token_hashes: Collection[str], now: int) -> set[str]:
        """Those of sessions and API tokens that are unknown, ended or expired: one question for all a worker remembers."""

    async def touch_sessions(self, uses: Collection[SessionUse]) -> None:
        """Note all of them at once. A session that has ended stays ended."""

    async def end_session(self, token_hash: str) -> None:
        """End one session."""

    async def end_sessions(self, person_id: str, except_hash: str | None = None) -> None:
        """End all sessions of a person but the one of `except_hash`."""

    async def end_sessions_of(self, person_ids: Collection[str], begun_by: int) -> None:
        """End all sessions of these people that were made at `begun_by` or before."""

    async def sessions(self, person_id: str) -> list[Session]:
        """The sessions of a person, the one used last first; expired ones too, until they are swept."""

    async def put_image(self, image: Image) -> None:
        """Keep an image, in place of one with the same id. Raises `KeyError` for an unknown owner, or `ValueError`."""

    async def image(self, image_id: str) -> Image | None:
        """The image, or None."""

    async def delete_image(self, image_id: str) -> None:
        """Remove an image."""

    async def put_draft(self, draft: Draft) -> None:
        """Keep a draft, in place of one with the same person, jam and key. Raises `KeyError` for an unknown person."""

    async def drafts(self, person_id: str, jam_id: str) -> list[Draft]:
        """The drafts of a person in a jam, sorted by key."""

    async def delete_draft(self, person_id: str, jam_id: str, key: str) -> None:
        """Remove a draft."""

    async def sweep(self, now: int) -> int:
        """Remove the links, sessions, tokens and tickets that have expired by `now`, and return how many there were."""

    async def close(self) -> None:
        """Release the store; a second call does nothing."""


def check_image(image: Image) -> None:
    """Raise `ValueError` for an image above `MAX_IMAGE` bytes."""
    if len(image.data) > MAX_IMAGE:
        raise ValueError(f"an image has at most {MAX_IMAGE} bytes, not {len(image.data)}")


def check_changes(changes: PersonChanges) -> None:
    """Raise `TypeError` for a field that `update_person` can't change."""
    if unknown := changes.keys() - PersonChanges.__annotations__.keys():
        raise TypeError(f"a person has no changeable {sorted(unknown)}")
