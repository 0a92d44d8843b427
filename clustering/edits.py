"""What people decided by hand, laid over what was found: merges, splits, pins and exclusions hold after every run."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from clustering.themes import Constraints
from clustering.vectors import Floats, unit

MakeId = Callable[[Sequence[int]], str]
"""Rows of texts -> an id for a new theme of them."""


class Arrangement:
    """Texts in themes by id.

    theme_of: n theme ids or None. vectors: (n, d) unit. before: the id each text had in the run before, or None.
    """

    def __init__(self, theme_of: Sequence[str | None], vectors: Floats, before: Sequence[str | None]) -> None:
        self.theme_of = list(theme_of)
        self.vectors = vectors
        self.before = list(before)

    def ids(self) -> list[str]:
        """Theme ids in use, sorted."""
        return sorted({name for name in self.theme_of if name is not None})

    def members(self, theme_id: str) -> list[int]:
        """Rows of the texts in a theme."""
        return [row for row, name in enumerate(self.theme_of) if name == theme_id]

    def put(self, rows: Iterable[int], theme_id: str | None) -> None:
        """Place texts in a theme."""
        for row in rows:
            self.theme_of[row] = theme_id

    def origin(self, theme_id: str) -> str | None:
        """The earlier theme that more than half of a theme's known texts come from, or None."""
        known = [name for row in self.members(theme_id) if (name := self.before[row]) is not None]
        name, count = Counter(known).most_common(1)[0] if known else (None, 0)
        return name if 2 * count > len(known) else None

    def centre(self, rows: Sequence[int]) -> Floats:
        """Unit mean (d,) of some texts."""
        return np.asarray(unit(self.vectors[list(rows)].sum(axis=0, keepdims=True))[0])


def check(constraints: Constraints, texts: int) -> None:
    """Raise ValueError where constraints name a text that is not there, or contradict each other."""
    split_rows = [row for groups in constraints.split for group in groups for row in group]
    rows = [*constraints.pinned, *(row for row, _ in constraints.excluded), *split_rows]
    outside = sorted({row for row in rows if not 0 <= row < texts})
    if outside:
        raise ValueError(f"constraints name text {outside[0]}, but there are {texts} texts")
    for row, theme_id in constraints.excluded:
        if _pin(constraints, row) == constraints.survivor(theme_id):
            raise ValueError(f"text {row} is both pinned to and excluded from theme {theme_id!r}")
    for groups in constraints.split:
        _check_split(groups, constraints)


def apply(arrangement: Arrangement, constraints: Constraints, make_id: MakeId) -> Arrangement:
    """Lay the constraints over an arrangement, in place, and return it; `check` comes first."""
    heirs = constraints.survivors()
    arrangement.before = [name and heirs.get(name, name) for name in arrangement.before]
    _merge(arrangement, constraints)
    _revive(arrangement, constraints)
    _keep_apart(arrangement, constraints, make_id)
    for row in constraints.pinned:
        arrangement.theme_of[row] = _pin(constraints, row)
    _exclude(arrangement, constraints)
    return arrangement


def _check_split(groups: Sequence[Sequence[int]], constraints: Constraints) -> None:
    seen: dict[int, int] = {}
    pinned: dict[str, int] = {}
    for number, group in enumerate(groups):
        for row in group:
            if seen.setdefault(row, number) != number:
                raise ValueError(f"text {row} is in two groups of one split")
            pin = _pin(constraints, row)
            if pin is not None and pinned.setdefault(pin, number) != number:
                raise ValueError(f"two groups of one split are pinned to theme {pin!r}")


def _pin(constraints: Constraints, row: int) -> str | None:
    pin = constraints.pinned.get(row)
    return None if pin is None else constraints.survivor(pin)


def _merge(arrangement: Arrangement, constraints: Constraints) -> None:
    heads = {constraints.survivor(group[0]) for group in constraints.merged if group}
    for theme_id in arrangement.ids():
        heir = constraints.survivor(theme_id)
        origin = arrangement.origin(theme_id)
        if heir == theme_id and origin in heads and theme_id not in heads:
            heir = str(origin)
        if heir != theme_id:
            arrangement.put(arrangement.members(theme_id), heir)


def _revive(arrangement: Arrangement, constraints: Constraints) -> None:
    """A theme that people named, merged or pinned to does not vanish because the grouping moved on."""
    touched = [*constraints.names, *constraints.pinned.values(), *(group[0] for group in constraints.merged if group)]
    used = set(arrangement.ids())
    for theme_id in sorted({constraints.survivor(name) for name in touched} - used):
        _bring_back(arrangement, theme_id, frozenset())


def _bring_back(arrangement: Arrangement, theme_id: str, but: frozenset[int]) -> None:
    rows = (row for row, name in enumerate(arrangement.before) if name == theme_id and row not in but)
    arrangement.put([row for row in rows if arrangement.theme_of[row] is not None], theme_id)


