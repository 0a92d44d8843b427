"""Themes by hand: the next grouping keeps every one of these decisions."""

import strawberry

from schema.inputs import (
    AcceptThemeProposalInput,
    DeclineThemeProposalInput,
    JamInput,
    MergeThemesInput,
    PinToThemeInput,
    RenameThemeInput,
    SetThemePolicyInput,
    SplitThemeInput,
)
from schema.jam import Jam
from schema.marks import command
from schema.mutations.asking import Asking
from schema.results import (
    JamResult,
    JamSuccess,
    RegroupResult,
    RegroupSuccess,
    ThemeProposalResult,
    ThemeProposalSuccess,
    ThemeResult,
    ThemeSuccess,
)
from schema.scalars import given
from schema.theme import Theme, board_of
from schema.theme_proposal import ThemeProposal
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam import theme_proposals as t
from server.jam.permissions import Action, require
from server.jam.rejections import NotFound


async def _theme_after(asked: Asking, view: JamView, command: c.Command, id: str) -> ThemeSuccess:
    view, seq = await asked.submit(view, command)
    theme = view.state.themes.get(id)
    if theme is None:
        raise NotFound("theme", id)
    return ThemeSuccess(theme=Theme(view=view, entity=theme), themes=board_of(view), seq=seq)


async def _decided(asked: Asking, view: JamView, command: c.Command, proposal: t.ThemeProposal) -> ThemeProposalSuccess:
    view, seq = await asked.submit(view, command)
    proposal = view.state.theme_proposals.get(proposal.id, proposal)
    return ThemeProposalSuccess(proposal=ThemeProposal(view=view, entity=proposal), themes=board_of(view), seq=seq)


@strawberry.type
class ThemeMutations:
    @strawberry.mutation
    async def rename_theme(self, info: Info, input: RenameThemeInput) -> ThemeResult:
        asked = Asking(info, input.command_id)
        view, theme = asked.theme(input.theme_id)
        return await _theme_after(asked, view, c.RenameTheme(**asked.by, theme=theme.id, name=input.name), theme.id)

    @strawberry.mutation
    async def merge_themes(self, info: Info, input: MergeThemesInput) -> ThemeResult:
        asked = Asking(info, input.command_id)
        view, theme = asked.theme(input.theme_id)
        command = c.MergeThemes(**asked.by, theme=theme.id, into=input.into_id)
        return await _theme_after(asked, view, command, input.into_id)

    @strawberry.mutation
    async def split_theme(self, info: Info, input: SplitThemeInput) -> ThemeResult:
        asked = Asking(info, input.command_id)
        view, theme = asked.theme(input.theme_id)
        command = c.SplitTheme(**asked.making(view), theme=theme.id, ideas=tuple(input.idea_ids), name=input.name)
        return await _theme_after(asked, view, command, command.derived(ids.THEME))

    @strawberry.mutation
    async def pin_to_theme(self, info: Info, input: PinToThemeInput) -> ThemeResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.PinToTheme(**asked.by, idea=idea.id, theme=input.theme_id)
        return await _theme_after(asked, view, command, input.theme_id)

    @strawberry.mutation
    async def exclude_from_theme(self, info: Info, input: PinToThemeInput) -> ThemeResult:
        asked = Asking(info, input.command_id)
        view, idea = asked.idea(input.idea_id)
        command = c.ExcludeFromTheme(**asked.by, idea=idea.id, theme=input.theme_id)
        return await _theme_after(asked, view, command, input.theme_id)

    @strawberry.mutation
    async def regroup_themes(self, info: Info, input: JamInput) -> RegroupResult:
        asked = Asking(info, input.command_id)
        view = asked.jam(input.jam_id)
        viewer, state = view.viewer, view.state
        require(Action.EDIT_THEMES, viewer.role, viewer.relation, view.phase, state.schedule, view.now)
        await asked.services.themes.regroup(state.id)
        return RegroupSuccess(jam=Jam(view=view, entity=state))

    @command("It happens as if done by hand; Conflict where the themes have changed since it was proposed.")
    async def accept_theme_proposal(self, info: Info, input: AcceptThemeProposalInput) -> ThemeProposalResult:
        asked = Asking(info, input.command_id)
        view, proposal = asked.theme_proposal(input.proposal_id)
        accepted = c.AcceptThemeProposal(**asked.by, proposal=proposal.id, name=given(input.name))
        return await _decided(asked, view, accepted, proposal)

    @command("The themes stay; it is not proposed again until they have changed.")
    async def decline_theme_proposal(self, info: Info, input: DeclineThemeProposalInput) -> ThemeProposalResult:
        asked = Asking(info, input.command_id)
        view, proposal = asked.theme_proposal(input.proposal_id)
        return await _decided(asked, view, c.DeclineThemeProposal(**asked.by, proposal=proposal.id), proposal)

    @command("Organizers only.")
    async def set_theme_policy(self, info: Info, input: SetThemePolicyInput) -> JamResult:
        asked = Asking(info, input.command_id)
        view, seq = await asked.submit(asked.jam(input.jam_id), c.SetThemePolicy(**asked.by, policy=input.policy))
        return JamSuccess(jam=Jam(view=view, entity=view.state), seq=seq)
