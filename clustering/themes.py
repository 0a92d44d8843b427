"""What a fitted model says: themes, the summary that is kept for the next run, and what people have decided by hand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clustering.packing import packed, unpacked
from clustering.preparing import Preparation
from clustering.vectors import Floats

VERSION = 1


@dataclass(frozen=True)
class Theme:
    """A theme or sub-theme.

    id: stable across runs. name: short, in the jam's main language. keywords: what its texts say more than others do,
    best first. medoids: row numbers of central texts that together cover the theme. distinctive: words that set it
    apart from its nearest sibling. size: number of texts. cohesion: mean cosine of its texts with their mean (0-1).
    separation: 1 less the cosine with the nearest sibling's mean (0-2). confidence: how far random samples of 80 % of
    the texts find the same theme again (0-1). children: its sub-themes (none where it is not split). parent: the id of
    the theme that holds it, None at the board level.
    """

    id: str
    name: str
    keywords: tuple[str, ...]
    medoids: tuple[int, ...]
    distinctive: tuple[str, ...]
    size: int
    cohesion: float
    separation: float
    confidence: float
    children: tuple["Theme", ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Remembered:
    """What is kept of a theme: `centroid` is its unit mean (d,), `place` its circle (x, y, radius) on the map."""

    id: str
    parent: str | None
    name: str
    keywords: tuple[str, ...]
    medoids: tuple[int, ...]
    size: int
    centroid: Floats
    place: tuple[float, float, float]


@dataclass(frozen=True)
class Summary:
    """A fitted model in small: enough to place new texts, and to keep identities in the next run.

    preparation: how raw vectors are prepared. themes: board themes. leaves: the finest level (a theme without
    sub-themes is its own leaf). resolutions: of the two levels before granularity; chosen_at: how many texts there were
    when they were chosen. floor: similarity below which a text belongs to no theme. language: of the names.
    """

    preparation: Preparation
    themes: tuple[Remembered, ...]
    leaves: tuple[Remembered, ...]
    resolutions: tuple[float, float]
    texts: int
    chosen_at: int = 0
    granularity: float = 1.0
    floor: float = 0.0
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; vectors as base64 of little-endian float16."""
        return {
            "version": VERSION,
            "preparation": self.preparation.to_dict(),
            "themes": [_theme_dict(theme) for theme in self.themes],
            "leaves": [_theme_dict(leaf) for leaf in self.leaves],
            "resolutions": list(self.resolutions),
            "texts": self.texts,
            "chosen_at": self.chosen_at,
            "granularity": self.granularity,
            "floor": self.floor,
            "language": self.language,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Summary":
        """The summary that `to_dict` wrote; refuses another version with ValueError."""
        if data.get("version") != VERSION:
            raise ValueError(f"a summary of version {VERSION} is needed, got {data.get('version')!r}")
        return cls(
            preparation=Preparation.from_dict(data["preparation"]),
            themes=tuple(_theme_from(theme) for theme in data["themes"]),
            leaves=tuple(_theme_from(leaf) for leaf in data["leaves"]),
            resolutions=(float(data["resolutions"][0]), float(data["resolutions"][1])),
            texts=int(data["texts"]),
            chosen_at=int(data["chosen_at"]),
            granularity=float(data["granularity"]),
            floor=float(data["floor"]),
            language=data["language"],
        )


@dataclass(frozen=True)
class Previous:
    """The run before: its summary and, where known, what each text of the coming run had then.

    theme_ids, leaf_ids: the id each text had, None for a new one (n,). positions: its place on the map, NaN for a new
    one (n, 2). Without them a text's earlier theme is taken to be the one whose centroid is nearest.
    """

    summary: Summary
    theme_ids: Sequence[str | None] | None = None
    leaf_ids: Sequence[str | None] | None = None
    positions: NDArray[Any] | None = None

    def padded(self, texts: int) -> "Previous":
        """The same for a run over `texts` texts, those beyond the known ones new."""
        more = texts - len(self.theme_ids if self.theme_ids is not None else ())
        return Previous(
            self.summary,
            None if self.theme_ids is None else [*self.theme_ids, *[None] * more],
            None if self.leaf_ids is None else [*self.leaf_ids, *[None] * more],
            None if self.positions is None else np.vstack([self.positions, np.full((more, 2), np.nan)]),
        )

    def check(self, texts: int) -> None:
        """Raise ValueError where what is known of each text is not known of exactly `texts` texts."""
        for name, values in (("themes", self.theme_ids), ("leaves", self.leaf_ids), ("positions", self.positions)):
            if values is not None and len(values) != texts:
                raise ValueError(f"{texts} texts but {len(values)} earlier {name}")


@dataclass(frozen=True)
class Constraints:
    """What people decided by hand; every run keeps each.

    pinned: text (row number) -> id of the theme it must be in; an id that does not exist becomes a new theme.
    excluded: (text, theme id) pairs that must not be. merged: groups of theme ids that are one theme, under the first.
    split: groups of groups of texts; the groups of one split never share a theme. names: theme id -> fixed name.
    """

    pinned: Mapping[int, str] = field(default_factory=dict)
    excluded: Collection[tuple[int, str]] = ()
    merged: Sequence[Sequence[str]] = ()
    split: Sequence[Sequence[Sequence[int]]] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def survivors(self) -> dict[str, str]:
        """The id under which each merged theme lives on; groups count in their order, as merges made one by one."""
        heirs: dict[str, str] = {}
        for group in self.merged:
            head = heirs.get(group[0], group[0])
            joined = {heirs.get(name, name) for name in group}
            heirs = {name: head if heir in joined else heir for name, heir in heirs.items()}
            heirs.update(dict.fromkeys(group, head))
        return heirs

    def survivor(self, theme_id: str) -> str:
        """The id under which a theme lives on after merges (itself, if never merged)."""
        return self.survivors().get(theme_id, theme_id)


def _theme_dict(theme: Remembered) -> dict[str, Any]:
    return {
        "id": theme.id,
        "parent": theme.parent,
        "name": theme.name,
        "keywords": list(theme.keywords),
        "medoids": list(theme.medoids),
        "size": theme.size,
        "centroid": packed(theme.centroid),
        "place": list(theme.place),
    }


def _theme_from(data: Mapping[str, Any]) -> Remembered:
    x, y, radius = data["place"]
    return Remembered(
        id=data["id"],
        parent=data["parent"],
        name=data["name"],
        keywords=tuple(data["keywords"]),
        medoids=tuple(data["medoids"]),
        size=int(data["size"]),
        centroid=unpacked(data["centroid"]),
        place=(float(x), float(y), float(radius)),
    )
