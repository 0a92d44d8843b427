"""The quality report of a jam's themes, from what its journal recorded."""

from collections import Counter
from collections.abc import Iterator

from server.jam.entities import Idea, Theme
from server.jam.state import JamState
from server.themes.items import belongs

_CENTRAL = 3
_TITLE = 90
_MIXED_FROM = 5


def report(state: JamState) -> list[str]:
    """Lines for a person: when and how the ideas were grouped, how well, and each theme with its parts."""
    if state.theme_run is None:
        return [f"{state.slug}: no themes yet."]
    boards = sorted(state.board_themes(), key=lambda theme: (-len(_ideas(state, theme)), theme.id))
    return [*_heading(state, boards), *(line for theme in boards for line in _theme(state, theme))]


def _heading(state: JamState, boards: list[Theme]) -> Iterator[str]:
    run = state.theme_run
    assert run is not None
    listed = [idea for idea in state.ideas if belongs(idea)]
    unthemed = sum(1 for idea in listed if idea.theme is None)
    yield f"{state.slug}: {len(listed)} ideas in {len(boards)} themes, {unthemed} in none."
    yield f"Run {run.id} of {run.ideas} ideas with {run.model}, granularity {run.granularity}."
    yield f"Why: {run.reason}."
    yield _languages(state, boards, listed)
    edits = state.theme_edits
    merged = sum(1 for theme in state.themes.values() if theme.merged_into is not None)
    yield (
        f"By hand: {len(edits.pins)} pinned, {sum(map(len, edits.exclusions.values()))} excluded, "
        f"{len(edits.splits)} split off, {merged} merged, {sum(1 for t in boards if t.given_name)} named."
    )


def _languages(state: JamState, boards: list[Theme], listed: list[Idea]) -> str:
    counts = Counter(idea.language for idea in listed)
    large = [theme for theme in boards if len(_ideas(state, theme)) >= _MIXED_FROM]
    mixed = sum(1 for theme in large if len({idea.language for idea in _ideas(state, theme)}) > 1)
    spread = ", ".join(f"{code} {count}" for code, count in counts.most_common())
    return f"Languages: {spread}; {mixed} of {len(large)} themes of {_MIXED_FROM} ideas or more hold several."


def _theme(state: JamState, theme: Theme) -> Iterator[str]:
    ideas = _ideas(state, theme)
    support = sum(idea.support for idea in ideas)
    yield ""
    yield f"{theme.label} ({theme.id}): {len(ideas)} ideas, {support} supports"
    yield f"  keywords: {', '.join(theme.keywords) or '-'}; apart: {', '.join(theme.distinctive) or '-'}"
    yield f"  cohesion {theme.cohesion:.2f}, confidence {theme.confidence:.2f}"
    for id in theme.medoids[:_CENTRAL]:
        idea = state.idea(id)
        if idea is not None and belongs(idea):
            yield f"  - {idea.title[:_TITLE]}"
    for part in sorted(state.subthemes(theme), key=lambda part: (-len(part.ideas), part.id)):
        yield f"    {part.label}: {len(_ideas(state, part))} ideas; {', '.join(part.keywords)}"


def _ideas(state: JamState, theme: Theme) -> list[Idea]:
    return [state.ideas[number] for number in sorted(theme.ideas) if belongs(state.ideas[number])]
