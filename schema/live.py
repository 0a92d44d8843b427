"""What subscriptions tell: everything that changed since a number, each thing once, with absolute totals.

The live engine executes a subscription with `Changes` (whose `what` is a `LiveDelta`) as its root, and `payload_of` makes
of it what the selection is read from. A stock `subscribe` gets one such answer from the number it asks from.
"""

from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import strawberry
from strawberry import ID

from schema.circle import Circle, circles_of
from schema.comment import Comment
from schema.context import Context
from schema.frame import Announcement
from schema.idea import Idea
from schema.jam import Jam, Membership
from schema.marks import described, live
from schema.moderation import Report, StreamItem, report_of, wrapped
from schema.scalars import Timestamp, optional_time
from schema.theme import Theme, theme_of
from schema.theme_proposal import ThemeProposal, proposals_of
from schema.view import Info, JamView, coded, personal_view, shared_view
from schema.viewer import Notification, notifications_of, supported, unread
from server.jam import changes as kinds
from server.jam import entities as e
from server.jam.permissions import Action
from server.jam.rejections import NotAllowed, NotFound
from server.jam.theme_proposals import ProposalStatus
from server.live.delta import LiveDelta, changes_after
from server.live.ports import Changes


@strawberry.type(
    description="Everything that changed for the viewer's visibility class in (fromSeq, seq], each entity once, with "
    "absolute totals."
)
class JamChanges:
    view: strawberry.Private[JamView]
    changes: strawberry.Private[Changes]
    delta: strawberry.Private[LiveDelta]

    @strawberry.field
    def from_seq(self) -> int:
        return self.changes.from_seq

    @strawberry.field
    def seq(self) -> int:
        return self.changes.seq

    @described("True: too far behind to tell what changed; fetch afresh, then go on from `seq`.")
    def must_refetch(self) -> bool:
        return self.changes.must_refetch

    @strawberry.field
    def server_time(self) -> Timestamp:
        return Timestamp(self.view.now)

    @described(
        "When the first change told here took effect, on the server's clock: with the instant at which a screen has drawn it, "
        "that is how long it took. Null where that is not known, as after a drop."
    )
    def changed_at(self) -> Timestamp | None:
        return optional_time(self.delta.changed_at)

    @described("Present when the jam itself, its schedule, topics, counts or who is here changed.")
    def jam(self) -> Jam | None:
        told = self.delta.here_changed or bool(self.delta.ids_for(kinds.JAM, self.view.viewer))
        return Jam(view=self.view, entity=self.view.state) if told else None

    @strawberry.field
    def ideas(self) -> list[Idea]:
        changed = _ideas(self.delta, self.view)
        return [Idea(view=self.view, entity=idea) for idea in changed if self.view.sees_idea(idea)]

    @strawberry.field
    def comments(self) -> list[Comment]:
        return [Comment(view=self.view, entity=one) for one in _comments(self.delta) if self.view.sees_comment(one)]

    @described("Changed themes. One that no longer stands on the board is in removedIds.")
    def themes(self) -> list[Theme]:
        found = (theme_of(self.view, id) for id in self.delta.ids_for(kinds.THEMES, self.view.viewer))
        return [theme for theme in found if theme is not None]

    @strawberry.field
    def announcements(self) -> list[Announcement]:
        changed = set(self.delta.ids(kinds.ANNOUNCEMENT))
        made = (one for one in self.view.state.announcements if one.id in changed) if changed else ()
        return [Announcement(view=self.view, entity=one) for one in made]

    @described("Ideas, comments and themes that can no longer be seen.")
    def removed_ids(self) -> list[ID]:
        changed = self.delta.ids_for(kinds.THEMES, self.view.viewer)
        gone = [id for id in changed if self.view.reads and self.view.theme(id) is None]
        return [*_gone(self.view, self.delta), *(ID(id) for id in gone)]


