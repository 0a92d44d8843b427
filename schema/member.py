"""People as others may know them: authors, members, circles and invitations."""

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry import ID

from schema.context import Services
from schema.node import Node
from schema.pages import Page, PageInfo, cursor_of
from schema.scalars import Timestamp, optional_id
from schema.view import JamView
from server.directory import PersonView
from server.jam import entities as e
from server.jam.invitations import usable
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role
from server.jam.state import JamState
from server.jam.texts import pick


@strawberry.type(description="Who wrote something, as others may know them. `name` is null for an erased or anonymous author.")
class Author:
    view: strawberry.Private[JamView]
    person: strawberry.Private[str]

    @property
    def _member(self) -> e.Member | None:
        return self.view.state.member(self.person)

    @property
    def _known(self) -> PersonView | None:
        return self.view.services.people.person(self.person)

    @strawberry.field
    def id(self) -> ID | None:
        return optional_id(None if self.person == SYSTEM else self.person)

    @strawberry.field
    def name(self) -> str | None:
        return known.name if (known := self._known) is not None else None

    @strawberry.field
    def relation(self) -> Relation | None:
        return member.relation if (member := self._member) is not None else None

    @strawberry.field
    def country(self) -> str | None:
        return known.country if (known := self._known) is not None else None

    @strawberry.field
    def role(self) -> Role | None:
        return member.role if (member := self._member) is not None else None


@strawberry.type
class Member:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Member]

    @strawberry.field
    def person(self) -> Author:
        return Author(view=self.view, person=self.entity.person)

    @strawberry.field
    def role(self) -> Role:
        return self.entity.role

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def joined_at(self) -> Timestamp:
        return Timestamp(self.entity.joined_at)

    @strawberry.field
    def idea_count(self) -> int:
        return self._seen(self.entity.ideas)

    @strawberry.field
    def comment_count(self) -> int:
        return self.entity.comment_count

    @strawberry.field
    def support_count(self) -> int:
        return self._seen(self.entity.supports)

    def _seen(self, numbers: Iterable[int]) -> int:
        ideas = self.view.state.ideas
        return sum(1 for number in numbers if self.view.sees_idea(ideas[number]))


@strawberry.type
class MemberEdge:
    page: strawberry.Private[Page[Member]]
    key: strawberry.Private[tuple[Any, ...]]
    cursor: str = strawberry.field(resolver=cursor_of)
    node: Member


@strawberry.type
class MemberConnection:
    page: strawberry.Private[Page[Member]]

    @strawberry.field
    def edges(self) -> list[MemberEdge]:
        return [MemberEdge(page=self.page, key=key, node=node) for key, node in self.page.rows]

    @strawberry.field
    def page_info(self) -> PageInfo:
        return self.page.info

    @strawberry.field
    def total_count(self) -> int:
        return self.page.total()


@strawberry.type
class Circle(Node):
    entity: strawberry.Private[e.Circle]

    @strawberry.field
    def name(self) -> str:
        return self.entity.name

    @strawberry.field
    def member_count(self) -> int:
        return len(self.entity.members)


@strawberry.type
class Invitation(Node):
    """`link` is there only in the answer to the command that made the invitation: the secret itself is not kept."""

    entity: strawberry.Private[e.Invitation]
    link: strawberry.Private[str | None] = None

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def role(self) -> Role:
        return self.entity.role

    @strawberry.field
    def url(self) -> str | None:
        return self.link

    @strawberry.field
    def created_at(self) -> Timestamp:
        return Timestamp(self.entity.created_at)

    @strawberry.field
    def expires_at(self) -> Timestamp:
        return Timestamp(self.entity.expires_at)

    @strawberry.field
    def max_uses(self) -> int:
        return self.entity.max_uses

    @strawberry.field
    def uses(self) -> int:
        return self.entity.uses

    @strawberry.field
    def is_revoked(self) -> bool:
        return self.entity.revoked


@strawberry.type(description="What an invitation shows before it is accepted.")
class InvitationPreview:
    state: strawberry.Private[JamState]
    entity: strawberry.Private[e.Invitation]
    services: strawberry.Private[Services]

    @strawberry.field
    def jam_title(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.state.titles, language or None, self.state.main_language)

    @strawberry.field
    def jam_question(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.state.questions, language or None, self.state.main_language)

    @strawberry.field
    def invited_by(self) -> str | None:
        person = self.services.people.person(self.entity.by)
        return None if person is None else person.name

    @strawberry.field
    def relation(self) -> Relation:
        return self.entity.relation

    @strawberry.field
    def expires_at(self) -> Timestamp:
        return Timestamp(self.entity.expires_at)

    @strawberry.field
    def is_usable(self) -> bool:
        return usable(self.entity, self.services.clock())

    @strawberry.field
    def jam_slug(self) -> str:
        return self.state.slug
