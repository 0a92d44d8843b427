"""What commands about members take."""

import strawberry
from strawberry import ID, UNSET

from schema.scalars import BranchContent, Timestamp
from server.jam.people import Role
from server.jam.standing import RestrictionKind


@strawberry.input(description="`until`: when it ends; without it, somebody has to lift it. At most 5,000 people.")
class RestrictMembersInput:
    command_id: ID
    jam_id: ID
    person_ids: list[ID]
    kind: RestrictionKind
    reason: str
    until: Timestamp | None = UNSET


@strawberry.input
class LiftRestrictionsInput:
    command_id: ID
    jam_id: ID
    person_ids: list[ID]
    reason: str


@strawberry.input
class ChangeRolesInput:
    command_id: ID
    jam_id: ID
    person_ids: list[ID]
    role: Role


@strawberry.input(description="All invitations that these people made.")
class RevokeInvitationsOfInput:
    command_id: ID
    jam_id: ID
    person_ids: list[ID]


@strawberry.input(description="What is left out is not limited.")
class ScopeModeratorInput:
    command_id: ID
    jam_id: ID
    person_id: ID
    topic_ids: list[ID] | None = UNSET
    languages: list[str] | None = UNSET


@strawberry.input
class UndoMemberActInput:
    command_id: ID
    jam_id: ID
    act_id: ID


@strawberry.input
class RevokeBranchInput:
    command_id: ID
    jam_id: ID
    person_id: ID
    content: BranchContent
    reason: str


@strawberry.input
class RestoreBranchInput:
    command_id: ID
    jam_id: ID
    person_id: ID
