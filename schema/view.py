"""One jam as someone sees it. Everything that resolvers show is asked for here, and here only the visibility rule answers.

There are two views. The *shared* view is that of a visibility class: what it answers is the same for everyone of a class,
so that answers can be made once for many. The *personal* view adds what one person alone may see: their circles, and what
was hidden of their own. An object hands its view on to what is reached through it; only fields marked Personal open the
personal view. So an answer depends on the person only at or below a Personal field.
"""

from asyncio import Future
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import strawberry
from graphql import GraphQLError

from schema.context import Context
from server.api.waiting import DONE_ONCE, NotYet
from server.jam import entities as e
from server.jam.acting import acts
from server.jam.decide.asking import closed_by
from server.jam.people import CROSS_TIER, KEEPERS, STRANGER, Viewer, class_viewer
from server.jam.permissions import Action, may
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam.tallies import Count
from server.jam.visibility import reaches
from server.live.ports import Refused
from server.themes.briefing import Briefing, Ground, brief

Info = strawberry.Info[Context, Any]
NOTHING = Count()


def coded(rejection: Rejection) -> GraphQLError:
    """A refusal where the schema has no union for it: a GraphQL error with the same code."""
    return GraphQLError(rejection.message, extensions={"code": rejection.code})


def out_of_order() -> Refused:
    """A jam whose state a fault left half-changed: nobody is shown it until it has been made anew."""
    return Refused("UNAVAILABLE", "This jam is being put in order after a fault of ours. Please try again in a moment.", 2.0)


