"""The tree of who brought whom in columns, for a picture of many people."""

from array import array
from enum import IntFlag

import strawberry

from schema.map_columns import packed
from schema.marks import described
from schema.scalars import Timestamp
from schema.view import JamView
from server.jam.forest import Shown
from server.jam.people import RELATIONS, Relation
from server.jam.reach import ReachCount

PLACE = {relation: place for place, relation in enumerate(RELATIONS)}
NAMED = 400


class Mark(IntFlag):
    """What is said of a person by a bit."""

    ACTIVE = 1
    SUSPENDED = 2


@strawberry.type(
    description="People of the tree in columns, those with the most people below them first, each after whoever brought them: "
    "Base64 of unsigned little-endian numbers, of 32 bits where nothing else is said."
)
class InvitationTreeColumns:
    view: strawberry.Private[JamView]
    count_: strawberry.Private[ReachCount]
    shown: strawberry.Private[Shown]

    @strawberry.field
    def count(self) -> int:
        return len(self.shown.numbers)

    @described("Ids of the people, with a space between two.")
    def person_ids(self) -> str:
        members = self.count_.forest.members
        return " ".join(members[number].person for number in self.shown.numbers)

    @described("1 + the place of whoever brought them in these columns; 0 for those at the top.")
    def parents(self) -> str:
        return packed(self.shown.parents)

    @described("How many they brought themselves.")
    def brought(self) -> str:
        return self._column(self.count_.forest.brought)

    @described("How many stand below them, at any depth. Those of them who are not in the columns have brought fewer.")
    def below(self) -> str:
        return self._column(self.count_.forest.below)

    def _column(self, numbers: "array[int]") -> str:
        return packed(array("I", [numbers[number] for number in self.shown.numbers]))

    @strawberry.field
    def relation_codes(self) -> list[Relation]:
        return list(RELATIONS)

    @described("Places in `relationCodes`, 8 bits each.")
    def relations(self) -> str:
        members = self.count_.forest.members
        return packed(array("B", [PLACE[members[number].relation] for number in self.shown.numbers]))

    @described("8 bits each. 1: something of theirs stands (an idea, a comment, a vote). 2: suspended now.")
    def marks(self) -> str:
        return packed(array("B", [self._mark(number) for number in self.shown.numbers]))

    def _mark(self, number: int) -> int:
        mark = Mark.ACTIVE if self.count_.acts.is_active(number) else Mark(0)
        return mark | Mark.SUSPENDED if self.count_.forest.members[number].is_suspended else mark

    @described("When times begin.")
    def origin(self) -> Timestamp:
        return Timestamp(self.view.state.created_at)

    @described("Seconds after `origin`.")
    def joined(self) -> str:
        members, origin = self.count_.forest.members, self.view.state.created_at
        return packed(array("I", [max(0, (members[number].joined_at - origin) // 1000) for number in self.shown.numbers]))

    @described("A name a line, of the first 400; an empty line for who has none any more.")
    def names(self) -> str:
        members = self.count_.forest.members
        return "\n".join(self._name(members[number].person) for number in self.shown.numbers[:NAMED])

    def _name(self, person: str) -> str:
        known = self.view.services.people.person(person)
        return ((known.name if known is not None else None) or "").replace("\n", " ")
