"""What invitation commands are given."""

import strawberry
from strawberry import ID
from strawberry.types.unset import UNSET

from schema.scalars import Timestamp
from server.jam.people import Relation


@strawberry.input(description="A link for whoever holds it; `maxUses` people may join by it. It ends as the jam's policy says.")
class InviteByLinkInput:
    command_id: ID
    jam_id: ID
    relation: Relation
    max_uses: int = 1


@strawberry.input
class GuestInput:
    address: str
    name: str | None = UNSET


@strawberry.input(description="A mail to each of these; `line` is the inviter's own, plain text without links, 300 characters.")
class InviteByMailInput:
    command_id: ID
    jam_id: ID
    relation: Relation
    guests: list[GuestInput]
    language: str = "en"
    line: str = ""


@strawberry.input(description="A code that a room reads from the wall and types in; it ends within a week.")
class CreateCodeInput:
    command_id: ID
    jam_id: ID
    relation: Relation
    max_uses: int
    expires_at: Timestamp


@strawberry.input
class RelationQuotaInput:
    relation: Relation
    places: int


@strawberry.input
class SetInvitationPolicyInput:
    command_id: ID
    jam_id: ID
    quotas: list[RelationQuotaInput]
    relations: list[Relation]
    days: int
