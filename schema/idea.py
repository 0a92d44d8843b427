"""Ideas, as their viewer may see them."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import ID

from schema import comment as comments
from schema import theme as themes
from schema.marks import described, personal
from schema.member import Author
from schema.node import Node
from schema.pages import Page, PageInfo, cursor_of, page_info_of, total_of
from schema.scalars import Timestamp, optional_time
from schema.topic import Audience, Topic
from schema.view import JamView
from server.jam import entities as e
from server.jam.apply.packed import has
from server.jam.people import CROSS_TIER, RELATIONS, Relation
from server.jam.permissions import Action
from server.jam.visibility import ContentStatus

if TYPE_CHECKING:
    from schema.comment import CommentConnection
    from schema.theme import Theme


@strawberry.type
class RelationCount:
    relation: Relation
    count: int


@strawberry.type
class IdeaVersion:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Version]
    number: int

    @strawberry.field
    def title(self) -> str:
        return self.entity.title

    @strawberry.field
    def body(self) -> str:
        return self.entity.body

    @strawberry.field
    def body_html(self) -> str:
        return self.view.services.markdown(self.entity.body)

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def support_count_then(self) -> int:
        return self.entity.support

    @strawberry.field
    def is_large(self) -> bool:
        return self.entity.large


@strawberry.type
class Idea(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Idea]

    # ----------------------------------------------------------------------------------------------------------- text
    @described("The sequence number of its last change.")
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def jam_id(self) -> ID:
        return ID(self.view.state.id)

    @strawberry.field
    def title(self) -> str:
        return self.entity.title

    @described("Markdown source.")
    def body(self) -> str:
        return self.entity.body

    @described("Rendered and sanitised.")
    def body_html(self) -> str:
        return self.view.services.markdown(self.entity.body)

    @strawberry.field
    def language(self) -> str:
        return self.entity.language

    @strawberry.field
    def topic(self) -> Topic:
        return Topic(view=self.view, entity=self.view.state.topics[self.entity.topic])

    @strawberry.field
    def author(self) -> Author:
        return Author(view=self.view, person=self.entity.author)

    @strawberry.field
    def audience(self) -> Audience:
        return Audience.of(self.entity.reach)

    @strawberry.field
    def posted_at(self) -> Timestamp:
        return Timestamp(self.entity.posted_at)

    @strawberry.field
    def edited_at(self) -> Timestamp | None:
        return optional_time(self.entity.edited_at)

    @described("An edit changed much of the text after people had voted on it.")
    def edited_after_votes(self) -> bool:
        return self.entity.edited_after_votes

    @strawberry.field
    def version_count(self) -> int:
        return len(self.entity.versions)

    @strawberry.field
    def versions(self) -> list[IdeaVersion]:
        return [
            IdeaVersion(view=self.view, entity=version, number=number)
            for number, version in enumerate(self.entity.versions, start=1)
        ]

    @strawberry.field
    def status(self) -> ContentStatus:
        return self.entity.status

    @described("Why it was hidden, removed or merged: for its author and moderators.")
    def status_reason(self) -> str | None:
        return reason_for(self.view, self.entity)

    # --------------------------------------------------------------------------------------------------------- counts
    @strawberry.field
    def support_count(self) -> int:
        return self.entity.support

    @described("Only in imported deliberations.")
    def disagree_count(self) -> int:
        return self.entity.disagrees

    @described("Only in imported deliberations.")
    def pass_count(self) -> int:
        return self.entity.passes

    @strawberry.field
    def comment_count(self) -> int:
        return self.entity.comment_count

    @strawberry.field
    def build_on_count(self) -> int:
        return self.entity.build_on_count

    @described("Support by what its givers are to the company: for the executives' drill-down, empty for others.")
    def support_by_relation(self) -> list[RelationCount]:
        if self.view.viewer.role not in CROSS_TIER:
            return []
        counts = zip(RELATIONS, self.entity.by_relation, strict=True)
        return [RelationCount(relation=relation, count=count) for relation, count in counts]

    @strawberry.field
    def is_pinned(self) -> bool:
        return "PINNED" in self.entity.marks

    @strawberry.field
    def is_featured(self) -> bool:
        return "FEATURED" in self.entity.marks

    @strawberry.field
    def is_locked(self) -> bool:
        return "LOCKED" in self.entity.marks

    # ------------------------------------------------------------------------------------------------- what it is near
    @strawberry.field
    def parents(self) -> list["Idea"]:
        return ideas_of(self.view, self.entity.parents)

    @strawberry.field
    def build_ons(self) -> list["Idea"]:
        return ideas_of(self.view, self.entity.children)

    @described(
        "The whole connected build-on tree, ancestors and descendants, at most 200 ideas, oldest first; "
        "read each one's parents."
    )
    def tree(self) -> list["Idea"]:
        lineage = self.view.state.lineage(self.entity, self.view.viewer)
        return [Idea(view=self.view, entity=idea) for idea in lineage]

    @strawberry.field
    def merged_into(self) -> "Idea | None":
        return idea_of(self.view, self.entity.merged_into)

    @strawberry.field
    def merged_ideas(self) -> list["Idea"]:
        return ideas_of(self.view, self.entity.merged)

    @strawberry.field
    def theme(self) -> Annotated["Theme", strawberry.lazy("schema.theme")] | None:
        return themes.theme_of(self.view, self.entity.theme)

    @strawberry.field
    def subtheme(self) -> Annotated["Theme", strawberry.lazy("schema.theme")] | None:
        return themes.theme_of(self.view, self.entity.subtheme)

    @described("Its place on the theme map, 0 to 1; null until placed.")
    def map_x(self) -> float | None:
        return self.entity.x

    @strawberry.field
    def map_y(self) -> float | None:
        return self.entity.y

    @strawberry.field
    def comments(
        self, first: int = 50, after: str | None = strawberry.UNSET
    ) -> Annotated["CommentConnection", strawberry.lazy("schema.comment")]:
        return comments.of_idea(self.view, self.entity, first, after or None)

    # ------------------------------------------------------------------------------------------------------ the viewer
    @personal()
    def viewer_has_supported(self) -> bool:
        me = self.view.me
        return me is not None and has(me.supports, self.view.state.root_of_merge(self.entity).number)

    @strawberry.field
    def viewer_can_support(self) -> bool:
        return self.view.may(Action.SUPPORT) and self._stands_open()

    @strawberry.field
    def viewer_can_comment(self) -> bool:
        return self.view.may(Action.COMMENT) and self.view.is_open(self.entity)

    @strawberry.field
    def viewer_can_build_on(self) -> bool:
        return self.view.may(Action.BUILD_ON) and self._stands_open()

    @personal()
    def viewer_can_edit(self) -> bool:
        me = self.view.me
        is_own = me is not None and me.person == self.entity.author
        return is_own and self.view.may(Action.EDIT_OWN) and self.view.is_open(self.entity)

    @strawberry.field
    def viewer_can_moderate(self) -> bool:
        return self.view.may(Action.MODERATE)

    def _stands_open(self) -> bool:
        """Votes and build-ons on a merged idea go to the one it was merged into."""
        root = self.view.state.root_of_merge(self.entity)
        return self.view.is_open(root) and (root is self.entity or self.view.sees_idea(root))


@strawberry.type
class IdeaEdge:
    page: strawberry.Private[Page[e.Idea]]
    key: strawberry.Private[tuple[Any, ...]]
    cursor: str = strawberry.field(resolver=cursor_of)
    node: Idea


@strawberry.type
class IdeaConnection:
    view: strawberry.Private[JamView]
    page: strawberry.Private[Page[e.Idea]]

    @strawberry.field
    def edges(self) -> list[IdeaEdge]:
        view, page = self.view, self.page
        return [IdeaEdge(page=page, key=key, node=Idea(view=view, entity=idea)) for key, idea in page.rows]

    page_info: PageInfo = strawberry.field(resolver=page_info_of)
    total_count: int = strawberry.field(resolver=total_of)


def idea_of(view: JamView, id: str | None) -> Idea | None:
    """The idea, if the viewer may see it."""
    idea = view.idea(id)
    return None if idea is None else Idea(view=view, entity=idea)


def ideas_of(view: JamView, ids: "tuple[str, ...] | list[str]") -> list[Idea]:
    """Those of the ideas that the viewer may see."""
    return [Idea(view=view, entity=idea) for idea in view.ideas(ids)]


def reason_for(view: JamView, content: e.Idea | e.Comment) -> str | None:
    """Why a moderator acted: for the author, in a view of their own, and for keepers; None for what is visible."""
    if content.status is ContentStatus.VISIBLE:
        return None
    person = view.viewer.person
    return content.reason if view.is_keeper or (person is not None and person == content.author) else None
