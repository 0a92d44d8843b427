"""What moderators do to ideas and comments."""

from typing import Any, Protocol

import strawberry

from schema.frame import Announcement
from schema.inputs import AnnounceInput, MarkIdeaInput, MergeIdeasInput, ModerateInput, MoveIdeaInput, local_text
from schema.mutations.asking import Asking
from schema.mutations.comments import comment_after
from schema.mutations.ideas import idea_after
from schema.results import AnnouncementResult, AnnouncementSuccess, CommentResult, IdeaResult
from schema.view import Info
from server.jam import commands as c
from server.jam import ids


class _IdeaAct(Protocol):
    def __call__(self, *, actor: str, id: str, idea: str, reason: str) -> c.Command: ...


class _CommentAct(Protocol):
    def __call__(self, *, actor: str, id: str, comment: str, reason: str) -> c.Command: ...


def _on_idea(make: _IdeaAct) -> Any:
    async def resolve(info: Info, input: ModerateInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.target_id)
        return await idea_after(asked, view, make(**asked.by, idea=idea.id, reason=input.reason), idea.id)

    return strawberry.mutation(resolver=resolve)


def _on_comment(make: _CommentAct) -> Any:
    async def resolve(info: Info, input: ModerateInput) -> CommentResult:
        asked = Asking(info, input.command_id)
        view, comment = asked.comment(input.target_id)
        return await comment_after(asked, view, make(**asked.by, comment=comment.id, reason=input.reason), comment.id)

    return strawberry.mutation(resolver=resolve)


@strawberry.type
class ModerationMutations:
    hide_idea = _on_idea(c.HideIdea)
    restore_idea = _on_idea(c.RestoreIdea)
    remove_idea = _on_idea(c.RemoveIdea)
    hide_comment = _on_comment(c.HideComment)
    restore_comment = _on_comment(c.RestoreComment)
    remove_comment = _on_comment(c.RemoveComment)
    unmerge_idea = _on_idea(c.UnmergeIdea)

    @strawberry.mutation
    async def merge_ideas(self, info: Info, input: MergeIdeasInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.MergeIdeas(**asked.by, idea=idea.id, into=input.into_id, reason=input.reason)
        return await idea_after(asked, view, command, idea.id)

    @strawberry.mutation
    async def mark_idea(self, info: Info, input: MarkIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.MarkIdea(**asked.by, idea=idea.id, mark=input.mark.value, on=input.on, reason=input.reason)
        return await idea_after(asked, view, command, idea.id)

    @strawberry.mutation
    async def move_idea(self, info: Info, input: MoveIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.MoveIdea(**asked.by, idea=idea.id, topic=input.topic_id, reason=input.reason)
        return await idea_after(asked, view, command, idea.id)

    @strawberry.mutation
    async def announce(self, info: Info, input: AnnounceInput) -> AnnouncementResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.Announce(**asked.making(view), texts=local_text(input.texts) or {})
        view, seq = await asked.submit(view, command)
        id = command.derived(ids.ANNOUNCEMENT)
        made = next(one for one in view.state.announcements if one.id == id)
        return AnnouncementSuccess(announcement=Announcement(view=view, entity=made), seq=seq)
