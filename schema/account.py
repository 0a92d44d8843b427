"""A person's own account: where they are signed in, with which passkeys, and which programs act for them."""

import strawberry
from strawberry import ID

from schema.marks import described
from schema.scalars import Timestamp
from server.vault import credentials, port


@strawberry.type(description="A place where the viewer is signed in.")
class Session:
    name: strawberry.Private[str]
    entity: strawberry.Private[port.Session]
    is_this_one: bool

    @strawberry.field
    def id(self) -> ID:
        return ID(self.name)

    @described("What the browser said of itself when it signed in.")
    def user_agent(self) -> str:
        return self.entity.user_agent

    @strawberry.field
    def began_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @described("When it was used last, within some minutes.")
    def used_at(self) -> Timestamp:
        return Timestamp(self.entity.seen_at)


@strawberry.type(description="A secret by which a program acts for the viewer. It is told once, when it is made.")
class ApiToken:
    entity: strawberry.Private[credentials.ApiToken]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def name(self) -> str:
        return self.entity.name

    @described("What it may do: READ, POST, VOTE, MODERATE, ORGANIZE.")
    def scopes(self) -> list[str]:
        return self.entity.scopes.split()

    @strawberry.field
    def made_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @strawberry.field
    def expires_at(self) -> Timestamp:
        return Timestamp(self.entity.expires_at)

    @described("When it was used last, within some minutes.")
    def used_at(self) -> Timestamp | None:
        return None if self.entity.used_at is None else Timestamp(self.entity.used_at)


@strawberry.type(description="A key on a device of the viewer's that signs them in.")
class Passkey:
    entity: strawberry.Private[credentials.Passkey]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.id)

    @strawberry.field
    def name(self) -> str:
        return self.entity.name

    @described("Kept in a key chain, and so on more than one device.")
    def is_synced(self) -> bool:
        return self.entity.is_synced

    @strawberry.field
    def made_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @strawberry.field
    def used_at(self) -> Timestamp | None:
        return None if self.entity.used_at is None else Timestamp(self.entity.used_at)
