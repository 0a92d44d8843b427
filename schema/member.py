"""People as others may know them: authors, members, circles and invitations."""

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry import ID

from schema.marks import described
from schema.pages import Page, PageInfo, cursor_of, page_info_of, total_of, within
from schema.restriction import MemberRestriction, MemberScope, restriction_of, scope_of
from schema.scalars import Timestamp, optional_id
from schema.view import JamView
from server.directory import PersonView
from server.jam import entities as e
from server.jam.anonymity import is_pseudonym
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role
from server.jam.permissions import Action

MOST_IDS = 5_000
"""As many as one command takes at once."""


@strawberry.type(description="Who wrote something, as others may know them. `name` is null for an erased or anonymous author.")
class Author:
    view: strawberry.Private[JamView]
    person: strawberry.Private[str]

    @property
    def _member(self) -> e.Member | None:
        return self.view.state.member(self.person)

    @property
    def _known(self) -> PersonView | None:
        return None if is_pseudonym(self.person) else self.view.services.people.person(self.person)

    @described("Posted without a name: nothing is known of who it was.")
    def is_anonymous(self) -> bool:
        return is_pseudonym(self.person)

    @strawberry.field
    def id(self) -> ID | None:
        return optional_id(None if self.person == SYSTEM or is_pseudonym(self.person) else self.person)

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

    @described("Whether they are muted or suspended, for those who decide about it.")
    def restriction(self) -> MemberRestriction | None:
        return restriction_of(self.view, self._member) if self.view.may(Action.RESTRICT) else None


@strawberry.type
class Member:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Member]

    @described("Under age: takes part under the account of whoever brought them.")
    def is_minor(self) -> bool:
        return self.entity.is_minor(self.view.now)

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

    @described("For organizers only.")
    def email(self) -> str | None:
        known = self.view.services.people.person(self.entity.person) if self.view.may(Action.ORGANIZE) else None
        return None if known is None else known.email

    @described("By whose invitation they came; null for who came without one.")
    def invited_by(self) -> Author | None:
        return None if self.entity.invited_by is None else Author(view=self.view, person=self.entity.invited_by)

    @described("What was decided about them, for those who decide about it.")
    def restriction(self) -> MemberRestriction | None:
        return restriction_of(self.view, self.entity) if self.view.may(Action.RESTRICT) else None

    @described("The people whose revoked branch they belong to, for those who decide about it.")
    def revoked_with(self) -> list[Author]:
        shown = self.entity.branches if self.view.may(Action.RESTRICT) else ()
        return [Author(view=self.view, person=root) for root in shown]

    @described("What they are limited to as a moderator, for organizers.")
    def scope(self) -> MemberScope | None:
        return scope_of(self.view, self.entity) if self.view.may(Action.ORGANIZE) else None

    @strawberry.field
    def idea_count(self) -> int:
        return self._seen(self.entity.ideas)

    @strawberry.field
    def comment_count(self) -> int:
        """In all but what is for others' circles."""
        return self.entity.comment_count - self.view.unseen_comments[self.entity.person]

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
    """`start` is the place of the first edge; `found` are the numbers of all members that match."""

    page: strawberry.Private[Page[Member]]
    start: strawberry.Private[int] = 0
    found: strawberry.Private[Any] = ()
    view: strawberry.Private[JamView | None] = None

    @strawberry.field
    def edges(self) -> list[MemberEdge]:
        return [MemberEdge(page=self.page, key=key, node=node) for key, node in self.page.rows]

    page_info: PageInfo = strawberry.field(resolver=page_info_of)
    total_count: int = strawberry.field(resolver=total_of)

    @described("The place of the first edge among all that match, from 0.")
    def offset(self) -> int:
        return self.start

    @described("Ids of the people who match, in order, from the place `at` on: to act on many at once.")
    def person_ids(self, at: int = 0, first: int = MOST_IDS) -> list[ID]:
        within(first, MOST_IDS)
        if self.view is None or at < 0:
            return []
        members = self.view.state.members
        return [ID(members[number].person) for number in self.found[at : at + first]]