@strawberry.type(description="What concerns the viewer alone.")
class ViewerChanges:
    view: strawberry.Private[JamView]
    changes: strawberry.Private[Changes]
    delta: strawberry.Private[LiveDelta]

    @property
    def _votes(self) -> dict[str, bool] | None:
        """Ideas supported or not any more; None when only the whole of them is known."""
        if self.changes.must_refetch or self.view.me is None:
            return None
        return self.view.state.personal.since(self.view.me.person, self.delta.after)

    @strawberry.field
    def seq(self) -> int:
        return self.changes.seq

    @strawberry.field
    def supported_idea_ids(self) -> list[ID]:
        votes = self._votes
        return supported(self.view) if votes is None else [ID(id) for id, is_on in votes.items() if is_on]

    @strawberry.field
    def unsupported_idea_ids(self) -> list[ID]:
        return [ID(id) for id, is_on in (self._votes or {}).items() if not is_on]

    @strawberry.field
    def notifications(self) -> list[Notification]:
        return list(notifications_of(self.view, self.delta.after))

    @strawberry.field
    def unread_count(self) -> int:
        return unread(self.view)

    @strawberry.field
    def membership(self) -> Membership | None:
        """Told when the person may see other things than before: then everything is to be fetched afresh."""
        me = self.view.me if self.changes.must_refetch else None
        return None if me is None else Membership(view=self.view, entity=me)

    @described("All circles of the viewer, when one of them changed or the viewer came into one or left one; null when not.")
    def circles(self) -> list[Circle] | None:
        me, after = self.view.me, self.delta.after
        if me is None:
            return None
        changed = any(self.view.state.circles[id].seq > after for id in me.circles)
        told = self.changes.must_refetch or me.circles_seq > after or changed
        return circles_of(self.view) if told else None

    @described("Changed ideas and comments of the viewer's circles: they never travel with jamChanges.")
    def ideas(self) -> list[Idea]:
        found = (idea for idea in _ideas(self.delta, self.view) if idea.reach.circle is not None)
        return [Idea(view=self.view, entity=idea) for idea in found if self.view.sees_idea(idea)]

    @strawberry.field
    def comments(self) -> list[Comment]:
        found = (one for one in _comments(self.delta) if _idea_of(self.view, one).reach.circle is not None)
        return [Comment(view=self.view, entity=one) for one in found if self.view.sees_comment(one)]

    @strawberry.field
    def removed_ids(self) -> list[ID]:
        """Of circles only: the rest is told by jamChanges."""
        shared = shared_view(self.view.context, self.view.state)
        told = {*_gone(shared, self.delta)}
        return [id for id in _gone(self.view, self.delta) if id not in told and not _is_seen(shared, id)]


@strawberry.type(description="For moderators: what changed in queue and stream.")
class ModerationChanges:
    view: strawberry.Private[JamView]
    changes: strawberry.Private[Changes]
    delta: strawberry.Private[LiveDelta]

    @strawberry.field
    def seq(self) -> int:
        return self.changes.seq

    @strawberry.field
    def reports(self) -> list[Report]:
        found = (report_of(self.view, id) for id in self.delta.ids(kinds.REPORT))
        return [report for report in found if report is not None]

    @strawberry.field
    def open_reports(self) -> int:
        return len(self.view.state.open_reports)

    @described("All that wait for a decision, when that changed; null when it did not.")
    def theme_proposals(self) -> list[ThemeProposal] | None:
        changed = self.changes.must_refetch or bool(self.delta.ids(kinds.PROPOSALS))
        return proposals_of(self.view, ProposalStatus.OPEN) if changed else None

    @strawberry.field
    def stream(self) -> list[StreamItem]:
        ideas: list[e.Idea | e.Comment] = [idea for idea in _ideas(self.delta, self.view) if self.view.sees_idea(idea)]
        comments = [comment for comment in _comments(self.delta) if self.view.sees_comment(comment)]
        return [wrapped(self.view, content) for content in (*ideas, *comments)]


