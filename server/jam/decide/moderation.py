"""What moderators do: hide, restore, remove, merge, mark, and settle reports. Every act has a reason."""

from collections.abc import Callable
from typing import Protocol

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority, comment_for, idea_for, standing_for, within_scope
from server.jam.entities import Comment, Idea, Report
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotFound
from server.jam.state import JamState
from server.jam.texts import REASON, clean_text
from server.jam.visibility import ContentStatus

MARKS = ("PINNED", "FEATURED", "LOCKED")


class _IdeaAct(Protocol):
    def __call__(self, *, at: int, idea: str, reason: str, by: str) -> events.Event: ...


class _CommentAct(Protocol):
    def __call__(self, *, at: int, comment: str, reason: str, by: str) -> events.Event: ...


def _reason(text: str) -> str:
    return clean_text("reason", text, REASON, 3)


def _idea_act(
    becomes: ContentStatus, make: _IdeaAct
) -> Callable[[JamState, c.HideIdea | c.RestoreIdea | c.RemoveIdea, int], tuple[events.Event, ...]]:
    def decide(state: JamState, command: c.HideIdea | c.RestoreIdea | c.RemoveIdea, now: int) -> tuple[events.Event, ...]:
        by = authority(state, command.actor, Action.MODERATE, now)
        idea = idea_for(state, command.actor, command.idea)
        within_scope(by, _place(state, idea))
        reason = _reason(command.reason)
        _not_withdrawn(idea, becomes)
        if _already(idea.status, becomes):
            return ()
        return (make(at=now, idea=idea.id, reason=reason, by=command.actor),)

    return decide


def _comment_act(
    becomes: ContentStatus, make: _CommentAct
) -> Callable[[JamState, c.HideComment | c.RestoreComment | c.RemoveComment, int], tuple[events.Event, ...]]:
    def decide(
        state: JamState, command: c.HideComment | c.RestoreComment | c.RemoveComment, now: int
    ) -> tuple[events.Event, ...]:
        by = authority(state, command.actor, Action.MODERATE, now)
        comment = comment_for(state, command.actor, command.comment)
        within_scope(by, _place(state, comment))
        reason = _reason(command.reason)
        _not_withdrawn(comment, becomes)
        if _already(comment.status, becomes):
            return ()
        return (make(at=now, comment=comment.id, reason=reason, by=command.actor),)

    return decide


def _not_withdrawn(thing: Idea | Comment, becomes: ContentStatus) -> None:
    if thing.withdrawn and becomes is not ContentStatus.REMOVED:
        raise Conflict("Its author withdrew it for good: there is no text left.")


def _already(status: ContentStatus, becomes: ContentStatus) -> bool:
    return status is becomes or (becomes is ContentStatus.VISIBLE and status is ContentStatus.MERGED)


def merge(state: JamState, command: c.MergeIdeas, now: int) -> tuple[events.Event, ...]:
    """Both must be for the same audience: a merge must not carry votes or text to people they were not meant for."""
    by = authority(state, command.actor, Action.MODERATE, now)
    idea = idea_for(state, command.actor, command.idea)
    into = standing_for(state, command.actor, command.into)
    within_scope(by, _place(state, idea), _place(state, into))
    reason = _reason(command.reason)
    if idea.merged_into is not None and state.root_of_merge(idea) is into:
        return ()
    _refuse_bad_merge(idea, into)
    return (events.IdeaMerged(at=now, idea=idea.id, into=into.id, reason=reason, by=command.actor),)


def _refuse_bad_merge(idea: Idea, into: Idea) -> None:
    if idea is into:
        raise Conflict("An idea can't be merged into itself, or into one that was merged into it.")
    if idea.status is not ContentStatus.VISIBLE or into.status is not ContentStatus.VISIBLE:
        raise Conflict("Only visible ideas can be merged: restore or un-merge them first.")
    if idea.reach != into.reach:
        raise Conflict("The two ideas are for different audiences, so they can't be merged.")


