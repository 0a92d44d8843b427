"""What the commands about terms take."""

import strawberry
from strawberry import ID, UNSET

from schema.inputs import LocalTextInput


@strawberry.input
class PublishTermsInput:
    command_id: ID
    jam_id: ID
    follows: int
    texts: list[LocalTextInput]
    note: list[LocalTextInput] | None = UNSET


@strawberry.input
class AcceptTermsInput:
    command_id: ID
    jam_id: ID
    version: int
    language: str
    person_id: ID | None = UNSET
