"""Comments, as their viewer may see them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import ID

from schema import idea as ideas
from schema.marks import personal
from schema.member import Author
from schema.node import Node
from schema.pages import Page, PageInfo, Row, cursor_of, decode_named, page_info_of, page_of, total_of
from schema.scalars import Timestamp, optional_id, optional_time
from schema.view import JamView
from server.jam import entities as e
from server.jam.apply.packed import has
from server.jam.permissions import Action
from server.jam.visibility import ContentStatus

if TYPE_CHECKING:
    from schema.idea import Idea

LIST = "COMMENTS"
OWN = "Personal."


@strawberry.type
class Comment(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Comment]

    @strawberry.field
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def idea_id(self) -> ID:
        return ID(self.entity.idea)

    @strawberry.field
    def idea(self) -> Annotated["Idea", strawberry.lazy("schema.idea")]:
        return ideas.Idea(view=self.view, entity=self._idea)

    @property
    def _idea(self) -> e.Idea:
        state = self.view.state
        return state.ideas[state.idea_numbers[self.entity.idea]]

    @strawberry.field
    def parent_id(self) -> ID | None:
        """What it answers, unless the viewer may not know of that."""
        parent = self.view.comment(self.entity.parent)
        return optional_id(None if parent is None else parent.id)

    @strawberry.field
    def depth(self) -> int:
        return self.entity.depth

    @strawberry.field
    def body(self) -> str:
        return self.entity.body

    @strawberry.field
    def body_html(self) -> str:
        return self.view.services.markdown(self.entity.body)

    @strawberry.field
    def language(self) -> str:
        return self.entity.language

    @strawberry.field
    def author(self) -> Author:
        return Author(view=self.view, person=self.entity.author)

    @strawberry.field
    def posted_at(self) -> Timestamp:
        return Timestamp(self.entity.posted_at)

    @strawberry.field
    def edited_at(self) -> Timestamp | None:
        return optional_time(self.entity.edited_at)

    @strawberry.field
    def status(self) -> ContentStatus:
        return self.entity.status

    @strawberry.field
    def status_reason(self) -> str | None:
        return ideas.reason_for(self.view, self.entity)

    @strawberry.field
    def like_count(self) -> int:
        return len(self.entity.likers)

    @strawberry.field
    def reply_count(self) -> int:
        return self.entity.reply_count

    @personal(OWN)
    def viewer_has_liked(self) -> bool:
        me = self.view.me
        return me is not None and has(self.entity.likers, me.number)

    @personal(OWN)
    def viewer_can_edit(self) -> bool:
        me = self.view.me
        is_own = me is not None and me.person == self.entity.author
        is_there = self.entity.status is ContentStatus.VISIBLE and self.view.is_open(self._idea)
        return is_own and is_there and self.view.may(Action.EDIT_OWN)

    @strawberry.field
    def viewer_can_moderate(self) -> bool:
        return self.view.may(Action.MODERATE)


@strawberry.type
class CommentEdge:
    page: strawberry.Private[Page[e.Comment]]
    key: strawberry.Private[tuple[Any, ...]]
    cursor: str = strawberry.field(resolver=cursor_of)
    node: Comment


@strawberry.type
class CommentConnection:
    view: strawberry.Private[JamView]
    page: strawberry.Private[Page[e.Comment]]

    @strawberry.field
    def edges(self) -> list[CommentEdge]:
        view, page = self.view, self.page
        return [CommentEdge(page=page, key=key, node=Comment(view=view, entity=comment)) for key, comment in page.rows]

    page_info: PageInfo = strawberry.field(resolver=page_info_of)
    total_count: int = strawberry.field(resolver=total_of)


def of_idea(view: JamView, idea: e.Idea, first: int, after: str | None) -> CommentConnection:
    """A page of the comments of an idea that the viewer may see, oldest first."""
    rows = _rows(view, idea) if after is None else _behind(view, idea, after)
    page = page_of(LIST, rows, first, after is not None, lambda: sum(1 for _ in _rows(view, idea)))
    return CommentConnection(view=view, page=page)


def _rows(view: JamView, idea: e.Idea) -> Iterator[Row[e.Comment]]:
    for number in idea.comments:
        comment = view.state.comments[number]
        if view.sees_comment(comment):
            yield (comment.posted_at, comment.id), comment


def _behind(view: JamView, idea: e.Idea, cursor: str) -> Iterator[Row[e.Comment]]:
    """What comes after the cursor's comment; where that is not to be seen (any more), what is not older than it."""
    (at,), id = decode_named(cursor, LIST, 1)
    last = view.comment(id)
    rows = _rows(view, idea)
    if last is None or last.idea != idea.id:
        return (row for row in rows if row[1].posted_at >= at)
    return (row for row in rows if row[1].number > last.number)


def comment_of(view: JamView, id: str | None) -> Comment | None:
    """The comment, if the viewer may see it."""
    comment = view.comment(id)
    return None if comment is None else Comment(view=view, entity=comment)
