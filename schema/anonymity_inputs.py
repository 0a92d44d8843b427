"""What the commands around anonymous posts, and about who may act, take."""

import strawberry
from strawberry import ID, UNSET

from schema.inputs import AudienceInput
from server.jam.people import Relation

PROOF = "32 random-looking bytes in base64url that only the device of the author can make again; it is never kept here."
SALT = "16 random bytes in base64url, public: from it and its secret the device makes the proof."


@strawberry.input
class PostAnonymousIdeaInput:
    command_id: ID
    jam_id: ID
    topic_id: ID
    title: str
    body: str
    proof: str = strawberry.field(description=PROOF)
    salt: str = strawberry.field(description=SALT)
    language: str | None = UNSET
    parent_ids: list[ID] | None = UNSET
    audience: AudienceInput | None = UNSET


@strawberry.input
class PostAnonymousCommentInput:
    command_id: ID
    idea_id: ID
    body: str
    proof: str = strawberry.field(description=PROOF)
    salt: str = strawberry.field(description=SALT)
    parent_id: ID | None = UNSET
    language: str | None = UNSET


@strawberry.input
class EditAnonymousIdeaInput:
    command_id: ID
    idea_id: ID
    title: str
    body: str
    base_version: int
    proof: str = strawberry.field(description=PROOF)


@strawberry.input
class EditAnonymousCommentInput:
    command_id: ID
    comment_id: ID
    body: str
    proof: str = strawberry.field(description=PROOF)


@strawberry.input
class WithdrawAnonymousInput:
    command_id: ID
    jam_id: ID
    target_id: ID
    proof: str = strawberry.field(description=PROOF)


@strawberry.input
class SetAuditKeyInput:
    command_id: ID
    jam_id: ID
    public_key: str = strawberry.field(description="An uncompressed point of P-256, 65 bytes in base64url.")
    eyes: int | None = strawberry.field(
        default=UNSET, description="How many organizers it takes to open an author: 1 or 2; two by default where there are two."
    )


@strawberry.input
class SetAnonymousPostingInput:
    command_id: ID
    jam_id: ID
    on: bool


@strawberry.input
class OpenAuthorInput:
    command_id: ID
    jam_id: ID
    target_id: ID
    reason: str


@strawberry.input
class ConfirmOpeningInput:
    command_id: ID
    jam_id: ID
    target_id: ID


@strawberry.input
class SetActingInput:
    command_id: ID
    jam_id: ID
    topic_id: ID | None = strawberry.field(default=UNSET, description="Without it: in the whole jam.")
    relations: list[Relation] | None = strawberry.field(default=UNSET, description="Without them: everyone who may see it.")
