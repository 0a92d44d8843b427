"""Comments, likes and reports."""

import strawberry
from strawberry import ID

from schema.comment import Comment
from schema.inputs import (
    CommentInput,
    EditCommentInput,
    FileReportInput,
    PostCommentInput,
    ReopenReportInput,
    ResolveReportInput,
)
from schema.marks import command as mutation
from schema.moderation import report_of
from schema.mutations.asking import Asking
from schema.results import CommentResult, CommentSuccess, ReportResult, ReportSuccess
from schema.scalars import given
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.rejections import NotFound


async def comment_after(asked: Asking, view: JamView, command: c.Command, id: str) -> CommentSuccess:
    """Carries out the command and answers with the comment as it is then."""
    view, seq = await asked.submit(view, command)
    comment = view.comment(id)
    if comment is None:
        raise NotFound("comment", id)
    return CommentSuccess(comment=Comment(view=view, entity=comment), seq=seq)


def _target(asked: Asking, id: str) -> JamView:
    """The jam of the idea or comment that a report is about."""
    try:
        return asked.comment(id)[0]
    except NotFound:
        pass
    try:
        return asked.idea(id)[0]
    except NotFound:
        raise NotFound("idea or comment", id) from None


def _mine(view: JamView, person: str, target: str) -> str | None:
    """The person's open report on the thing: one that was there before stands for the new one."""
    reports = (view.state.reports[id] for id in view.state.open_reports)
    return next((report.id for report in reports if report.target == target and report.reporter == person), None)


@strawberry.type
class CommentMutations:
    @strawberry.mutation
    async def post_comment(self, info: Info, input: PostCommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.PostComment(
            **asked.making(view), idea=idea.id, body=input.body, parent=given(input.parent_id), language=given(input.language)
        )
        return await comment_after(asked, view, command, command.derived(ids.COMMENT))

    @strawberry.mutation
    async def edit_comment(self, info: Info, input: EditCommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, comment = asked.comment(input.comment_id)
        command = c.EditComment(**asked.by, comment=comment.id, body=input.body)
        return await comment_after(asked, view, command, comment.id)

    @strawberry.mutation
    async def like_comment(self, info: Info, input: CommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, comment = asked.comment(input.comment_id)
        return await comment_after(asked, view, c.LikeComment(**asked.by, comment=comment.id), comment.id)

    @strawberry.mutation
    async def withdraw_like(self, info: Info, input: CommentInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, comment = asked.comment(input.comment_id)
        return await comment_after(asked, view, c.WithdrawLike(**asked.by, comment=comment.id), comment.id)

    @strawberry.mutation
    async def file_report(self, info: Info, input: FileReportInput) -> ReportResult:
        asked = Asking(info, input.command_id)
        view = _target(asked, input.target_id)
        command = c.FileReport(**asked.making(view), target=input.target_id, reason=input.reason.value, note=input.note)
        view, seq = await asked.submit(view, command)
        id = _mine(view, asked.person, input.target_id) or command.derived(ids.REPORT)
        return ReportSuccess(report_id=ID(id), report=report_of(view, id), seq=seq)

    @strawberry.mutation
    async def resolve_report(self, info: Info, input: ResolveReportInput) -> ReportResult:
        asked = Asking(info, input.command_id)
        view, report = asked.report(input.report_id)
        command = c.ResolveReport(**asked.by, report=report.id, outcome=input.outcome.value, reason=input.reason)
        view, seq = await asked.submit(view, command)
        return ReportSuccess(report_id=ID(report.id), report=report_of(view, report.id), seq=seq)

    @mutation("Opens a settled report again, and those settled with it; what was done to the idea or comment stays.")
    async def reopen_report(self, info: Info, input: ReopenReportInput) -> ReportResult:
        asked = Asking(info, input.command_id)
        view, report = asked.report(input.report_id)
        view, seq = await asked.submit(view, c.ReopenReport(**asked.by, report=report.id, reason=input.reason))
        return ReportSuccess(report_id=ID(report.id), report=report_of(view, report.id), seq=seq)
