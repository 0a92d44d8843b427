"""What a regrouping would change of settled themes, and the board that keeps them until people agree.

Ideas move one by one between themes that go on, and new ideas may form a theme, by themselves. Four changes of a settled theme
are held back, found by where its ideas go (those that came since the last run, `fresh`, say nothing of it):

* MERGE   most of it goes to a theme that goes on, and it would be no more
* RETIRE  it would be no more, and no theme takes most of it
* SPLIT   a new theme is made mostly of ideas shown in themes, and mostly of this one
* NEW     the same, of several themes

A held theme keeps the ideas it has. An idea that would come to one of two themes about to merge goes to the nearer.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from server.jam.theme_proposals import ProposalKind

MOST = 0.5
"""A theme went where more than this share of its ideas went; a new theme is made of old ideas if more than this share are."""

MAIN = 0.7
"""A new theme is split off from one theme if at least this share of its old ideas comes from there."""

SOURCE = 0.1
"""Otherwise its sources are the themes that give at least this share."""

Themes = Sequence[str | None]
Nearest = Callable[[int, Collection[str]], str | None]
"""(row, themes) -> the one of them that an idea is nearest to and not excluded from."""


@dataclass(frozen=True)
class Change:
    """A change that is held back. `themes`: those it concerns, of a MERGE first the one that goes on. `new`: the ids of the
    themes that it would make."""

    kind: ProposalKind
    themes: tuple[str, ...]
    new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """The board that is shown: a theme or None for each row, in `theme_of`. `found`: the same as the run found it; `renamed`
    says which found themes are taken for one that goes on. `homes`: where an idea of a theme that would retire belongs, on the
    board that is shown."""

    theme_of: list[str | None]
    found: list[str | None]
    homes: list[str | None]
    changes: tuple[Change, ...]
    renamed: Mapping[str, str]


@dataclass
class _Flow:
    """Where the ideas of each shown theme went, and where those of each found theme came from. `standing`: the themes shown."""

    shown: list[str | None]
    found: list[str | None]
    fresh: Collection[int]
    standing: Collection[str]
    out: dict[str, Counter[str | None]] = field(default_factory=dict)
    into: dict[str, Counter[str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row, (was, now) in enumerate(zip(self.shown, self.found, strict=True)):
            old = was if row not in self.fresh else None
            if old is not None:
                self.out.setdefault(old, Counter())[now] += 1
            if now is not None:
                self.into.setdefault(now, Counter())[old] += 1

    def home(self, theme: str) -> str | None:
        """The found theme that more than half of a shown theme went to."""
        flow = self.out[theme]
        most, count = min(flow.items(), key=lambda item: (-item[1], item[0] or ""))
        return most if count > MOST * flow.total() else None


def hold(shown: Themes, found: Themes, fresh: Collection[int], settled: Collection[str], nearest: Nearest) -> Held:
    """The board to show, and what is held back. shown, found: n theme ids or None; a found theme that goes on has its id."""
    standing = {theme for theme in shown if theme is not None} | set(settled)
    renamed = _heirs(_Flow(list(shown), list(found), fresh, standing), settled)
    named = [renamed.get(theme, theme) if theme is not None else None for theme in found]
    flow = _Flow(list(shown), named, fresh, standing)
    merges, retired = _ended(flow, settled)
    born = _born(flow, settled)
    if not (merges or retired or born):
        return Held(named, named, named, (), renamed)
    board = _Board(flow, merges, retired, born, nearest)
    homes = [board.home(row) for row in range(len(named))]
    theme_of = [
        was if was in retired and (row not in fresh or home is None) else home
        for row, (was, home) in enumerate(zip(shown, homes, strict=True))
    ]
    return Held(theme_of, named, homes, tuple(_changes(merges, retired, born)), renamed)


def _heirs(flow: _Flow, settled: Collection[str]) -> dict[str, str]:
    """New theme → the settled theme that it is taken for: one that would be no more, and most of which it holds."""
    heirs: dict[str, str] = {}
    gone = (theme for theme in flow.out if theme in settled and theme not in flow.into)
    for theme in sorted(gone, key=lambda theme: (-flow.out[theme].total(), theme)):
        home = flow.home(theme)
        if home is not None and home not in flow.standing and home not in heirs:
            heirs[home] = theme
    return heirs


def _ended(flow: _Flow, settled: Collection[str]) -> tuple[dict[str, str], set[str]]:
    """Settled themes that would be no more: theme → the one that most of it went to, and those that fell apart."""
    merges: dict[str, str] = {}
    retired: set[str] = set()
    for theme in flow.out:
        if theme in settled and theme not in flow.into:
            home = flow.home(theme)
            if home is not None and home in flow.standing:
                merges[theme] = home
            else:
                retired.add(theme)
    return merges, retired


def _born(flow: _Flow, settled: Collection[str]) -> dict[str, tuple[str, ...]]:
    """New themes made mostly of ideas that were shown in themes → the settled themes they come from, most first."""
    born: dict[str, tuple[str, ...]] = {}
    for theme in sorted(flow.into.keys() - set(flow.standing)):
        old = Counter({name: count for name, count in flow.into[theme].items() if name is not None})
        if old.total() <= MOST * flow.into[theme].total():
            continue
        ranked = sorted(old.items(), key=lambda item: (-item[1], item[0] or ""))
        least = SOURCE if ranked[0][1] < MAIN * old.total() else MAIN
        sources = [name for name, count in ranked if name is not None and count >= least * old.total()]
        if sources and sources[0] in settled:
            born[theme] = tuple(name for name in sources if name in settled)
    return born


@dataclass(frozen=True)
class _Board:
    """Puts each idea on the board that is shown."""

    flow: _Flow
    merges: Mapping[str, str]
    retired: Collection[str]
    born: Mapping[str, tuple[str, ...]]
    nearest: Nearest

    def home(self, row: int) -> str | None:
        """Where an idea belongs among the themes shown, were its own not held for being about to retire."""
        was, now = self.flow.shown[row], self.flow.found[row]
        if now is not None and now in self.born:
            stays = was is not None and (was in self.flow.into or was in self.merges)
            lasting = [theme for theme in self.born[now] if theme not in self.retired]
            return was if stays else self.nearest(row, lasting or ([] if was in self.retired else self.born[now]))
        family = (now, *(theme for theme, into in self.merges.items() if into == now)) if now is not None else ()
        if len(family) < 2:
            return now
        return was if was in family else self.nearest(row, [theme for theme in family if theme is not None])


def _changes(merges: Mapping[str, str], retired: Collection[str], born: Mapping[str, tuple[str, ...]]) -> list[Change]:
    changes = [
        Change(ProposalKind.MERGE, (into, *sorted(theme for theme, home in merges.items() if home == into)))
        for into in sorted(set(merges.values()))
    ]
    alone = sorted({sources[0] for sources in born.values() if len(sources) == 1})
    for theme in alone:
        parts = tuple(sorted(part for part, sources in born.items() if sources == (theme,)))
        changes.append(Change(ProposalKind.SPLIT, (theme,), parts))
    several = sorted((part, sources) for part, sources in born.items() if len(sources) > 1)
    changes += [Change(ProposalKind.NEW, sources, (part,)) for part, sources in several]
    changes += [Change(ProposalKind.RETIRE, (theme,)) for theme in sorted(retired)]
    return changes
