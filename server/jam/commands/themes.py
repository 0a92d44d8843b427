"""What is asked about themes, by people and by the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.jam.commands.base import Command
from server.jam.commands.ideas import OnIdea
from server.jam.theme_proposals import Draft, ThemePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGrouping(Command):
    """By the system: the result of a clustering run, as `events.ThemesGrouped` describes it.

    `follows` is the run and `edits` the number of people's decisions about themes that it was made from: a run that does not
    follow the newest of both is refused. `proposals` are the changes that it leaves to people.
    """

    model: str
    granularity: str
    reason: str
    themes: tuple[Mapping[str, Any], ...]
    placements: tuple[tuple[Any, ...], ...]
    follows: str | None = None
    edits: int = 0
    report: Mapping[str, Any] = field(default_factory=dict)
    proposals: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceIdea(OnIdea):
    """By the system: one idea assigned to the themes there are."""

    theme: str | None
    subtheme: str | None
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTheme(Command):
    theme: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeThemes(Command):
    theme: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitTheme(Command):
    theme: str
    ideas: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinToTheme(Command):
    idea: str
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeFromTheme(Command):
    idea: str
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptThemeProposal(Command):
    """The proposed change happens, as if done by hand. `name` is given to the theme that comes of it, where there is one; None:
    the proposed name."""

    proposal: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineThemeProposal(Command):
    """The themes stay as they are, and the same is not proposed again until they have changed."""

    proposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetThemePolicy(Command):
    policy: ThemePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTrends(Command):
    """By the system: which themes are emerging or fading, as `events.TrendsFound` describes it."""

    since: int
    trends: tuple[tuple[Any, ...], ...]
