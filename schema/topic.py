"""Topics, and who something is for."""

from typing import Self

import strawberry
from strawberry import ID

from schema.marks import described
from schema.node import Node
from schema.scalars import AudienceKind, optional_id
from schema.view import JamView
from server.jam import entities as e
from server.jam.acting import acting_names
from server.jam.people import Relation
from server.jam.permissions import Action
from server.jam.texts import pick
from server.jam.visibility import Reach


@strawberry.type
class Audience:
    kind: AudienceKind
    relations: list[Relation]
    circle_id: ID | None

    @classmethod
    def of(cls, reach: Reach) -> Self:
        """Whom something reaches: for everyone, all relations are named."""
        return cls(kind=_kind(reach), relations=list(reach.names()), circle_id=optional_id(reach.circle))


def _kind(reach: Reach) -> AudienceKind:
    if reach.circle is not None:
        return AudienceKind.CIRCLE
    return AudienceKind.EVERYONE if reach.is_public else AudienceKind.RELATIONS


@strawberry.type
class Topic(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Topic]

    @strawberry.field
    def title(self, language: str | None = strawberry.UNSET) -> str:
        return pick(self.entity.titles, language or None, self.view.state.main_language)

    @strawberry.field
    def description(self, language: str | None = strawberry.UNSET) -> str:
        return self._description(language)

    @strawberry.field
    def description_html(self, language: str | None = strawberry.UNSET) -> str:
        return self.view.services.markdown(self._description(language))

    def _description(self, language: str | None) -> str:
        return pick(self.entity.descriptions, language or None, self.view.state.main_language)

    @strawberry.field
    def audience(self) -> Audience:
        return Audience.of(self.entity.reach)

    @strawberry.field
    def position(self) -> int:
        """Its place among the topics that the viewer sees: a gap would tell of the others."""
        place = self.entity.position, self.entity.id
        others = self.view.state.topics.values()
        return sum(1 for one in others if (one.position, one.id) < place and self.view.sees_topic(one))

    @strawberry.field
    def is_locked(self) -> bool:
        return self.entity.locked

    @strawberry.field
    def idea_count(self) -> int:
        return self.view.tally(self.entity.id).ideas

    @strawberry.field
    def viewer_can_post(self) -> bool:
        return not self.entity.locked and self.view.may(Action.POST_IDEA) and self.viewer_may_act()

    @described("Whether the viewer's relation may do more here than read.")
    def viewer_may_act(self) -> bool:
        return self.view.acts_in(self.entity)

    @described("The relations that may post, comment and vote here, by what the topic and the jam say.")
    def acting(self) -> list[Relation]:
        return list(acting_names(self.view.state.acting, self.entity.acting))

    @described("What the topic itself says of that; null: everyone who may see it.")
    def own_acting(self) -> list[Relation] | None:
        return None if self.entity.acting is None else list(self.entity.acting)