class JamView:
    """A jam at one instant, for one viewer. Where the viewer may not see the jam, there is nothing in it.

    Raises `Refused` for a jam that is out of order.
    """

    __slots__ = ("_briefings", "_me", "_unseen", "context", "now", "phase", "reads", "services", "state", "viewer")

    def __init__(self, context: Context, state: JamState, viewer: Viewer) -> None:
        if not state.is_sound:
            raise out_of_order()
        self.context = context
        self.services = context.services
        self.state = state
        self.now = context.services.clock()
        self.phase = state.phase(self.now)
        self.viewer = viewer
        if not self.may(Action.VIEW):
            self.viewer = STRANGER
        self.reads = self.may(Action.READ_IDEAS)
        self._briefings: Mapping[str, Briefing] | None = None
        self._unseen: Counter[str] | None = None
        caller = context.caller
        self._me = state.member(caller.person_id) if caller is not None and self.exists else None

    def may(self, action: Action) -> bool:
        return may(action, self.viewer.role, self.viewer.relation, self.phase)

    @property
    def exists(self) -> bool:
        """Whether the jam is there at all for this viewer."""
        return self.viewer is not STRANGER

    @property
    def is_keeper(self) -> bool:
        """Whether the viewer sees what was hidden, because they decide about it."""
        return self.viewer.role in KEEPERS

    @property
    def me(self) -> e.Member | None:
        """The member who asks, for Personal fields; None in an answer for many."""
        return self._me

    def personal(self) -> "JamView":
        """The same jam as the person who asks sees it."""
        return personal_view(self.context, self.state)

    def sees_idea(self, idea: e.Idea) -> bool:
        return self.reads and self.state.sees_idea(self.viewer, idea)

    def sees_comment(self, comment: e.Comment) -> bool:
        return self.reads and self.state.sees_comment(self.viewer, comment)

    def sees_topic(self, topic: e.Topic) -> bool:
        return self.state.sees_topic(self.viewer, topic)

    def reached(self, idea: e.Idea) -> bool:
        """Whether the idea is meant for the viewer, whatever became of it."""
        return self.reads and reaches(self.viewer, idea.reach)

    def was_reached(self, idea: e.Idea) -> bool:
        """Whether the idea is meant for the viewer, or was before it moved."""
        return self.reads and any(reaches(self.viewer, reach) for reach in (idea.reach, *idea.former_reaches))

    def idea(self, id: str | None) -> e.Idea | None:
        idea = self.state.idea(id) if id is not None else None
        return idea if idea is not None and self.sees_idea(idea) else None

    def comment(self, id: str | None) -> e.Comment | None:
        comment = self.state.comment(id) if id is not None else None
        return comment if comment is not None and self.sees_comment(comment) else None

    def topic(self, id: str) -> e.Topic | None:
        topic = self.state.topics.get(id)
        return topic if topic is not None and self.sees_topic(topic) else None

    def theme(self, id: str | None) -> e.Theme | None:
        """A theme that stands: nobody is shown one that was merged away, or themes of ideas they can't read yet."""
        theme = self.state.themes.get(id) if id is not None and self.reads else None
        return theme if theme is not None and theme.merged_into is None and self.sees_theme(theme) else None

    def sees_theme(self, theme: e.Theme) -> bool:
        """Whether there is an idea in it for the viewer: a theme of what is for others says what that is about. Those who
        answer for the whole jam see empty ones too."""
        return self.viewer.role in CROSS_TIER or self.state.tallies.has_ideas(theme.id, self.viewer)

    def board_themes(self) -> list[e.Theme]:
        """The themes that stand on the viewer's board."""
        return [theme for theme in self.state.board_themes() if self.sees_theme(theme)] if self.reads else []

    def ideas(self, ids: Iterable[str]) -> Iterator[e.Idea]:
        """The ideas with these ids that the viewer may see, in the order given."""
        return self.state.visible_ideas(self.viewer, ids) if self.reads else iter(())

    def tally(self, scope: str) -> Count:
        """What the viewer may count in a scope."""
        return self.state.tallies.of(scope, self.viewer) if self.reads else NOTHING

    def briefing(self, theme: e.Theme) -> Briefing:
        """The numbers that stand beside a theme. Raises `NotYet` while those of a large jam are worked out."""
        if self._briefings is None:
            found = self.services.briefings.of(self.state, self.viewer, self.now)
            if isinstance(found, Future):
                if not DONE_ONCE.get():
                    raise NotYet(found)
                found = {}
            self._briefings = found
        try:
            return self._briefings[theme.id]
        except KeyError:
            # It came to be after they were worked out, or nobody may wait for them.
            return brief(Ground(self.state, self.viewer, self.now, self._country), theme)

    def _country(self, person: str) -> str | None:
        known = self.services.people.person(person)
        return None if known is None else known.country

    @property
    def unseen_comments(self) -> Counter[str]:
        """How many comments each person wrote on what the viewer may not see, for those who see all but circles."""
        if self._unseen is None:
            ideas = (idea for idea in self.state.ideas if idea.reach.circle is not None and not self.sees_idea(idea))
            self._unseen = Counter(self.state.comments[number].author for idea in ideas for number in idea.comments)
        return self._unseen

    def is_open(self, idea: e.Idea) -> bool:
        """Whether the viewer, where their role and the phase let them, may still add anything to the idea."""
        return closed_by(self.state, idea) is None and self.acts_in(self.state.topics[idea.topic])

    def acts_in(self, topic: e.Topic) -> bool:
        """Whether the viewer may do more in the topic than read."""
        return acts(self.viewer, self.state.acting, topic.acting)


def shared_view(context: Context, state: JamState) -> JamView:
    """The jam as the caller's visibility class sees it."""
    visibility = context.viewer(state).visibility
    return JamView(context, state, STRANGER if visibility is None else class_viewer(visibility))


def personal_view(context: Context, state: JamState) -> JamView:
    """The jam as the caller sees it, with their circles and what was hidden of their own."""
    return JamView(context, state, context.viewer(state))


def personal_views(context: Context) -> Iterator[JamView]:
    """Every jam that the caller may see, but for those that are out of order."""
    views = (personal_view(context, state) for state in context.services.jams.all() if state.is_sound)
    return (view for view in views if view.exists)
