"""Themes as recorded results, and what people decided about them."""

from collections.abc import Mapping
from typing import Any

from server.jam import changes, events
from server.jam.apply import marking, theme_proposals
from server.jam.entities import Idea, Theme, ThemeRun
from server.jam.state import JamState


def grouped(state: JamState, event: events.ThemesGrouped) -> None:
    """Replaces the themes by those of the run. A theme that goes on keeps its colour, age and given name."""
    before = state.themes
    state.themes = {}
    for item in event.themes:
        _put_theme(state, item, before.get(item["id"]), event.at)
    state.themes |= {id: theme for id, theme in before.items() if id not in state.themes and _lives_on(state, before, theme)}
    for gone in before.keys() - state.themes.keys():
        marking.theme_told(state, gone, before[gone].ideas)
    for placement in event.placements:
        _place(state, *placement)
    public = [
        state.ideas[state.idea_numbers[placement[0]]] for placement in event.placements if _is_for_all(state, placement[0])
    ]
    for idea in state.ideas:
        if _standing(state, idea.theme, idea.subtheme) != (idea.theme, idea.subtheme):
            set_theme(state, idea, idea.theme, idea.subtheme)
    state.theme_run = ThemeRun(
        event.run, event.at, event.model, event.granularity, event.reason, len(public),
        sum(1 for idea in public if idea.theme is None), event.report,
        1 + max((state.idea_numbers.get(placement[0], -1) for placement in event.placements), default=-1),
    )  # fmt: skip
    theme_proposals.superseded(state)
    state.changes.note(changes.JAM, state.id, state.seq)


def _lives_on(state: JamState, before: Mapping[str, Theme], theme: Theme) -> bool:
    """Whether a theme was merged into one that the run found again: what it became is remembered."""
    while theme.merged_into is not None and theme.merged_into in before:
        theme = before[theme.merged_into]
        if theme.id in state.themes:
            return True
    return False


def _put_theme(state: JamState, item: Mapping[str, Any], old: Theme | None, at: int) -> None:
    if old is None and item.get("parent") is None:
        color, state.next_color = state.next_color, state.next_color + 1
    else:
        color = old.color if old is not None else state.themes[item["parent"]].color
    theme = Theme(
        id=item["id"], name=item["name"], keywords=tuple(item["keywords"]), distinctive=tuple(item["distinctive"]),
        medoids=tuple(item["medoids"]), parent=item.get("parent"), color=color, cohesion=item["cohesion"],
        confidence=item["confidence"], x=item["x"], y=item["y"], created_at=old.created_at if old else at,
        given_name=old.given_name if old else item.get("given_name"),
    )  # fmt: skip
    if old is not None:
        theme.ideas, theme.trend = old.ideas, old.trend
    state.themes[theme.id] = theme
    marking.theme_changed(state, theme.id)


def _is_for_all(state: JamState, id: str) -> bool:
    """Whether an idea shows in a run's figures, which everybody may read."""
    idea = state.idea(id)
    return idea is not None and idea.reach.is_public


def _place(state: JamState, id: str, theme: str | None, subtheme: str | None, x: float | None, y: float | None) -> None:
    """Puts an idea into its themes. Only a change of theme is a change of the idea: the map is fetched anew after a run."""
    idea = state.idea(id)
    if idea is None:
        return
    idea.x, idea.y = x, y
    if (idea.theme, idea.subtheme) != (theme, subtheme):
        set_theme(state, idea, theme, subtheme)


def _standing(state: JamState, theme: str | None, subtheme: str | None) -> tuple[str | None, str | None]:
    """Of a theme and its sub-theme what there is: an idea never names a theme that is gone or was merged into another."""
    above = state.themes.get(theme) if theme is not None else None
    if above is None or above.merged_into is not None:
        return None, None
    below = state.themes.get(subtheme) if subtheme is not None else None
    return theme, subtheme if below is not None and below.parent == theme else None


def set_theme(state: JamState, idea: Idea, theme: str | None, subtheme: str | None) -> None:
    """Moves an idea to another theme, or out of all. What belongs to a circle stays out of the themes."""
    if idea.reach.circle is not None:
        theme = subtheme = None
    for old in (idea.theme, idea.subtheme):
        if old is not None and old in state.themes:
            state.themes[old].ideas.discard(idea.number)
            marking.theme_changed_for(state, old, idea.reach)
    state.orders.mark(idea)
    idea.theme, idea.subtheme = _standing(state, theme, subtheme)
    for new in (idea.theme, idea.subtheme):
        if new is not None:
            state.themes[new].ideas.add(idea.number)
    marking.idea_changed(state, idea)


