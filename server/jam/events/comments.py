"""What happened to comments and reports."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as


@stored_as("comment.posted")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPosted(Event):
    comment: str
    idea: str
    parent: str | None
    author: str
    body: str
    language: str


@stored_as("comment.edited")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdited(Event):
    comment: str
    body: str
    by: str


@stored_as("comment.liked")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLiked(Event):
    comment: str
    person: str


@stored_as("comment.like_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class LikeWithdrawn(Event):
    comment: str
    person: str


@stored_as("comment.hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentHidden(Event):
    comment: str
    reason: str
    by: str


@stored_as("comment.restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRestored(Event):
    comment: str
    reason: str
    by: str


@stored_as("comment.removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRemoved(Event):
    comment: str
    reason: str
    by: str


@stored_as("report.filed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled(Event):
    """`target` is an idea's or a comment's id; `reason` one of SPAM ABUSE PERSONAL_DATA OFF_TOPIC OTHER APPEAL."""

    report: str
    target: str
    reporter: str
    reason: str
    note: str


@stored_as("report.resolved", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResolved(Event):
    """`outcome` is UPHELD or DISMISSED. Version 1 had no reason."""

    report: str
    outcome: str
    reason: str
    by: str


@stored_as("report.reopened")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReopened(Event):
    report: str
    reason: str
    by: str
