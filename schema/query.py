"""The ways in."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import strawberry
from strawberry import ID

from schema import moderation
from schema.circle import circle_of
from schema.comment import Comment, comment_of
from schema.context import Context
from schema.frame import Announcement
from schema.idea import Idea, idea_of
from schema.invitation import Invitation, InvitationPreview, preview_of
from schema.jam import Jam, jam_of
from schema.marks import instant, personal
from schema.node import Node
from schema.operations import Operations, operations_of
from schema.scalars import SearchKind, Timestamp
from schema.search import Filter, SearchResults, SimilarIdea, find, similar
from schema.theme import Theme, ThemeMap, theme_of
from schema.topic import Topic
from schema.view import Info, JamView, coded, out_of_order, personal_view, personal_views, shared_view
from schema.viewer import Viewer, viewer_of
from server.jam.people import Relation
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput, NotFound
from server.jam.state import JamState
from server.jam.visibility import ContentStatus

See = Callable[[Context, JamState], JamView]


def there(context: Context, jam_id: str, see: See) -> JamView:
    """The jam, or the GraphQL error that there is none for this viewer."""
    state = context.services.jams.get(jam_id)
    view = None if state is None else see(context, state)
    if view is None or not view.exists:
        raise coded(NotFound("jam", jam_id))
    return view


def _invitation(view: JamView, id: str) -> Invitation | None:
    made = view.state.invitation(id)
    if made is None or view.me is None or not (made.by == view.me.person or view.may(Action.ORGANIZE)):
        return None
    return Invitation(entity=made)


def _announcement(view: JamView, id: str) -> Announcement | None:
    made = (one for one in view.state.announcements if one.id == id)
    return next((Announcement(view=view, entity=one) for one in made), None)


def _topic(view: JamView, id: str) -> Topic | None:
    topic = view.topic(id)
    return None if topic is None else Topic(view=view, entity=topic)


def _jam(view: JamView, id: str) -> Jam | None:
    return jam_of(view) if view.state.id == id else None


FINDERS: dict[str, Callable[[JamView, str], Any]] = {
    "j": _jam,
    "t": _topic,
    "i": idea_of,
    "c": comment_of,
    "h": theme_of,
    "r": moderation.report_of,
    "a": _announcement,
    "o": circle_of,
    "v": _invitation,
}
"""How each kind of thing is found, by the first letter of its id (`server.jam.ids`)."""


def _found(context: Context, find: Callable[[JamView, str], Any], id: str) -> Any:
    found: Iterator[Any] = (find(view, id) for view in personal_views(context))
    one = next((one for one in found if one is not None), None)
    if one is None and not all(state.is_sound for state in context.services.jams.all()):
        # It may be in the jam that is out of order.
        raise out_of_order()
    return one


@strawberry.type
class Query:
    @personal("Personal: the person signed in.")
    def viewer(self, info: Info) -> Viewer | None:
        return viewer_of(info.context)

    @personal("Personal: the jams the viewer is a member of, newest first.")
    def jams(self, info: Info) -> list[Jam]:
        views = sorted(personal_views(info.context), key=lambda view: (-view.state.created_at, view.state.id))
        return [Jam(view=view, entity=view.state) for view in views]

    @strawberry.field
    def jam(self, info: Info, id: ID | None = strawberry.UNSET, slug: str | None = strawberry.UNSET) -> Jam | None:
        jams = info.context.services.jams
        if bool(id) == bool(slug):
            raise coded(InvalidInput("id", "Name the jam either by `id` or by `slug`."))
        state = jams.get(id) if id else jams.by_slug(slug or "")
        return None if state is None else jam_of(shared_view(info.context, state))

    @personal()
    def node(self, info: Info, id: ID) -> Node | None:
        find = FINDERS.get(id[:1])
        return None if find is None else cast("Node | None", _found(info.context, find, id))

    @personal()
    def idea(self, info: Info, id: ID) -> Idea | None:
        return cast("Idea | None", _found(info.context, idea_of, id))

    @personal()
    def comment(self, info: Info, id: ID) -> Comment | None:
        return cast("Comment | None", _found(info.context, comment_of, id))

    @strawberry.field
    def theme(self, info: Info, id: ID) -> Theme | None:
        views = (shared_view(info.context, state) for state in info.context.services.jams.all() if id in state.themes)
        return next((theme for view in views if (theme := theme_of(view, id)) is not None), None)

    @strawberry.field
    def theme_map(self, info: Info, jam_id: ID) -> ThemeMap:
        return ThemeMap(view=there(info.context, jam_id, shared_view))

    @personal()
    def search(
        self,
        info: Info,
        jam_id: ID,
        text: str,
        kinds: list[SearchKind] | None = strawberry.UNSET,
        topic_id: ID | None = strawberry.UNSET,
        theme_id: ID | None = strawberry.UNSET,
        language: str | None = strawberry.UNSET,
        relation: Relation | None = strawberry.UNSET,
        status: ContentStatus | None = strawberry.UNSET,
        first: int = 10,
    ) -> SearchResults:
        wanted = Filter(
            frozenset(kinds or SearchKind),
            topic_id or None,
            theme_id or None,
            language or None,
            relation or None,
            status or None,
        )
        return find(there(info.context, jam_id, personal_view), text, wanted, first)

    @personal()
    async def similar_ideas(
        self, info: Info, jam_id: ID, text: str, language: str | None = strawberry.UNSET, first: int = 5
    ) -> list[SimilarIdea]:
        return await similar(there(info.context, jam_id, personal_view), text, language or None, first)

    @personal("Personal: what an invitation is, for whoever holds its link, while it lets people in.")
    def invitation_preview(self, info: Info, token: str) -> InvitationPreview | None:
        return preview_of(info.context, token)

    @personal("Personal: how the servers are, for the organizers of the organization; refused to everybody else.")
    def operations(self, info: Info) -> Operations:
        return operations_of(info.context)

    @instant()
    def server_time(self, info: Info) -> Timestamp:
        return Timestamp(info.context.services.clock())
