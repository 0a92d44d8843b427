"""What happened to themes: groupings, proposals, and what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.jam.events.base import Event, stored_as
from server.jam.theme_proposals import Draft, ThemePolicy


@stored_as("themes.grouped", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesGrouped(Event):
    """A whole grouping. `themes`: dicts of id, name, keywords, distinctive, medoids, parent, cohesion, confidence, x, y.

    `placements`: [idea, theme | None, subtheme | None, x, y] of every idea that was grouped. `follows`: the run before.
    `report`: figures and codes that say why there are as many themes, as `themes.counting` of the server makes them; `reason`
    the same in English. Version 1 had neither `follows` nor `report`.
    """

    run: str
    follows: str | None
    model: str
    granularity: str
    reason: str
    report: Mapping[str, Any]
    themes: tuple[Mapping[str, Any], ...]
    placements: tuple[tuple[Any, ...], ...]


@stored_as("idea.placed")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPlaced(Event):
    """One idea found its place between two groupings."""

    idea: str
    theme: str | None
    subtheme: str | None
    x: float
    y: float


@stored_as("theme.renamed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRenamed(Event):
    theme: str
    name: str
    by: str


@stored_as("theme.merged")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesMerged(Event):
    theme: str
    into: str
    by: str


@stored_as("theme.split")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSplit(Event):
    theme: str
    new_theme: str
    name: str
    ideas: tuple[str, ...]
    by: str


@stored_as("theme.idea_pinned")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPinnedToTheme(Event):
    idea: str
    theme: str
    by: str


@stored_as("theme.idea_excluded")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaExcludedFromTheme(Event):
    idea: str
    theme: str
    by: str


@stored_as("theme.retired")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRetired(Event):
    """A theme is no more; `moves`: [idea, theme | None] says where its ideas went."""

    theme: str
    moves: tuple[tuple[Any, ...], ...]
    by: str


@stored_as("theme.change_proposed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChangeProposed(Event):
    """A run would change settled themes. It stands until it is decided about or a later run does not propose it again.

    `since` is when it was first proposed in this form.
    """

    proposal: str
    run: str
    since: int
    draft: Draft


@stored_as("theme.proposal_accepted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeProposalAccepted(Event):
    """The acts that it stands for follow in the same record."""

    proposal: str
    by: str


@stored_as("theme.proposal_declined")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeProposalDeclined(Event):
    proposal: str
    by: str


@stored_as("jam.theme_policy_set")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePolicySet(Event):
    policy: ThemePolicy
    by: str


@stored_as("themes.trends_found")
@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsFound(Event):
    """How the themes moved: [theme, direction, recent, before, lift, p] of each, all counted from ideas for everyone.

    `since` (ms) is where the recent part begins. The direction is EMERGING, FADING or STEADY; `clustering.trends` says how the
    rest is counted. A theme that is not named has no trend any more.
    """

    since: int
    trends: tuple[tuple[Any, ...], ...]
