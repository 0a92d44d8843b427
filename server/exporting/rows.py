"""What a viewer may see of a jam, row by row. The only place of the exports that asks the visibility rule."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from server.jam import entities as e
from server.jam.anonymity import is_pseudonym
from server.jam.people import KEEPERS, RELATIONS, Viewer
from server.jam.phases import Schedule
from server.jam.state import JamState
from server.jam.tallies import WHOLE_JAM, Count
from server.jam.texts import LocalText, pick
from server.jam.visibility import Audience


class Named(Protocol):
    """A person as the directory knows them."""

    @property
    def name(self) -> str | None: ...


Lookup = Callable[[str], Named | None]


class Author(NamedTuple):
    """`name` is empty for who was erased; `relation` for who is no member."""

    id: str
    name: str
    relation: str


class IdeaRow(NamedTuple):
    """An idea. `builds_on` and `merged_into` are ids of ideas in the same export; instants in milliseconds since 1970."""

    id: str
    title: str
    body: str
    language: str
    topic: str
    topic_id: str
    author: Author
    audience: tuple[str, ...]
    posted_at: int
    edited_at: int | None
    versions: int
    status: str
    reason: str
    support: int
    by_relation: tuple[int, ...]
    disagree: int
    passed: int
    comments: int
    build_ons: int
    builds_on: tuple[str, ...]
    merged_into: str
    theme: str
    theme_id: str
    subtheme: str
    subtheme_id: str
    marks: tuple[str, ...]


class CommentRow(NamedTuple):
    """A comment; `answers` is the id of the comment above it in the thread, empty where there is none to be seen."""

    id: str
    idea_id: str
    idea: str
    answers: str
    author: Author
    body: str
    language: str
    posted_at: int
    edited_at: int | None
    status: str
    reason: str
    likes: int
    replies: int


class ThemeRow(NamedTuple):
    """A theme or, with `parent`, a sub-theme. Counts are of what the viewer may see."""

    id: str
    name: str
    parent: str
    keywords: tuple[str, ...]
    distinctive: tuple[str, ...]
    cohesion: float
    confidence: float
    counts: Count


class TopicRow(NamedTuple):
    id: str
    title: str
    titles: LocalText
    descriptions: LocalText
    audience: tuple[str, ...]
    locked: bool
    counts: Count


class JamRow(NamedTuple):
    """The jam itself, as of event `seq`."""

    id: str
    seq: int
    slug: str
    titles: LocalText
    questions: LocalText
    descriptions: LocalText
    rules: LocalText
    languages: tuple[str, ...]
    main_language: str
    schedule: Schedule | None
    counts: Count

    @property
    def is_right_to_left(self) -> bool:
        return self.main_language in ("he", "ar", "fa", "yi")


class Rows(NamedTuple):
    """All that one viewer may see at one moment. It holds nothing that changes, so any thread may write it to a file."""

    jam: JamRow
    topics: Sequence[TopicRow]
    themes: Sequence[ThemeRow]
    ideas: Sequence[IdeaRow]
    comments: Sequence[CommentRow]


@dataclass(frozen=True, slots=True)
class Export:
    """A jam as one viewer sees it; `person` looks up who has an id."""

    state: JamState
    viewer: Viewer
    person: Lookup

    def rows(self) -> Rows:
        """Everything, as it is now."""
        return Rows(self.jam(), list(self.topics()), list(self.themes()), list(self.ideas()), list(self.comments()))

    def jam(self) -> JamRow:
        state = self.state
        return JamRow(
            state.id, state.seq, state.slug, state.titles, state.questions, state.descriptions, state.rules, state.languages,
            state.main_language, state.schedule, self._counts(WHOLE_JAM),
        )  # fmt: skip

    def ideas(self) -> Iterator[IdeaRow]:
        """In the order of posting."""
        return (self._idea(idea) for idea in self.state.ideas if self.state.sees_idea(self.viewer, idea))

    def comments(self) -> Iterator[CommentRow]:
        """In the order of posting."""
        return (self._comment(comment) for comment in self.state.comments if self.state.sees_comment(self.viewer, comment))

    def themes(self) -> Iterator[ThemeRow]:
        """Those with an idea that the viewer may see, each followed by its sub-themes."""
        for theme in self.state.board_themes():
            for found in (theme, *self.state.subthemes(theme)):
                if self._counts(found.id).ideas:
                    yield self._theme(found)

    def topics(self) -> Iterator[TopicRow]:
        """In the order of the board."""
        for topic in sorted(self.state.topics.values(), key=lambda topic: (topic.position, topic.id)):
            if self.state.sees_topic(self.viewer, topic):
                yield self._topic(topic)

    # ------------------------------------------------------------------------------------------------------------- rows
    def _idea(self, idea: e.Idea) -> IdeaRow:
        merged_into = next(self.state.visible_ideas(self.viewer, [idea.merged_into or ""]), None)
        return IdeaRow(
            id=idea.id, title=idea.title, body=idea.body, language=idea.language,
            topic=self._topic_title(idea.topic), topic_id=idea.topic, author=self._author(idea.author),
            audience=self._audience(idea.audience), posted_at=idea.posted_at, edited_at=idea.edited_at,
            versions=len(idea.versions), status=idea.status.value, reason=self._reason(idea),
            support=idea.support, by_relation=tuple(idea.by_relation), disagree=idea.disagrees, passed=idea.passes,
            comments=idea.comment_count, build_ons=idea.build_on_count,
            builds_on=tuple(parent.id for parent in self.state.visible_ideas(self.viewer, idea.parents)),
            merged_into=merged_into.id if merged_into is not None else "",
            theme=self._theme_label(idea.theme), theme_id=idea.theme or "",
            subtheme=self._theme_label(idea.subtheme), subtheme_id=idea.subtheme or "", marks=tuple(sorted(idea.marks)),
        )  # fmt: skip

    def _comment(self, comment: e.Comment) -> CommentRow:
        idea = self.state.ideas[self.state.idea_numbers[comment.idea]]
        above = self.state.comment(comment.parent) if comment.parent is not None else None
        return CommentRow(
            id=comment.id, idea_id=idea.id, idea=idea.title,
            answers=above.id if above is not None and self.state.sees_comment(self.viewer, above) else "",
            author=self._author(comment.author), body=comment.body, language=comment.language, posted_at=comment.posted_at,
            edited_at=comment.edited_at, status=comment.status.value, reason=self._reason(comment),
            likes=len(comment.likers), replies=comment.reply_count,
        )  # fmt: skip

    def _theme(self, theme: e.Theme) -> ThemeRow:
        return ThemeRow(
            theme.id, theme.label, theme.parent or "", theme.keywords, theme.distinctive, theme.cohesion, theme.confidence,
            self._counts(theme.id),
        )  # fmt: skip

    def _topic(self, topic: e.Topic) -> TopicRow:
        return TopicRow(
            topic.id, self._topic_title(topic.id), topic.titles, topic.descriptions, self._audience(topic.audience),
            topic.locked, self._counts(topic.id),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------------------------ fields
    def _counts(self, scope: str) -> Count:
        return self.state.tallies.of(scope, self.viewer)

    def _author(self, id: str) -> Author:
        if is_pseudonym(id):
            return Author("", "", "")
        known, member = self.person(id), self.state.member(id)
        name = known.name if known is not None else None
        return Author(id, name or "", member.relation.value if member is not None else "")

    def _reason(self, content: e.Idea | e.Comment) -> str:
        """Why it was hidden, removed or merged: for its author and those who decide about it."""
        mine = self.viewer.person is not None and self.viewer.person == content.author
        return content.reason if self.viewer.role in KEEPERS or mine else ""

    def _topic_title(self, id: str) -> str:
        return pick(self.state.topics[id].titles, None, self.state.main_language)

    def _theme_label(self, id: str | None) -> str:
        theme = self.state.themes.get(id) if id is not None else None
        return theme.label if theme is not None else ""

    def _audience(self, audience: Audience) -> tuple[str, ...]:
        """Who it is for: some relations, a circle by its name, or nothing for everyone."""
        if audience.circle is not None:
            return (self.state.circles[audience.circle].name,)
        return tuple(relation.value for relation in RELATIONS if relation in (audience.relations or ()))


def moment(at: int) -> datetime:
    """The instant in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


def iso(at: int | None) -> str | None:
    """The instant as ISO 8601 in UTC with milliseconds, such as 2027-03-01T09:00:00.000Z."""
    return None if at is None else moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
