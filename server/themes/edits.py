"""What people decided about themes, as every grouping has to keep it."""

from server.jam.state import JamState
from server.themes.messages import Edits


def edits_of(state: JamState) -> Edits:
    """The decisions that hold now. Of a pin and an exclusion that a merge brought to contradict each other the pin holds."""
    merged = {theme.id: survivor(state, theme.id) for theme in state.themes.values() if theme.merged_into is not None}
    pins = _pins(state)
    exclusions = {
        idea: frozenset(merged.get(theme, theme) for theme in themes) - {pins.get(idea, "")}
        for idea, themes in state.theme_edits.exclusions.items()
    }
    names = {theme.id: theme.given_name for theme in state.themes.values() if theme.given_name and theme.merged_into is None}
    return Edits(pins, {idea: themes for idea, themes in exclusions.items() if themes}, merged, names)


def _pins(state: JamState) -> dict[str, str]:
    """Pins, and the ideas of splits: they are pinned to the theme that was split off, unless moved out of it since."""
    pins: dict[str, str] = {}
    for theme, ideas in state.theme_edits.splits.items():
        pins |= {idea: survivor(state, theme) for idea in ideas if _is_still_in(state, idea, survivor(state, theme))}
    for idea, theme in state.theme_edits.pins.items():
        if idea not in pins:
            pins[idea] = survivor(state, theme)
    return pins


def _is_still_in(state: JamState, id: str, theme: str) -> bool:
    idea = state.idea(id)
    return idea is not None and idea.theme == theme


def survivor(state: JamState, theme: str) -> str:
    """The theme that stands for this one: itself, or the one it was merged into in the end."""
    while (found := state.themes.get(theme)) is not None and found.merged_into is not None:
        theme = found.merged_into
    return theme
