"""What the commands about minors and circles take."""

import strawberry
from strawberry import ID

from schema.scalars import Timestamp
from server.jam.people import Relation


@strawberry.input
class MinorPolicyInput:
    command_id: ID
    jam_id: ID
    allowed: bool
    minimum_age: int
    majority: int
    relations: list[Relation]


@strawberry.input
class AddMinorInput:
    command_id: ID
    jam_id: ID
    name: str
    language: str
    until: Timestamp


@strawberry.input
class MinorInput:
    command_id: ID
    jam_id: ID
    person_id: ID


@strawberry.input
class PauseMinorInput:
    command_id: ID
    jam_id: ID
    person_id: ID
    paused: bool


@strawberry.input
class RenameCircleInput:
    command_id: ID
    circle_id: ID
    name: str


@strawberry.input
class CloseCircleInput:
    command_id: ID
    circle_id: ID
    closed: bool = True