# ------------------------------------------------------------------------------------------------------------- reading
def _ideas(delta: LiveDelta, view: JamView) -> Iterator[e.Idea]:
    state = delta.state
    return (state.ideas[state.idea_numbers[id]] for id in delta.ids_for(kinds.IDEA, view.viewer))


def _comments(delta: LiveDelta) -> Iterator[e.Comment]:
    state = delta.state
    return (state.comments[state.comment_numbers[id]] for id in delta.ids(kinds.COMMENT))


def _idea_of(view: JamView, comment: e.Comment) -> e.Idea:
    return view.state.ideas[view.state.idea_numbers[comment.idea]]


def _is_seen(view: JamView, id: str) -> bool:
    return view.idea(id) is not None or view.comment(id) is not None


def _gone(view: JamView, delta: LiveDelta) -> list[ID]:
    """Changed ideas and comments that the viewer could see and can't any more; never what was never meant for them.

    Comments go with their idea where the idea itself moved out of sight: of comments written since, nobody is told who was
    not meant to know of them.
    """
    ideas = (idea for idea in _ideas(delta, view) if not view.sees_idea(idea) and view.was_reached(idea))
    comments = (one for one in _comments(delta) if not view.sees_comment(one) and view.reached(_idea_of(view, one)))
    return [*(ID(idea.id) for idea in ideas), *(ID(one.id) for one in comments)]


# ------------------------------------------------------------------------------------------------------------- payloads
Payload = JamChanges | ViewerChanges | ModerationChanges


def _jam_changes(context: Context, changes: Changes) -> JamChanges:
    return JamChanges(view=_there(shared_view(context, changes.what.state)), changes=changes, delta=_delta(changes))


def _viewer_changes(context: Context, changes: Changes) -> ViewerChanges:
    return ViewerChanges(view=_there(personal_view(context, changes.what.state)), changes=changes, delta=_delta(changes))


def _moderation_changes(context: Context, changes: Changes) -> ModerationChanges:
    view = _there(shared_view(context, changes.what.state))
    if not view.may(Action.MODERATE):
        raise coded(NotAllowed(Action.MODERATE.value))
    return ModerationChanges(view=view, changes=changes, delta=_delta(changes))


def _there(view: JamView) -> JamView:
    if not view.exists:
        raise coded(NotFound("jam", view.state.id))
    return view


def _delta(changes: Changes) -> LiveDelta:
    """What changed; nothing where everything is to be fetched afresh anyway."""
    delta: LiveDelta = changes.what
    return LiveDelta(delta.state, (), delta.after, delta.here_changed) if changes.must_refetch else delta


PAYLOADS: dict[str, Callable[[Context, Changes], Payload]] = {
    "jamChanges": _jam_changes,
    "viewerChanges": _viewer_changes,
    "moderationChanges": _moderation_changes,
}


def payload_of(changes: Any, info: Any, **arguments: Any) -> Any:
    """The payload of one event of a subscription, for the person or the class in the context."""
    return PAYLOADS[info.field_name](info.context, changes)


async def _once(info: Info, jam_id: str, after: int) -> AsyncGenerator[Any, None]:
    state = info.context.services.jams.get(jam_id)
    if state is None:
        raise coded(NotFound("jam", jam_id))
    yield changes_after(state, max(0, after))


@strawberry.type
class Subscription:
    @live()
    async def jam_changes(self, info: Info, jam_id: ID, after_seq: int) -> AsyncGenerator[JamChanges, None]:
        async for changes in _once(info, jam_id, after_seq):
            yield changes

    @live("Personal.", is_personal=True)
    async def viewer_changes(self, info: Info, jam_id: ID, after_seq: int) -> AsyncGenerator[ViewerChanges, None]:
        async for changes in _once(info, jam_id, after_seq):
            yield changes

    @live()
    async def moderation_changes(self, info: Info, jam_id: ID, after_seq: int) -> AsyncGenerator[ModerationChanges, None]:
        async for changes in _once(info, jam_id, after_seq):
            yield changes
