"""What moderators work with: reports, the log, the jam's health and the stream."""

from collections.abc import Iterator
from heapq import merge
from itertools import chain, islice
from typing import Annotated, Any

import strawberry
from strawberry import ID

from schema.comment import Comment, comment_of
from schema.idea import Idea, idea_of
from schema.latency import JamLatency
from schema.marks import described
from schema.member import Author
from schema.node import Node
from schema.pages import within
from schema.scalars import ReportOutcome, ReportReason, Timestamp, optional_id, optional_time
from schema.view import JamView
from server.jam import entities as e
from server.jam.facets import Filter
from server.jam.permissions import Action
from server.jam.standing import Scope
from server.jam.state import JamState

MINUTE, MINUTES = 60_000, 60
EVERYWHERE = Scope(None, None)

StreamItem = Annotated[Idea | Comment, strawberry.union("StreamItem")]


@strawberry.type
class ModerationEntry:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.LogEntry]

    @strawberry.field
    def id(self) -> ID:
        return ID(f"{self.view.state.id}-{self.entity.seq}")

    @strawberry.field
    def at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def act(self) -> str:
        return self.entity.act

    @strawberry.field
    def target_kind(self) -> str:
        return self._kind

    @property
    def _kind(self) -> str:
        state, target = self.view.state, self.entity.target
        if target in state.idea_numbers:
            return "IDEA"
        if self.entity.act.startswith(("MEMBER_", "BRANCH_")):
            return "MEMBER"
        if self.entity.act.startswith(("AUDIT_", "ANONYMOUS_")):
            return "AUDIT"
        return "COMMENT" if target in state.comment_numbers else "PHASE"

    @strawberry.field
    def target_id(self) -> ID | None:
        """What it was about, where the viewer may see that; of an act on the schedule the name of the phase;
        of a new audit key its fingerprint."""
        target = self.entity.target
        if self._kind in ("PHASE", "AUDIT"):
            return optional_id(target or None)
        seen = self.view.idea(target) is not None or self.view.comment(target) is not None
        return ID(target) if seen else None

    @strawberry.field
    def reason(self) -> str:
        return self.entity.reason


@strawberry.type
class Report(Node):
    view: strawberry.Private[JamView]
    entity: strawberry.Private[e.Report]

    @strawberry.field
    def reason(self) -> ReportReason:
        return ReportReason(self.entity.reason)

    @strawberry.field
    def note(self) -> str:
        return self.entity.note

    @strawberry.field
    def filed_at(self) -> Timestamp:
        return Timestamp(self.entity.at)

    @strawberry.field
    def reporter(self) -> Author:
        return Author(view=self.view, person=self.entity.reporter)

    @strawberry.field
    def idea(self) -> Idea | None:
        return idea_of(self.view, self.entity.target)

    @strawberry.field
    def comment(self) -> Comment | None:
        return comment_of(self.view, self.entity.target)

    @described("How many open reports there are on the same thing.")
    def same_target_count(self) -> int:
        reports = self.view.state.reports
        return sum(1 for id in self.view.state.open_reports if reports[id].target == self.entity.target)

    @strawberry.field
    def outcome(self) -> ReportOutcome | None:
        return None if self.entity.outcome is None else ReportOutcome(self.entity.outcome)

    @described("Why it was settled as it was, the last time; empty if it never was.")
    def resolution(self) -> str:
        return self.entity.resolution

    @strawberry.field
    def resolved_at(self) -> Timestamp | None:
        return optional_time(self.entity.resolved_at)

    @described("When it was opened again after it had been settled.")
    def reopened_at(self) -> Timestamp | None:
        return optional_time(self.entity.reopened_at)

    @strawberry.field
    def reopened_reason(self) -> str:
        return self.entity.reopened_reason

    @strawberry.field
    def resolved_by(self) -> Author | None:
        person = self.entity.resolved_by
        return None if person is None else Author(view=self.view, person=person)


@strawberry.type
class HealthMinute:
    at: Timestamp
    ideas: int
    comments: int
    supports: int
    joins: int


