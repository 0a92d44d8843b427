"""What frames a jam: its schedule, its counts, what is announced to everyone."""

import strawberry

from schema.node import Node
from schema.scalars import Timestamp
from schema.view import JamView
from server.jam import entities as e
from server.jam.phases import Schedule as Plan
from server.jam.tallies import WHOLE_JAM
from server.jam.texts import pick


@strawberry.type
class Schedule:
    entity: strawberry.Private[Plan]

    @strawberry.field
    def lobby_at(self) -> Timestamp:
        return Timestamp(self.entity.lobby_at)

    @strawberry.field
    def ideation_at(self) -> Timestamp:
        return Timestamp(self.entity.ideation_at)

    @strawberry.field
    def refinement_at(self) -> Timestamp:
        return Timestamp(self.entity.refinement_at)

    @strawberry.field
    def review_at(self) -> Timestamp:
        return Timestamp(self.entity.review_at)

    @strawberry.field
    def closes_at(self) -> Timestamp:
        return Timestamp(self.entity.closes_at)


@strawberry.type
class JamCounts:
    view: strawberry.Private[JamView]

    @strawberry.field
    def ideas(self) -> int:
        return self.view.tally(WHOLE_JAM).ideas

    @strawberry.field
    def comments(self) -> int:
        return self.view.tally(WHOLE_JAM).comments

    @strawberry.field
    def supports(self) -> int:
        return self.view.tally(WHOLE_JAM).supports

    @strawberry.field
    def members(self) -> int:
        return len(self.view.state.members) if self.view.exists else 0

    @strawberry.field
    def themes(self) -> int:
        return len(self.view.board_themes())


@strawberry.type
class Announcement(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Announcement]

    @strawberry.field
    def text(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.entity.texts, language or None, self.view.state.main_language)

    @strawberry.field
    def made_at(self) -> Timestamp:
        return Timestamp(self.entity.at)