def placed(state: JamState, event: events.IdeaPlaced) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    idea.x, idea.y = event.x, event.y
    set_theme(state, idea, event.theme, event.subtheme)


def renamed(state: JamState, event: events.ThemeRenamed) -> None:
    state.themes[event.theme].given_name = event.name
    state.theme_edits.made += 1
    theme_proposals.outdated(state, event.theme, unless_staying=True)
    marking.theme_changed(state, event.theme)


def merged(state: JamState, event: events.ThemesMerged) -> None:
    theme, into = state.themes[event.theme], state.themes[event.into]
    for sub in state.subthemes(theme):
        sub.parent = into.id
        marking.theme_changed(state, sub.id)
    for number in sorted(theme.ideas):
        set_theme(state, state.ideas[number], into.id, state.ideas[number].subtheme)
    theme.merged_into = into.id
    state.theme_edits.made += 1
    theme_proposals.outdated(state, theme.id, into.id)
    marking.theme_changed(state, theme.id)
    marking.theme_changed(state, into.id)


def split(state: JamState, event: events.ThemeSplit) -> None:
    """The named ideas become a theme of their own, in the words in which it was proposed where it was."""
    old, part = state.themes[event.theme], theme_proposals.part_of(state, event.new_theme)
    color, state.next_color = state.next_color, state.next_color + 1
    state.themes[event.new_theme] = Theme(
        id=event.new_theme, name=event.name, keywords=(), distinctive=(), medoids=event.ideas[:3], parent=None, color=color,
        cohesion=old.cohesion, confidence=old.confidence, x=old.x, y=old.y, created_at=event.at, given_name=event.name,
    )  # fmt: skip
    if part is not None:
        theme_proposals.reworded(state.themes[event.new_theme], part)
    for id in event.ideas:
        set_theme(state, state.ideas[state.idea_numbers[id]], event.new_theme, None)
    state.theme_edits.splits[event.new_theme] = event.ideas
    state.theme_edits.made += 1
    theme_proposals.outdated(state, old.id)
    marking.theme_changed(state, event.new_theme)
    marking.theme_changed(state, old.id)


def retired(state: JamState, event: events.ThemeRetired) -> None:
    """The theme and its parts go; each of its ideas goes where the event says."""
    parts = state.subthemes(state.themes[event.theme])
    for idea, theme in event.moves:
        set_theme(state, state.ideas[state.idea_numbers[idea]], theme, None)
    for gone in (event.theme, *(part.id for part in parts)):
        left = state.themes.pop(gone)
        marking.theme_told(state, gone, left.ideas)
    state.theme_edits.made += 1
    theme_proposals.outdated(state, event.theme)


def idea_pinned(state: JamState, event: events.IdeaPinnedToTheme) -> None:
    state.theme_edits.pins[event.idea] = event.theme
    state.theme_edits.made += 1
    theme_proposals.outdated(state, event.theme, unless_staying=True)
    excluded = state.theme_edits.exclusions.get(event.idea, frozenset()) - {event.theme}
    state.theme_edits.exclusions[event.idea] = excluded
    set_theme(state, state.ideas[state.idea_numbers[event.idea]], event.theme, None)


def idea_excluded(state: JamState, event: events.IdeaExcludedFromTheme) -> None:
    edits = state.theme_edits
    edits.exclusions[event.idea] = edits.exclusions.get(event.idea, frozenset()) | {event.theme}
    edits.made += 1
    if edits.pins.get(event.idea) == event.theme:
        del edits.pins[event.idea]
    idea = state.ideas[state.idea_numbers[event.idea]]
    if idea.theme == event.theme:
        set_theme(state, idea, None, None)
    elif idea.subtheme == event.theme:
        set_theme(state, idea, idea.theme, None)


HANDLERS: marking.Handlers = {
    events.ThemesGrouped: grouped,
    events.IdeaPlaced: placed,
    events.ThemeRenamed: renamed,
    events.ThemesMerged: merged,
    events.ThemeSplit: split,
    events.IdeaPinnedToTheme: idea_pinned,
    events.IdeaExcludedFromTheme: idea_excluded,
    events.ThemeRetired: retired,
}