@strawberry.type
class JamHealth:
    view: strawberry.Private[JamView]

    @strawberry.field
    def minutes(self) -> list[HealthMinute]:
        """The last sixty minutes, oldest first, the one that runs included."""
        last = self.view.now // MINUTE
        return [self._minute(minute) for minute in range(last - MINUTES + 1, last + 1)]

    def _minute(self, minute: int) -> HealthMinute:
        ideas, comments, supports, joins = self.view.state.minutes.get(minute, (0, 0, 0, 0))
        return HealthMinute(at=Timestamp(minute * MINUTE), ideas=ideas, comments=comments, supports=supports, joins=joins)

    @strawberry.field
    def open_reports(self) -> int:
        return len(self.view.state.open_reports)

    @strawberry.field
    def silent_topics(self) -> int:
        """Topics in which nobody posted or commented in the last hour."""
        since, state = self.view.now - MINUTES * MINUTE, self.view.state
        silent = {topic.id for topic in state.topics.values() if self.view.sees_topic(topic)}
        spoken = (state.ideas[state.idea_numbers[comment.idea]].topic for comment in _newest_comments(self.view, since))
        for topic in chain((idea.topic for idea in _newest_ideas(self.view, since)), spoken):
            silent.discard(topic)
            if not silent:
                break
        return len(silent)

    @described("How long votes take to the screens.")
    def latency(self) -> JamLatency:
        return JamLatency.of(self.view.services.latency.of(self.view.state.id))

    @strawberry.field
    def unattended_ideas(self) -> int:
        state = self.view.state
        return state.facets.count(self.view.viewer, Filter(only_unattended=True), state.relation_of) if self.view.reads else 0


def _newest_ideas(view: JamView, since: int = 0) -> Iterator[e.Idea]:
    """Ideas that the viewer may see, newest first, back to `since` (ms)."""
    for idea in reversed(view.state.ideas):
        if idea.posted_at < since:
            return
        if view.sees_idea(idea):
            yield idea


def _newest_comments(view: JamView, since: int = 0) -> Iterator[e.Comment]:
    for comment in reversed(view.state.comments):
        if comment.posted_at < since:
            return
        if view.sees_comment(comment):
            yield comment


def _latest_first(content: Any) -> int:
    at: int = content.posted_at
    return -at


def stream_of(view: JamView, first: int, scope: Scope = EVERYWHERE) -> list[Idea | Comment]:
    """The newest ideas and comments of a scope, whatever their status; nothing for those who do not moderate."""
    if not view.may(Action.MODERATE):
        return []
    all_newest: Iterator[e.Idea | e.Comment] = merge(_newest_ideas(view), _newest_comments(view), key=_latest_first)
    newest = (content for content in all_newest if _is_within(view.state, scope, content))
    return [wrapped(view, content) for content in islice(newest, within(first))]


def wrapped(view: JamView, content: e.Idea | e.Comment) -> Idea | Comment:
    """An idea or a comment as the API's type."""
    return Idea(view=view, entity=content) if isinstance(content, e.Idea) else Comment(view=view, entity=content)


def scoped(topics: list[ID] | None, languages: list[str] | None) -> Scope:
    """The scope that arguments name; what is left out does not limit."""
    if not topics and not languages:
        return EVERYWHERE
    return Scope(tuple(topics) if topics else None, tuple(languages) if languages else None)


def log_of(view: JamView, first: int) -> list[ModerationEntry]:
    """The newest lines of the log about what is meant for the viewer, whatever became of it."""
    lines = (line for line in reversed(view.state.log) if _is_told(view, line))
    return [ModerationEntry(view=view, entity=line) for line in islice(lines, within(first))]


def _is_told(view: JamView, line: e.LogEntry) -> bool:
    comment = view.state.comment(line.target)
    idea = view.state.idea(line.target if comment is None else comment.idea)
    return view.exists and (idea is None or view.reached(idea))


def _is_within(state: JamState, scope: Scope, content: e.Idea | e.Comment | None) -> bool:
    if scope is EVERYWHERE or content is None:
        return True
    idea = content if isinstance(content, e.Idea) else state.ideas[state.idea_numbers[content.idea]]
    return scope.covers(idea.topic, content.language)


def _reported(state: JamState, report: e.Report) -> e.Idea | e.Comment | None:
    return state.idea(report.target) or state.comment(report.target)


def reports_of(view: JamView, is_open: bool, first: int, scope: Scope = EVERYWHERE) -> list[Report]:
    """Open cases of a scope, oldest first, or resolved ones, latest first; nothing for those who do not moderate."""
    if not view.may(Action.MODERATE):
        return []
    reports = view.state.reports
    if is_open:
        waiting = (reports[id] for id in view.state.open_reports)
        inside = (report for report in waiting if _is_within(view.state, scope, _reported(view.state, report)))
        found = list(islice(inside, within(first)))
    else:
        settled = (report for report in reports.values() if report.resolved_at is not None)
        resolved = (report for report in settled if _is_within(view.state, scope, _reported(view.state, report)))
        found = sorted(resolved, key=lambda report: (-(report.resolved_at or 0), report.id))[: within(first)]
    return [Report(view=view, entity=report) for report in found]


def report_of(view: JamView, id: str) -> Report | None:
    """A report, for moderators."""
    report = view.state.reports.get(id) if view.may(Action.MODERATE) else None
    return None if report is None else Report(view=view, entity=report)


def health_of(view: JamView) -> JamHealth | None:
    """The jam's health, for moderators."""
    return JamHealth(view=view) if view.may(Action.MODERATE) else None
