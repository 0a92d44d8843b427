"""How good a jam's themes are, as plain data: from what the journal recorded of the last run, and the ideas as they stand.

By default only ideas for everyone enter, in counts as in words; `everything` adds those for some relations (what circles keep
to themselves is in no theme). Words of themes are of ideas for everyone in any case.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from server.jam.entities import Idea, Theme, ThemeRun
from server.jam.state import JamState
from server.themes.items import belongs

_CENTRAL = 5
_TITLE = 120
_EXAMPLES = 5
_MIXED_FROM = 5
_STEM = 5
_WORD = re.compile(r"[^\W_]{3,}")

Data = dict[str, Any]


def quality_of(state: JamState, everything: bool = False) -> Data:
    """The report; themes largest first. A jam that was not grouped has no `run` and no themes."""
    listed = [idea for idea in state.ideas if belongs(idea) and (everything or idea.reach.is_public)]
    themes = [theme for theme in state.board_themes() if theme.merged_into is None]
    told = [_theme(state, theme, listed) for theme in themes]
    told.sort(key=lambda each: (-each["ideas"], each["id"]))
    return {
        "jam": state.slug,
        "scope": "everything but circles" if everything else "what is for everyone",
        "ideas": len(listed),
        "run": None if state.theme_run is None else _run(state.theme_run),
        "languages": _languages(state, listed, told),
        "unthemed": _unthemed(state, listed),
        "by_hand": _by_hand(state),
        "themes": told,
    }


def _run(run: ThemeRun) -> Data:
    return {
        "id": run.id, "at": run.at, "embedder": run.model, "granularity": run.granularity, "ideas": run.ideas,
        "why": run.reason, "figures": _plain(run.report),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _theme(state: JamState, theme: Theme, listed: Sequence[Idea]) -> Data:
    parts = [_group(state, part, [idea for idea in listed if idea.subtheme == part.id]) for part in state.subthemes(theme)]
    parts.sort(key=lambda each: (-each["ideas"], each["id"]))
    return _group(state, theme, [idea for idea in listed if idea.theme == theme.id]) | {"subthemes": parts}


def _group(state: JamState, theme: Theme, ideas: Sequence[Idea]) -> Data:
    figures = state.theme_run.report if state.theme_run is not None else {}
    central = [idea for id in theme.medoids if (idea := state.idea(id)) is not None and idea in ideas and idea.reach.is_public]
    return {
        "id": theme.id,
        "name": theme.label,
        "named_by": _named_by(theme, figures),
        "name_words_in": _share(sum(1 for idea in ideas if _speaks_of(theme.label, idea)), len(ideas)),
        "keywords": list(theme.keywords),
        "distinctive": list(theme.distinctive),
        "ideas": len(ideas),
        "support": sum(idea.support for idea in ideas),
        "cohesion": theme.cohesion,
        "separation": figures.get("apart", {}).get(theme.id),
        "stability": theme.confidence,
        "languages": dict(Counter(idea.language for idea in ideas).most_common()),
        "central": [" ".join(idea.title.split())[:_TITLE] for idea in central[:_CENTRAL]],
    }


def _named_by(theme: Theme, figures: Mapping[str, Any]) -> str:
    if theme.given_name is not None:
        return "a person"
    return "the company's model" if theme.id in figures.get("namer", {}).get("themes", ()) else "words of the ideas"


def _speaks_of(name: str, idea: Idea) -> bool:
    """Whether an idea has a word of a name, endings aside."""
    text = f"{idea.title} {idea.body}".casefold()
    said = {word[:_STEM] for word in _WORD.findall(text)}
    return any(word[:_STEM] in said for word in _WORD.findall(name.casefold()))


def _languages(state: JamState, listed: Sequence[Idea], themes: Sequence[Data]) -> Data:
    large = [theme for theme in themes if theme["ideas"] >= _MIXED_FROM]
    pairs = [(idea.theme, idea.language) for idea in listed if idea.theme is not None]
    return {
        "ideas": dict(Counter(idea.language for idea in listed).most_common()),
        "mixed_themes": sum(1 for theme in large if len(theme["languages"]) > 1),
        "large_themes": len(large),
        "theme_tells_language": mutual_information(pairs),
    }


def mutual_information(pairs: Sequence[tuple[Any, Any]]) -> float:
    """Normalized mutual information of two labels, 0 (one tells nothing of the other) to 1: I / mean of the entropies."""
    total = len(pairs)
    both, left, right = Counter(pairs), Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    if len(left) < 2 or len(right) < 2:
        return 0.0
    shared = sum(n / total * math.log(n * total / (left[one] * right[other])) for (one, other), n in both.items())
    entropies = [-sum(n / total * math.log(n / total) for n in counts.values()) for counts in (left, right)]
    return round(max(0.0, shared / (sum(entropies) / 2)), 4)


def _unthemed(state: JamState, listed: Sequence[Idea]) -> Data:
    """Ideas of no theme by why: `waiting` for their place, `silent` (no words), `taken_out` by a person, `unlike` any theme."""
    reasons: dict[str, list[Idea]] = {"waiting": [], "silent": [], "taken_out": [], "unlike": []}
    for idea in listed:
        if idea.theme is None:
            reasons[_why_none(state, idea)].append(idea)
    return {
        reason: {"ideas": len(ideas), "examples": [" ".join(idea.title.split())[:_TITLE] for idea in ideas[:_EXAMPLES]]}
        for reason, ideas in reasons.items()
        if ideas
    }


def _why_none(state: JamState, idea: Idea) -> str:
    if idea.x is None:
        return "waiting"
    if not any(letter.isalnum() for letter in f"{idea.title}{idea.body}"):
        return "silent"
    return "taken_out" if state.theme_edits.exclusions.get(idea.id) else "unlike"


def _by_hand(state: JamState) -> Data:
    edits = state.theme_edits
    return {
        "named": sum(1 for theme in state.themes.values() if theme.given_name and theme.merged_into is None),
        "merged": sum(1 for theme in state.themes.values() if theme.merged_into is not None),
        "split_off": len(edits.splits),
        "pinned": len(edits.pins),
        "taken_out": sum(map(len, edits.exclusions.values())),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