def unmerge(state: JamState, command: c.UnmergeIdea, now: int) -> tuple[events.Event, ...]:
    by = authority(state, command.actor, Action.MODERATE, now)
    idea = idea_for(state, command.actor, command.idea)
    within_scope(by, _place(state, idea))
    reason = _reason(command.reason)
    if idea.merged_into is None:
        return ()
    if state.ideas[state.idea_numbers[idea.merged_into]].merged_into is not None:
        raise Conflict("The idea that it was merged into was itself merged: undo that merge first.")
    if idea.status is not ContentStatus.MERGED:
        raise Conflict("It was hidden after the merge: restore it first.")
    return (events.IdeaUnmerged(at=now, idea=idea.id, reason=reason, by=command.actor),)


def mark(state: JamState, command: c.MarkIdea, now: int) -> tuple[events.Event, ...]:
    by = authority(state, command.actor, Action.MODERATE, now)
    if command.mark not in MARKS:
        raise InvalidInput("mark", "A mark is PINNED, FEATURED or LOCKED.")
    idea = idea_for(state, command.actor, command.idea)
    within_scope(by, _place(state, idea))
    reason = _reason(command.reason)
    if (command.mark in idea.marks) == command.on:
        return ()
    return (events.IdeaMarked(at=now, idea=idea.id, mark=command.mark, on=command.on, reason=reason, by=command.actor),)


def resolve(state: JamState, command: c.ResolveReport, now: int) -> tuple[events.Event, ...]:
    """Settles a report and all other open ones on the same thing, each by an event of its own."""
    by = authority(state, command.actor, Action.MODERATE, now)
    if command.outcome not in ("UPHELD", "DISMISSED"):
        raise InvalidInput("outcome", "An outcome is UPHELD or DISMISSED.")
    report = _report(state, command.report)
    within_scope(by, *_places(state, report))
    reason = _reason(command.reason)
    if report.outcome is not None:
        if report.outcome == command.outcome:
            return ()
        raise Conflict(f"The report was settled meanwhile: {report.outcome.lower()}.")
    same = [id for id in state.open_reports if state.reports[id].target == report.target]
    return tuple(
        events.ReportResolved(at=now, report=id, outcome=command.outcome, reason=reason, by=command.actor) for id in same
    )


def reopen(state: JamState, command: c.ReopenReport, now: int) -> tuple[events.Event, ...]:
    """Opens a settled report again, with all that were settled by the same act. What was done to the thing stays done."""
    by = authority(state, command.actor, Action.MODERATE, now)
    report = _report(state, command.report)
    within_scope(by, *_places(state, report))
    reason = _reason(command.reason)
    if report.outcome is None:
        return ()
    act = (report.target, report.resolved_at, report.resolved_by)
    same = [other.id for other in state.reports.values() if (other.target, other.resolved_at, other.resolved_by) == act]
    return tuple(events.ReportReopened(at=now, report=id, reason=reason, by=command.actor) for id in same)


def _place(state: JamState, content: Idea | Comment) -> tuple[str, str]:
    """The topic and language that a moderator's scope is asked about."""
    idea = content if isinstance(content, Idea) else state.ideas[state.idea_numbers[content.idea]]
    return idea.topic, content.language


def _places(state: JamState, report: Report) -> list[tuple[str, str]]:
    content = state.idea(report.target) or state.comment(report.target)
    return [] if content is None else [_place(state, content)]


def _report(state: JamState, id: str) -> Report:
    report = state.reports.get(id)
    if report is None:
        raise NotFound("report", id)
    return report


DECISIONS: Decisions = {
    c.HideIdea: _idea_act(ContentStatus.HIDDEN, events.IdeaHidden),
    c.RestoreIdea: _idea_act(ContentStatus.VISIBLE, events.IdeaRestored),
    c.RemoveIdea: _idea_act(ContentStatus.REMOVED, events.IdeaRemoved),
    c.HideComment: _comment_act(ContentStatus.HIDDEN, events.CommentHidden),
    c.RestoreComment: _comment_act(ContentStatus.VISIBLE, events.CommentRestored),
    c.RemoveComment: _comment_act(ContentStatus.REMOVED, events.CommentRemoved),
    c.MergeIdeas: merge,
    c.UnmergeIdea: unmerge,
    c.MarkIdea: mark,
    c.ResolveReport: resolve,
    c.ReopenReport: reopen,
}
