"""Invitations behind the API: the real service, with mails and codes kept in dicts. With real stores it is tried in
`tests/inviting` and `tests/web`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from server.access.mailer import Mailer
from server.inviting.outbox import Outbox
from server.inviting.service import Inviting
from server.jam.commands import Command
from server.jam.state import JamState
from server.jam_store import JamStore
from server.settings import Settings
from server.vault.invitations import InvitationMail, RoomCode
from server.vault.port import PersonRecord, Vault

if TYPE_CHECKING:
    from tests.schema.world import Api


@dataclass
class MailBook:
    """What the vault keeps of invitations. Everybody's address is their id at example.org."""

    api: "Api"
    kept: dict[str, InvitationMail] = field(default_factory=dict)
    rooms: dict[str, RoomCode] = field(default_factory=dict)

    async def put_mails(self, mails: Sequence[InvitationMail], apart_ms: int) -> list[InvitationMail]:
        return [self.kept.setdefault(mail.id, mail) for mail in mails]

    async def mails(self, ids: Collection[str]) -> dict[str, InvitationMail]:
        return {id: self.kept[id] for id in ids if id in self.kept}

    async def add_code(self, code: RoomCode) -> bool:
        return self.rooms.setdefault(code.id, code) is code

    async def room_codes(self, ids: Collection[str]) -> dict[str, RoomCode]:
        return {id: self.rooms[id] for id in ids if id in self.rooms}

    async def person_by_email(self, email: str) -> PersonRecord | None:
        id = email.removesuffix("@example.org")
        known = id != email and self.api.state.member(id) is not None
        return PersonRecord(id, email, id.capitalize(), None, "en", 0) if known else None


@dataclass
class Store:
    """The jams of the API's world."""

    api: "Api"

    def all(self) -> Sequence[JamState]:
        return self.api.states

    async def submit(self, jam_id: str, command: Command) -> int:
        return await self.api.services.submit(jam_id, command)


@dataclass
class Unsent:
    def nudge(self) -> None:
        return None


def inviting(api: "Api") -> tuple[Inviting, MailBook]:
    """The service, and what it keeps."""
    book = MailBook(api)
    mailer: Any = Mailer(Settings(development=True))
    store, outbox = cast("JamStore", Store(api)), cast("Outbox", Unsent())
    return Inviting(cast("Vault", book), store, mailer, outbox, lambda: api.now), book
