"""Circles: only their members are ever told anything of them, so every way here is Personal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema import idea as ideas
from schema.marks import described
from schema.member import Author
from schema.node import Node
from schema.pages import decode, page_of
from schema.scalars import Timestamp
from schema.view import JamView
from server.jam import entities as e
from server.jam.decide.circles import keeps

if TYPE_CHECKING:
    from schema.idea import IdeaConnection

IDEAS = "CIRCLE_IDEAS"


@strawberry.type(description="A closed group within a jam: nobody outside of it is told that it exists.")
class Circle(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Circle]

    @strawberry.field
    def name(self) -> str:
        return self.entity.name

    @strawberry.field
    def jam_id(self) -> ID:
        return ID(self.view.state.id)

    @strawberry.field
    def member_count(self) -> int:
        return len(self.entity.members)

    @described("In the order in which they joined the jam.")
    def members(self) -> list[Author]:
        found = (self.view.state.member(person) for person in self.entity.members)
        ordered = sorted((one for one in found if one is not None), key=lambda member: member.number)
        return [Author(view=self.view, person=member.person) for member in ordered]

    @strawberry.field
    def created_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @described("Its members read on, and nothing is added.")
    def is_closed(self) -> bool:
        return self.entity.closed

    @described("Whether the viewer decides about it (name, members, end): its maker does; any member, once the maker has left.")
    def viewer_keeps(self) -> bool:
        person = self.view.viewer.person
        return person is not None and keeps(self.entity, person)

    @strawberry.field
    def idea_count(self) -> int:
        return sum(1 for _ in self._ideas())

    @described("Its ideas, newest first.")
    def ideas(
        self, first: int = 20, after: str | None = strawberry.UNSET
    ) -> Annotated["IdeaConnection", strawberry.lazy("schema.idea")]:
        before = decode(after, IDEAS, 1)[0] if after else None
        rows = (((idea.number,), idea) for idea in self._ideas(before))
        page = page_of(IDEAS, rows, first, bool(after), lambda: sum(1 for _ in self._ideas()))
        return ideas.IdeaConnection(view=self.view, page=page)

    def _ideas(self, before: float | None = None) -> Iterator[e.Idea]:
        mine = (idea for idea in reversed(self.view.state.ideas) if idea.reach.circle == self.entity.id)
        older = (idea for idea in mine if before is None or idea.number < before)
        return (idea for idea in older if idea.is_listed and self.view.sees_idea(idea))


def circle_of(view: JamView, id: str) -> Circle | None:
    """The circle, if the viewer is in it."""
    return Circle(view=view, entity=view.state.circles[id]) if id in view.viewer.circles else None


def circles_of(view: JamView) -> list[Circle]:
    """The circles that the viewer is in, by name. Who is out of the jam is out of them too."""
    mine = (view.state.circles[id] for id in view.viewer.circles)
    return [Circle(view=view, entity=one) for one in sorted(mine, key=lambda circle: (circle.closed, circle.name, circle.id))]
