"""Posting, building on, editing and supporting ideas."""

import strawberry

from schema.idea import Idea
from schema.inputs import EditIdeaInput, IdeaInput, PostIdeaInput, audience
from schema.mutations.asking import Asking
from schema.results import IdeaResult, IdeaSuccess
from schema.scalars import given
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.rejections import NotFound
from server.jam.visibility import EVERYONE


async def idea_after(asked: Asking, view: JamView, command: c.Command, id: str) -> IdeaSuccess:
    """Carries out the command and answers with the idea as it is then."""
    view, seq = await asked.submit(view, command)
    idea = view.idea(id)
    if idea is None:
        raise NotFound("idea", id)
    return IdeaSuccess(idea=Idea(view=view, entity=idea), seq=seq)


@strawberry.type
class IdeaMutations:
    @strawberry.mutation
    async def post_idea(self, info: Info, input: PostIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        command = c.PostIdea(
            **asked.making(view),
            topic=input.topic_id,
            title=input.title,
            body=input.body,
            language=given(input.language),
            parents=tuple(given(input.parent_ids) or ()),
            audience=audience(input.audience) or EVERYONE,
        )
        return await idea_after(asked, view, command, command.derived(ids.IDEA))

    @strawberry.mutation
    async def edit_idea(self, info: Info, input: EditIdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.EditIdea(**asked.by, idea=idea.id, title=input.title, body=input.body, base_version=input.base_version)
        return await idea_after(asked, view, command, idea.id)

    @strawberry.mutation
    async def support_idea(self, info: Info, input: IdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        return await idea_after(asked, view, c.SupportIdea(**asked.by, idea=idea.id), idea.id)

    @strawberry.mutation
    async def withdraw_support(self, info: Info, input: IdeaInput) -> IdeaResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        return await idea_after(asked, view, c.WithdrawSupport(**asked.by, idea=idea.id), idea.id)
