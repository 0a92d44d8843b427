"""Recorded groupings, and what people decide about themes."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide import theme_proposals
from server.jam.decide.asking import Decisions, authority, idea_for, only_system, theme_for
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotFound
from server.jam.state import JamState
from server.jam.texts import NAME, clean_text


def record_grouping(state: JamState, command: c.RecordGrouping, now: int) -> tuple[events.Event, ...]:
    """A run follows the newest run and the newest decision of people: another, made meanwhile or by another server of the same
    jam, is refused, so that two never take turns and no run undoes what people decided while it went on."""
    only_system(command.actor, "RECORD_GROUPING")
    _refuse_loose_subthemes(command)
    if command.follows != (state.theme_run.id if state.theme_run is not None else None):
        raise Conflict("Another run was recorded since this one began: it has to be made anew.")
    if command.edits != state.theme_edits.made:
        raise Conflict("People decided something about themes since this run began: it has to be made anew.")
    if any(_surviving(state, item["id"]) not in (item["id"], None) for item in command.themes):
        raise Conflict("A theme of this run was merged into another meanwhile: a run must not undo that.")
    run, boards = command.derived(ids.RUN), frozenset(item["id"] for item in command.themes if item.get("parent") is None)
    grouped = events.ThemesGrouped(
        at=now, run=run, follows=command.follows, model=command.model, granularity=command.granularity, reason=command.reason,
        report=command.report, themes=command.themes, placements=command.placements,
    )  # fmt: skip
    return (grouped, *theme_proposals.proposed(state, command.proposals, run, boards, now))


def _refuse_loose_subthemes(command: c.RecordGrouping) -> None:
    """Every theme once, and a sub-theme only after its theme: applying relies on it."""
    known: set[str] = set()
    for item in command.themes:
        parent = item.get("parent")
        if item["id"] in known or (parent is not None and parent not in known):
            raise InvalidInput("themes", "A theme comes once, and before its sub-themes.")
        known.add(item["id"])


def place(state: JamState, command: c.PlaceIdea, now: int) -> tuple[events.Event, ...]:
    """A person's decision meanwhile outweighs the server's placement."""
    only_system(command.actor, "PLACE_IDEA")
    idea = idea_for(state, command.actor, command.idea)
    excluded = state.theme_edits.exclusions.get(idea.id, frozenset())
    theme, subtheme = _surviving(state, command.theme), _surviving(state, command.subtheme)
    if idea.id in state.theme_edits.pins:
        theme, subtheme = idea.theme, idea.subtheme
    elif idea.reach.circle is not None or theme in excluded:
        theme = None
    if theme is None or subtheme is None or subtheme in excluded or state.themes[subtheme].parent != theme:
        subtheme = None
    return (events.IdeaPlaced(at=now, idea=idea.id, theme=theme, subtheme=subtheme, x=command.x, y=command.y),)


def _surviving(state: JamState, id: str | None) -> str | None:
    """The theme, or the one it was merged into in the end; None if it is gone."""
    theme = state.themes.get(id) if id is not None else None
    while theme is not None and theme.merged_into is not None:
        theme = state.themes.get(theme.merged_into)
    return theme.id if theme is not None else None


def rename(state: JamState, command: c.RenameTheme, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    theme = theme_for(state, command.theme)
    name = clean_text("name", command.name, NAME, 2)
    if theme.given_name == name:
        return ()
    return (events.ThemeRenamed(at=now, theme=theme.id, name=name, by=command.actor),)


def merge(state: JamState, command: c.MergeThemes, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    old = state.themes.get(command.theme)
    if old is not None and old.merged_into == command.into:
        return ()
    theme, into = theme_for(state, command.theme), theme_for(state, command.into)
    if theme is into or theme.parent or into.parent:
        raise Conflict("Two different themes of the board can be merged, not a theme with itself or a sub-theme.")
    return (events.ThemesMerged(at=now, theme=theme.id, into=into.id, by=command.actor),)


def split(state: JamState, command: c.SplitTheme, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    new = command.derived(ids.THEME)
    if new in state.themes:
        return ()
    theme = theme_for(state, command.theme)
    name = clean_text("name", command.name, NAME, 2)
    ideas = tuple(dict.fromkeys(command.ideas))
    inside = [idea_for(state, command.actor, id).number in theme.ideas for id in ideas]
    if not ideas or not all(inside) or len(ideas) == len(theme.ideas) or theme.parent:
        raise InvalidInput("ideaIds", "Choose some of the theme's ideas, but not all of them.")
    return (events.ThemeSplit(at=now, theme=theme.id, new_theme=new, name=name, ideas=ideas, by=command.actor),)


def pin(state: JamState, command: c.PinToTheme, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    idea, theme = idea_for(state, command.actor, command.idea), theme_for(state, command.theme)
    if theme.parent is not None:
        raise NotFound("theme", command.theme)
    if idea.reach.circle is not None:
        raise Conflict("What belongs to a circle stays out of the themes.")
    if state.theme_edits.pins.get(idea.id) == theme.id:
        return ()
    return (events.IdeaPinnedToTheme(at=now, idea=idea.id, theme=theme.id, by=command.actor),)


def exclude(state: JamState, command: c.ExcludeFromTheme, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.EDIT_THEMES, now)
    idea, theme = idea_for(state, command.actor, command.idea), theme_for(state, command.theme)
    if theme.id in state.theme_edits.exclusions.get(idea.id, ()):
        return ()
    return (events.IdeaExcludedFromTheme(at=now, idea=idea.id, theme=theme.id, by=command.actor),)


DECISIONS: Decisions = {
    c.RecordGrouping: record_grouping,
    c.PlaceIdea: place,
    c.RenameTheme: rename,
    c.MergeThemes: merge,
    c.SplitTheme: split,
    c.PinToTheme: pin,
    c.ExcludeFromTheme: exclude,
}
