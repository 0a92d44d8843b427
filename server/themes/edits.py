"""What people decided about themes, as the clustering library's constraints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clustering import Constraints
from server.jam.state import JamState


@dataclass(frozen=True, slots=True)
class Edits:
    """Decisions by idea and theme id. pins: idea → theme; exclusions: idea → themes; merged: theme → the one it went into
    in the end; names: theme → given name. Pins and exclusions name surviving themes and do not contradict each other."""

    pins: Mapping[str, str] = field(default_factory=dict)
    exclusions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def constraints(self, ids: Sequence[str]) -> Constraints:
        """The same by row number of `ids`; decisions about other ideas are left out."""
        rows = {id: row for row, id in enumerate(ids)}
        return Constraints(
            pinned={rows[idea]: theme for idea, theme in self.pins.items() if idea in rows},
            excluded=[(rows[idea], t) for idea, themes in self.exclusions.items() if idea in rows for t in sorted(themes)],
            merged=[(into, old) for old, into in self.merged.items()],
            names=self.names,
        )


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
