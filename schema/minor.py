"""Minors: what their guardians see of them, and under which conditions a jam lets them take part."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from schema import comment as comments
from schema import idea as ideas
from schema.marks import described
from schema.member import Author
from schema.scalars import Timestamp
from schema.terms import TermsAcceptance, acceptances_of
from schema.view import JamView
from server.jam import entities as e
from server.jam import minors as domain
from server.jam.people import Relation
from server.jam.permissions import Action

if TYPE_CHECKING:
    from schema.comment import Comment
    from schema.idea import Idea

MOST_SHOWN = 100


@strawberry.type(description="Whether minors may take part, and brought by whom. Ages in years.")
class MinorPolicy:
    entity: strawberry.Private[domain.MinorPolicy]

    @strawberry.field
    def allowed(self) -> bool:
        return self.entity.allowed

    @strawberry.field
    def minimum_age(self) -> int:
        return self.entity.minimum_age

    @described("The age at which all restrictions end.")
    def majority(self) -> int:
        return self.entity.majority

    @described("The relations whose members may bring minors.")
    def relations(self) -> list[Relation]:
        return list(self.entity.relations)


@strawberry.type(description="A minor under the viewer's account.")
class Minor:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Member]

    @strawberry.field
    def id(self) -> ID:
        return ID(self.entity.person)

    @strawberry.field
    def person(self) -> Author:
        return Author(view=self.view, person=self.entity.person)

    @described("When they come of age: the first of a month.")
    def until(self) -> Timestamp:
        return Timestamp(0 if self.entity.care is None else self.entity.care.until)

    @strawberry.field
    def joined_at(self) -> Timestamp:
        return Timestamp(self.entity.joined_at)

    @described("Paused by the viewer.")
    def is_paused(self) -> bool:
        return self.entity.care is not None and self.entity.care.paused

    @described("Suspended by the moderators.")
    def is_suspended(self) -> bool:
        return not self.is_paused() and self.entity.is_suspended

    @described("Their newest ideas that the viewer may see.")
    def ideas(self) -> list[Annotated["Idea", strawberry.lazy("schema.idea")]]:
        mine = (self.view.state.ideas[number] for number in reversed(self.entity.ideas))
        seen = [idea for idea in mine if self.view.sees_idea(idea)]
        return [ideas.Idea(view=self.view, entity=idea) for idea in seen[:MOST_SHOWN]]

    @described("Their newest comments that the viewer may see.")
    def comments(self) -> list[Annotated["Comment", strawberry.lazy("schema.comment")]]:
        if not self.entity.comment_count:
            return []
        mine = (one for one in reversed(self.view.state.comments) if one.author == self.entity.person)
        seen = [one for one in mine if self.view.sees_comment(one)]
        return [comments.Comment(view=self.view, entity=one) for one in seen[:MOST_SHOWN]]

    @described("The terms that the viewer accepted for them, newest first.")
    def acceptances(self) -> list[TermsAcceptance]:
        return acceptances_of(self.entity)


def minors_of(view: JamView) -> list[Minor]:
    """The minors under the viewer's account."""
    me = view.me
    under = [] if me is None else view.state.minors_of(me.person)
    return [Minor(view=view, entity=one) for one in under if one.is_minor(view.now)]


def minor_of(view: JamView, person: str) -> Minor | None:
    return next((one for one in minors_of(view) if one.entity.person == person), None)


def may_bring(view: JamView) -> bool:
    """Whether the viewer may bring minors of their family now."""
    me, policy = view.me, view.state.minor_policy
    if me is None or not view.may(Action.GUARD) or me.is_minor(view.now):
        return False
    return policy.allowed and me.relation in policy.relations
