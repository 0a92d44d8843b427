"""Themes by hand: the next grouping keeps every one of these decisions."""

import strawberry

from schema.inputs import JamInput, MergeThemesInput, PinToThemeInput, RenameThemeInput, SplitThemeInput
from schema.jam import Jam
from schema.mutations.asking import Asking
from schema.results import RegroupResult, RegroupSuccess, ThemeResult, ThemeSuccess
from schema.theme import Theme, board_of
from schema.view import Info, JamView
from server.jam import commands as c
from server.jam import ids
from server.jam.permissions import Action, require
from server.jam.rejections import NotFound


async def _theme_after(asked: Asking, view: JamView, command: c.Command, id: str) -> ThemeSuccess:
    view, seq = await asked.submit(view, command)
    theme = view.state.themes.get(id)
    if theme is None:
        raise NotFound("theme", id)
    return ThemeSuccess(theme=Theme(view=view, entity=theme), themes=board_of(view), seq=seq)


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
        command = c.SplitTheme(**asked.by, theme=theme.id, ideas=tuple(input.idea_ids), name=input.name)
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
