"""The quality report as a Markdown page."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_REASONS = {
    "waiting": "wait for their place",
    "silent": "say nothing in words",
    "taken_out": "were taken out by a person",
    "unlike": "are less like any theme than all but one in 200 of the grouped ideas",
}
_UNTOLD = "not recorded"
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|~"})

Data = Mapping[str, Any]


def page(report: Data) -> str:
    """`quality_of` as Markdown. Texts of people are escaped: they are no markup."""
    return "\n".join([*_heading(report), *_how_good(report), *_table(report), *_themes(report), ""])


def _heading(report: Data) -> Iterator[str]:
    run = report["run"]
    yield f"# Themes of {_text(report['jam'])}"
    yield ""
    if run is None:
        yield f"{report['ideas']} ideas ({report['scope']}); they have not been grouped yet."
        return
    when = datetime.fromtimestamp(run["at"] / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield f"{report['ideas']} ideas ({report['scope']}) in {len(report['themes'])} themes. Run {run['id']} of {when}"
    yield f"over {run['ideas']} ideas, embedder {run['embedder']}, granularity {run['granularity']}."


def _how_good(report: Data) -> Iterator[str]:
    if report["run"] is None:
        return
    figures, languages = report["run"]["figures"], report["languages"]
    yield from ("", "## How good they are", "")
    yield f"- **Why this number:** {report['run']['why']}."
    yield f"- **Found again** in groupings of random 80 % of the ideas (adjusted Rand index): {_stability(figures)}."
    yield (
        f"- **Cohesion** {_number(figures.get('cohesion'))} (mean cosine of an idea with its theme's mean), **separation** "
        f"{_number(figures.get('separation'))} (1 less the cosine with the nearest theme's mean), silhouette "
        f"{_number(figures.get('silhouette'))}."
    )
    spread = ", ".join(f"{code} {count}" for code, count in languages["ideas"].items())
    yield (
        f"- **Languages:** {spread}; {languages['mixed_themes']} of {languages['large_themes']} themes of five ideas or more "
        f"hold several; a theme tells its ideas' language to {languages['theme_tells_language']:.3f} (0 is best, 1 worst)."
    )
    yield f"- **Since the run before:** {_changes(figures)}."
    yield f"- **In no theme:** {_unthemed(report['unthemed'])}."
    hand = report["by_hand"]
    yield (
        f"- **By hand:** {hand['named']} named, {hand['merged']} merged, {hand['split_off']} split off, {hand['pinned']} ideas "
        f"pinned, {hand['taken_out']} taken out."
    )


def _stability(figures: Data) -> str:
    board, parts = figures.get("board", {}), figures.get("parts", {})
    return f"themes {_number(board.get('stability'))}, sub-themes within their themes {_number(parts.get('stability'))}"


def _changes(figures: Data) -> str:
    if "stayed" not in figures:
        return "this is the first run"
    return (
        f"{figures['stayed']:.1%} of the ideas stayed in their theme; {figures['added']} themes new, {figures['gone']} gone; "
        f"ideas moved by {figures['shift']:.3f} of the map's side (median)"
    )


def _unthemed(reasons: Data) -> str:
    if not reasons:
        return "none"
    told = []
    for reason, found in reasons.items():
        examples = "; ".join(_text(title) for title in found["examples"])
        told.append(f"{found['ideas']} {_REASONS[reason]} ({examples})")
    return ", ".join(told)


def _table(report: Data) -> Iterator[str]:
    if not report["themes"]:
        return
    yield from ("", "## At a glance", "")
    yield "| theme | ideas | share | support | cohesion | separation | found again | name's words in | languages |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for theme in report["themes"]:
        cells = [
            _text(theme["name"]), str(theme["ideas"]), f"{theme['ideas'] / max(report['ideas'], 1):.0%}", str(theme["support"]),
            _number(theme["cohesion"]), _number(theme["separation"]), _number(theme["stability"]),
            f"{theme['name_words_in']:.0%}", " ".join(f"{code} {count}" for code, count in theme["languages"].items()),
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _themes(report: Data) -> Iterator[str]:
    for theme in report["themes"]:
        yield from ("", f"## {_text(theme['name'])}", "")
        yield f"{theme['ideas']} ideas, {theme['support']} supports; named by {theme['named_by']}."
        yield ""
        yield f"- Keywords: {_list(theme['keywords'])}"
        yield f"- Apart from the nearest theme: {_list(theme['distinctive'])}"
        yield from (f"- Central: {_text(title)}" for title in theme["central"])
        for part in theme["subthemes"]:
            central = f" e.g. {_text(part['central'][0])}" if part["central"] else ""
            yield f"- Sub-theme **{_text(part['name'])}**: {part['ideas']} ideas; {_list(part['keywords'])};{central}"


def _list(words: list[str]) -> str:
    return ", ".join(_text(word) for word in words) or "none"


def _number(value: float | None) -> str:
    return _UNTOLD if value is None else f"{value:.2f}"


def _text(words: str) -> str:
    return " ".join(words.split()).translate(_ESCAPED)
