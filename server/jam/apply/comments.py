"""Comments in threads, likes, and reports about ideas and comments."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.apply.packed import drop, put
from server.jam.entities import Comment, Idea, Report
from server.jam.state import JamState
from server.jam.visibility import ContentStatus


def posted(state: JamState, event: events.CommentPosted) -> None:
    parent = state.comment(event.parent) if event.parent else None
    comment = Comment(
        id=event.comment, number=len(state.comments), idea=event.idea, parent=event.parent, author=event.author,
        body=event.body, language=event.language, posted_at=event.at, depth=parent.depth + 1 if parent else 0,
    )  # fmt: skip
    state.comments.append(comment)
    state.comment_numbers[comment.id] = comment.number
    idea = state.ideas[state.idea_numbers[event.idea]]
    idea.comments.append(comment.number)
    idea.comment_count += 1
    idea.last_comment_at = event.at
    member = state.member(event.author)
    if member is not None:
        member.comment_count += 1
    _tell(state, idea, parent, comment, event.at)
    if parent is not None:
        parent.reply_count += 1
        marking.comment_changed(state, parent)
    marking.counted(state, idea, event.at, marking.COMMENTS)
    marking.comment_changed(state, comment)
    marking.idea_changed(state, idea)


def _tell(state: JamState, idea: Idea, parent: Comment | None, comment: Comment, at: int) -> None:
    """Tells the authors of what was answered, once each, where they may still see it."""
    told = {idea.author: "COMMENTED"} | ({parent.author: "REPLIED"} if parent is not None else {})
    for person, kind in told.items():
        if person != comment.author and state.sees_comment(state.viewer(person), comment):
            marking.notify(state, person, at, kind, idea.id, comment.id)


def edited(state: JamState, event: events.CommentEdited) -> None:
    comment = state.comments[state.comment_numbers[event.comment]]
    comment.body, comment.edited_at = event.body, event.at
    marking.comment_changed(state, comment)


def liked(state: JamState, event: events.CommentLiked) -> None:
    comment = state.comments[state.comment_numbers[event.comment]]
    put(comment.likers, state.member_numbers[event.person])
    marking.member_touched(state, event.person)
    marking.comment_changed(state, comment)


def like_withdrawn(state: JamState, event: events.LikeWithdrawn) -> None:
    comment = state.comments[state.comment_numbers[event.comment]]
    drop(comment.likers, state.member_numbers[event.person])
    marking.member_touched(state, event.person)
    marking.comment_changed(state, comment)


def _set_status(state: JamState, id: str, status: ContentStatus, reason: str, at: int, act: str) -> None:
    """What a moderator decides about it takes the place of what a revoked branch did to it."""
    comment = state.comments[state.comment_numbers[id]]
    comment.held = None
    marking.notify(state, comment.author, at, act, comment.idea, comment.id, reason)
    marking.logged(state, at, act, comment.id, reason)
    set_status(state, comment, status, reason)


def set_status(state: JamState, comment: Comment, status: ContentStatus, reason: str) -> None:
    """Without telling its author, and without a line in the log."""
    idea = state.ideas[state.idea_numbers[comment.idea]]
    was, comment.status, comment.reason = comment.status, status, reason
    gained = int(status is ContentStatus.VISIBLE) - int(was is ContentStatus.VISIBLE)
    idea.comment_count += gained
    if comment.parent is not None:
        parent = state.comments[state.comment_numbers[comment.parent]]
        parent.reply_count += gained
        marking.comment_changed(state, parent)
    marking.comment_changed(state, comment)
    marking.idea_changed(state, idea)


def hidden(state: JamState, event: events.CommentHidden) -> None:
    _set_status(state, event.comment, ContentStatus.HIDDEN, event.reason, event.at, "HIDDEN")


def removed(state: JamState, event: events.CommentRemoved) -> None:
    _set_status(state, event.comment, ContentStatus.REMOVED, event.reason, event.at, "REMOVED")


def restored(state: JamState, event: events.CommentRestored) -> None:
    _set_status(state, event.comment, ContentStatus.VISIBLE, event.reason, event.at, "RESTORED")


def report_filed(state: JamState, event: events.ReportFiled) -> None:
    report = Report(event.report, event.target, event.reporter, event.reason, event.note, event.at, seq=state.seq)
    state.reports[report.id] = report
    state.open_reports[report.id] = None
    state.changes.note(changes.REPORT, report.id, state.seq)


def report_resolved(state: JamState, event: events.ReportResolved) -> None:
    report = state.reports[event.report]
    report.outcome, report.resolved_at, report.resolved_by, report.seq = event.outcome, event.at, event.by, state.seq
    report.resolution = event.reason
    state.open_reports.pop(report.id, None)
    state.changes.note(changes.REPORT, report.id, state.seq)


def report_reopened(state: JamState, event: events.ReportReopened) -> None:
    """It waits again, at the place in the queue that it had: the queue is in order of filing, as `reports` is."""
    report = state.reports[event.report]
    report.outcome = report.resolved_at = report.resolved_by = None
    report.reopened_at, report.reopened_reason, report.seq = event.at, event.reason, state.seq
    state.open_reports = {id: None for id in state.reports if id in state.open_reports or id == report.id}
    state.changes.note(changes.REPORT, report.id, state.seq)


HANDLERS: marking.Handlers = {
    events.CommentPosted: posted,
    events.CommentEdited: edited,
    events.CommentLiked: liked,
    events.LikeWithdrawn: like_withdrawn,
    events.CommentHidden: hidden,
    events.CommentRemoved: removed,
    events.CommentRestored: restored,
    events.ReportFiled: report_filed,
    events.ReportResolved: report_resolved,
    events.ReportReopened: report_reopened,
}
