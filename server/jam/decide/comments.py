"""Comments in threads, likes and reports."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.apply.packed import has
from server.jam.decide.asking import (
    Decisions,
    authority,
    comment_for,
    idea_for,
    member_may,
    open_to_additions,
    open_to_minors,
    viewer_of,
)
from server.jam.entities import Comment
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, Locked, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.texts import COMMENT, NOTE, clean_language, clean_text, guess_language
from server.jam.visibility import ContentStatus

DEEPEST = 6
REASONS = ("SPAM", "ABUSE", "PERSONAL_DATA", "OFF_TOPIC", "OTHER", "APPEAL")


def post(state: JamState, command: c.PostComment, now: int) -> tuple[events.CommentPosted, ...]:
    poster = command.asker
    authority(state, poster, Action.COMMENT, now)
    id = command.derived(ids.COMMENT)
    if id in state.comment_numbers:
        return ()
    idea = idea_for(state, poster, command.idea)
    open_to_additions(state, poster, idea)
    open_to_minors(state, poster, state.topics[idea.topic], now)
    body = clean_text("body", command.body, COMMENT, lines=True)
    parent = _parent(state, command)
    language = guess_language(body, state.main_language) if command.language is None else command.language
    return (
        events.CommentPosted(
            at=now, comment=id, idea=idea.id, parent=parent.id if parent else None, author=command.actor, body=body,
            language=clean_language("language", language),
        ),
    )  # fmt: skip


def _parent(state: JamState, command: c.PostComment) -> Comment | None:
    """What it answers. The deepest answers stay beside each other rather than running off a phone's edge."""
    if command.parent is None:
        return None
    parent = comment_for(state, command.asker, command.parent)
    if parent.idea != command.idea:
        raise InvalidInput("parentId", "The comment that it answers belongs to another idea.")
    still_open(parent)
    if parent.depth >= DEEPEST and parent.parent is not None:
        return state.comment(parent.parent)
    return parent


def still_open(comment: Comment) -> None:
    if comment.status is not ContentStatus.VISIBLE:
        raise Locked("comment", comment.id)


def edit(state: JamState, command: c.EditComment, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.EDIT_OWN, now)
    comment = comment_for(state, command.actor, command.comment)
    if comment.author != command.actor:
        raise NotAllowed(Action.EDIT_OWN.value, "Only its author can edit a comment.")
    return reword(state, command, comment, now)


def reword(
    state: JamState, command: c.EditComment | c.EditAnonymousComment, comment: Comment, now: int
) -> tuple[events.Event, ...]:
    """The new text, once it is clear whose comment it is."""
    open_to_additions(state, command.asker, idea_for(state, command.asker, comment.idea))
    still_open(comment)
    body = clean_text("body", command.body, COMMENT, lines=True)
    return (events.CommentEdited(at=now, comment=comment.id, body=body, by=command.actor),) if body != comment.body else ()


def like(state: JamState, command: c.LikeComment, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.LIKE, now)
    comment = comment_for(state, command.actor, command.comment)
    open_to_additions(state, command.actor, idea_for(state, command.actor, comment.idea))
    still_open(comment)
    if has(comment.likers, member.number):
        return ()
    return (events.CommentLiked(at=now, comment=comment.id, person=member.person),)


def withdraw_like(state: JamState, command: c.WithdrawLike, now: int) -> tuple[events.Event, ...]:
    member = member_may(state, command.actor, Action.LIKE, now)
    comment = comment_for(state, command.actor, command.comment)
    if not has(comment.likers, member.number):
        return ()
    return (events.LikeWithdrawn(at=now, comment=comment.id, person=member.person),)


def file_report(state: JamState, command: c.FileReport, now: int) -> tuple[events.Event, ...]:
    """A report on an idea or comment, or its author's appeal against a moderator. One open report a person and thing."""
    if command.reason not in REASONS:
        raise InvalidInput("reason", "Choose one of the reasons.")
    appeal = command.reason == "APPEAL"
    member_may(state, command.actor, Action.APPEAL if appeal else Action.REPORT, now)
    author, status = _target(state, command)
    if appeal and (author != command.actor or status in (ContentStatus.VISIBLE, ContentStatus.MERGED)):
        raise Conflict("One can appeal only for something of one's own that was hidden or removed.")
    note = clean_text("note", command.note, NOTE, 3 if appeal else 0, lines=True)
    id = command.derived(ids.REPORT)
    if id in state.reports or any(_is_mine(state, other, command) for other in state.open_reports):
        return ()
    return (
        events.ReportFiled(
            at=now, report=id, target=command.target, reporter=command.actor,
            reason=command.reason, note=note,
        ),
    )  # fmt: skip


def _target(state: JamState, command: c.FileReport) -> tuple[str, ContentStatus]:
    viewer = viewer_of(state, command.actor)
    idea, comment = state.idea(command.target), state.comment(command.target)
    if idea is not None and state.sees_idea(viewer, idea):
        return idea.author, idea.status
    if comment is not None and state.sees_comment(viewer, comment):
        return comment.author, comment.status
    raise NotFound("idea or comment", command.target)


def _is_mine(state: JamState, id: str, command: c.FileReport) -> bool:
    report = state.reports[id]
    return report.target == command.target and report.reporter == command.actor


DECISIONS: Decisions = {
    c.PostComment: post,
    c.EditComment: edit,
    c.LikeComment: like,
    c.WithdrawLike: withdraw_like,
    c.FileReport: file_report,
}