def _keep_apart(arrangement: Arrangement, constraints: Constraints, make_id: MakeId) -> None:
    enemies = _enemies(constraints)
    in_groups = frozenset(enemies)
    settled: set[int] = set()
    for groups in constraints.split:
        for group in groups:
            moving = [
                row
                for row in group
                if row not in constraints.pinned and not _at_peace(row, arrangement, constraints, enemies, settled)
            ]
            for friends in _friends(moving, enemies):
                around = [row for row in group if enemies[row].isdisjoint(friends)]
                against = {enemy for row in around for enemy in enemies[row]}
                forbidden = _taken(arrangement, constraints, against & settled, against)
                arrangement.put(friends, _home_for(arrangement, constraints, around, forbidden, in_groups, make_id))
                settled.update(friends)
            settled.update(group)


def _friends(rows: Sequence[int], enemies: dict[int, set[int]]) -> list[list[int]]:
    """The texts in as few parts as come of taking them in turn, none with two that another split keeps apart."""
    parts: list[list[int]] = []
    for row in rows:
        part = next((part for part in parts if enemies[row].isdisjoint(part)), None)
        if part is None:
            parts.append(part := [])
        part.append(row)
    return parts


def _at_peace(
    row: int, arrangement: Arrangement, constraints: Constraints, enemies: dict[int, set[int]], settled: set[int]
) -> bool:
    """Whether a text was placed by a split before, and shares its theme with nobody it must be apart from."""
    taken = _taken(arrangement, constraints, enemies[row] & settled, enemies[row])
    return row in settled and arrangement.theme_of[row] not in taken


def _enemies(constraints: Constraints) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for groups in constraints.split:
        everyone = {row for group in groups for row in group}
        for group in groups:
            for row in group:
                found.setdefault(row, set()).update(everyone.difference(group))
    return found


def _taken(arrangement: Arrangement, constraints: Constraints, settled: set[int], rows: set[int]) -> set[str]:
    placed = {name for row in settled if (name := arrangement.theme_of[row]) is not None}
    return placed | {pin for row in rows if (pin := _pin(constraints, row)) is not None}


def _home_for(
    arrangement: Arrangement,
    constraints: Constraints,
    group: Sequence[int],
    forbidden: set[str],
    in_groups: frozenset[int],
    make_id: MakeId,
) -> str:
    home = _home(arrangement, constraints, group, forbidden)
    if home is None:
        home = make_id(group)
        _take_along(arrangement, group, home, in_groups)
    elif home not in arrangement.ids():
        _bring_back(arrangement, home, in_groups)
    return home


def _home(arrangement: Arrangement, constraints: Constraints, group: Sequence[int], forbidden: set[str]) -> str | None:
    pins = Counter(pin for row in group if (pin := _pin(constraints, row)) is not None)
    earlier = Counter(name for row in group if (name := arrangement.before[row]) is not None)
    current = Counter(name for row in group if (name := arrangement.theme_of[row]) is not None)
    for names in (pins, earlier, current):
        for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0])):
            if name not in forbidden:
                return name
    return None


def _take_along(arrangement: Arrangement, group: Sequence[int], home: str, in_groups: frozenset[int]) -> None:
    """A group that leaves its theme takes the texts with it that are nearer to it than to those who stay."""
    leaving = {arrangement.theme_of[row] for row in group} - {None}
    for theme_id in sorted(name for name in leaving if name is not None):
        others = [row for row in arrangement.members(theme_id) if row not in group]
        loose = [row for row in others if row not in in_groups]
        stay = [row for row in others if row in in_groups] or others
        if loose and stay:
            sides = np.stack([arrangement.centre(group), arrangement.centre(stay)])
            nearer = arrangement.vectors[loose] @ sides.T
            arrangement.put([row for row, (here, there) in zip(loose, nearer, strict=True) if here > there], home)


def _exclude(arrangement: Arrangement, constraints: Constraints) -> None:
    enemies = _enemies(constraints)
    unwanted: dict[int, set[str]] = {}
    for row, theme_id in constraints.excluded:
        unwanted.setdefault(row, set()).add(constraints.survivor(theme_id))
    for row, names in sorted(unwanted.items()):
        if arrangement.theme_of[row] in names:
            hostile = {arrangement.theme_of[enemy] for enemy in enemies.get(row, ())}
            arrangement.theme_of[row] = _next_best(arrangement, row, names | {name for name in hostile if name})


def _next_best(arrangement: Arrangement, row: int, without: set[str]) -> str | None:
    open_ids = [name for name in arrangement.ids() if name not in without]
    if not open_ids:
        return None
    means = np.stack([arrangement.centre(arrangement.members(name)) for name in open_ids])
    scores = means @ arrangement.vectors[row]
    best = int(np.argmax(scores))
    return open_ids[best] if scores[best] > 0 else None
