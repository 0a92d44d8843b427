"""Why a run found as many themes as it did, and how good they are: figures and codes, which the page words for its reader."""

from collections.abc import Mapping
from typing import Any

from clustering import Quality, ThemeModel
from clustering.levels import Cut

_PLACES = 4


def counted(model: ThemeModel, proposals: int) -> Mapping[str, Any]:
    """Codes: board and parts each with `code` FEW (too few ideas to look), KEPT (the resolution of the run before), ONLY (one
    resolution gave a number that people read) or BEST (of `tried` resolutions that gave `least` to `most` groups).

    Figures: themes, subthemes, unthemed, cohesion, separation, silhouette (-1 to 1), stability (-1 to 1), languages, mixed
    (share of the larger themes), proposals; stayed (share of ideas), shift (of the map's side), added and gone after an
    earlier run.
    """
    quality = model.quality_
    return {
        "board": _level(model, 0),
        "parts": _level(model, 1),
        "themes": quality.themes,
        "subthemes": sum(len(theme.children) for theme in model.themes_),
        "unthemed": quality.unthemed,
        "cohesion": _round(quality.cohesion),
        "separation": _round(quality.separation),
        "silhouette": _round(quality.silhouette),
        "languages": len(quality.languages),
        "mixed": _round(quality.mixed),
        "proposals": proposals,
        **_changes(quality),
    }


def _level(model: ThemeModel, level: int) -> Mapping[str, Any]:
    cut = model.cuts_[level]
    if cut is None:
        return {"code": "FEW"}
    return {
        "code": _code(model, cut, level),
        "groups": cut.best.groups,
        "resolution": _round(cut.resolution),
        "stability": _round(cut.best.stability),
        "silhouette": _round(cut.best.silhouette),
        "tried": len(cut.trials),
        "least": min(trial.groups for trial in cut.trials),
        "most": max(trial.groups for trial in cut.trials),
    }


def _code(model: ThemeModel, cut: Cut, level: int) -> str:
    if len(cut.trials) > 1:
        return "BEST"
    return "KEPT" if model.kept_resolutions_[level] == cut.resolution else "ONLY"


def _changes(quality: Quality) -> Mapping[str, Any]:
    changes = quality.changes
    if changes is None:
        return {}
    return {
        "stayed": _round(changes.stayed), "shift": _round(changes.shift), "added": len(changes.new), "gone": len(changes.gone),
    }  # fmt: skip


def _round(value: float) -> float:
    return round(float(value), _PLACES)
