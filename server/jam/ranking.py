"""The orders of a board. Each is one documented key; ideas are listed by ascending key, pinned ones first.

No key depends on the present moment, so an order stays sorted as time passes and is kept, not made (`Orders`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from math import inf, log2
from typing import Any

from sortedcontainers import SortedList

from server.jam.entities import Idea

HOT_DOUBLING_MS = 4 * 3_600_000
"""Twice the support outweighs four hours of age."""

RISING_HALF_LIFE_S = 2 * 3_600
"""A vote counts half as much two hours later."""

Key = tuple[Any, ...]


class IdeaOrder(StrEnum):
    TOP = "TOP"
    HOT = "HOT"
    RISING = "RISING"
    NEW = "NEW"
    DISCUSSED = "DISCUSSED"
    UNATTENDED = "UNATTENDED"
    FAIR = "FAIR"


def top(idea: Idea) -> Key:
    """Most support first; of equals the one posted earlier, then the smaller number."""
    return (-idea.support, idea.posted_at, idea.number)


def hot(idea: Idea) -> Key:
    """log2(1 + support) + posted_at / 4 h, largest first; ties as in `top`.

    The form is Reddit's (a logarithm of votes plus a multiple of the posting time), which needs no clock.
    """
    return (-(log2(1 + idea.support) + idea.posted_at / HOT_DOUBLING_MS), idea.posted_at, idea.number)


def rising(idea: Idea) -> Key:
    """Largest sum of 2^(t / 2 h) over its supports' times first, newer first among equals (those without support).

    All such sums decay alike, so their order is that of the exponentially decayed vote counts at any moment.
    """
    return (-idea.rising, -idea.posted_at, -idea.number)


def new(idea: Idea) -> Key:
    """Newest first; of equals the larger number."""
    return (-idea.posted_at, -idea.number)


def discussed(idea: Idea) -> Key:
    """Most visible comments first; of equals the one with the newest comment, then the newer idea."""
    return (-idea.comment_count, -idea.last_comment_at, -idea.posted_at, -idea.number)


def unattended(idea: Idea) -> Key:
    """Only ideas that nobody has commented or built on, oldest first."""
    return (idea.posted_at, idea.number)


def fair(idea: Idea) -> Key:
    """Seen least first; of equals the one with least support, then the older."""
    return (idea.seen, idea.support, idea.posted_at, idea.number)


KEYS: dict[IdeaOrder, Callable[[Idea], Key]] = {
    IdeaOrder.TOP: top,
    IdeaOrder.HOT: hot,
    IdeaOrder.RISING: rising,
    IdeaOrder.NEW: new,
    IdeaOrder.DISCUSSED: discussed,
    IdeaOrder.UNATTENDED: unattended,
    IdeaOrder.FAIR: fair,
}


def order_key(order: IdeaOrder, idea: Idea) -> Key:
    """The full key of an idea in an order: pinned ones lead."""
    return ("PINNED" not in idea.marks, *KEYS[order](idea))


def belongs(order: IdeaOrder, idea: Idea) -> bool:
    """Whether the order lists the idea at all."""
    if not idea.is_listed:
        return False
    return order is not IdeaOrder.UNATTENDED or (idea.comment_count == 0 and idea.build_on_count == 0)


def add_rising(score: float, at_s: float) -> float:
    """`score` (log2 of the decayed sum) with a support at `at_s` seconds added."""
    t = at_s / RISING_HALF_LIFE_S
    high, low = (score, t) if score >= t else (t, score)
    return high if low == -inf else high + log2(1.0 + 2.0 ** max(low - high, -1000.0))


def rising_of(times: "Any") -> float:
    """The score of a whole set of support times (seconds), in their order."""
    score = -inf
    for at_s in sorted(times):
        score = add_rising(score, at_s)
    return score


FEW = 256
"""Supports that are summed anew when one is withdrawn."""


def drop_rising(score: float, at_s: float, left: "Any") -> float:
    """`score` without a support at `at_s` seconds; `left` are the times that remain.

    Subtracting takes no time however many they are; where it would lose accuracy, or they are few, they are summed anew.
    """
    share = 2.0 ** min(at_s / RISING_HALF_LIFE_S - score, 0.0)
    if len(left) <= FEW or share > 0.5:
        return rising_of(left)
    return score + log2(1.0 - share)


class SortedOrder:
    """One order over one set of ideas. Changed ideas are only marked; they are put in place when someone reads."""

    def __init__(self, order: IdeaOrder, ideas: list[Idea]) -> None:
        self.order = order
        self._keys = {idea.number: order_key(order, idea) for idea in ideas if belongs(order, idea)}
        self._sorted = SortedList((key, number) for number, key in self._keys.items())
        self._dirty: set[int] = set()

    def mark(self, number: int) -> None:
        self._dirty.add(number)

    def settle(self, member: Callable[[int], Idea | None]) -> None:
        """Put every marked idea where it belongs now; `member` gives the idea, or None where it left this set."""
        for number in self._dirty:
            self._place(number, member(number))
        self._dirty.clear()

    def _place(self, number: int, idea: Idea | None) -> None:
        old = self._keys.pop(number, None)
        key = order_key(self.order, idea) if idea is not None and belongs(self.order, idea) else None
        if old != key and old is not None:
            self._sorted.remove((old, number))
        if key is not None:
            self._keys[number] = key
            if old != key:
                self._sorted.add((key, number))

    def after(self, key: Key | None, number: float = -1) -> Iterator[tuple[Key, int]]:
        """(key, idea number) in order, from the first one behind `key`; from the start without one.

        The cursor is a key, not a place: ideas that move between two pages disturb no others.
        """
        if key is None:
            return iter(self._sorted)
        return iter(self._sorted.irange((key, number), None, inclusive=(False, True)))

    def __len__(self) -> int:
        return len(self._sorted)


MOST_OF_THEMES = 64
"""Orders of themes that are kept: those asked for last."""


class Orders:
    """The orders of a jam, over all its ideas, a topic or a theme at a time; made when first asked for, and kept."""

    def __init__(self, ideas: list[Idea]) -> None:
        self._ideas = ideas
        self._sorted: dict[str | None, dict[IdeaOrder, SortedOrder]] = {}
        self._of_themes: OrderedDict[tuple[str, IdeaOrder], None] = OrderedDict()

    def mark(self, idea: Idea) -> None:
        """The idea changed: its place in the orders of the jam, its topic and its themes is looked up at the next reading.

        An idea that leaves its topic or theme is marked before it leaves, and again when it is in the other.
        """
        for scope in (None, idea.topic, idea.theme, idea.subtheme):
            for order in self._sorted.get(scope, _NONE).values():
                order.mark(idea.number)

    def get(self, order: IdeaOrder, topic: str | None = None) -> SortedOrder:
        """The order, up to date. Ideas of circles stand only in the orders of their topic."""
        orders = self._sorted.setdefault(topic, {})
        found = orders.get(order)
        if found is None:
            found = orders[order] = SortedOrder(order, [idea for idea in self._ideas if _stands_in(idea, topic)])
        found.settle(lambda number: self._member(number, topic))
        return found

    def of_theme(self, order: IdeaOrder, theme: str, numbers: Iterable[int]) -> SortedOrder:
        """The order of a theme or sub-theme, whose ideas have these numbers, up to date."""
        orders = self._sorted.setdefault(theme, {})
        found = orders.get(order)
        if found is None:
            found = orders[order] = SortedOrder(order, [self._ideas[number] for number in numbers])
            self._forget()
        self._of_themes[theme, order] = None
        self._of_themes.move_to_end((theme, order))
        found.settle(lambda number: self._inside(number, theme))
        return found

    def _forget(self) -> None:
        while len(self._of_themes) >= MOST_OF_THEMES:
            (theme, order), _ = self._of_themes.popitem(last=False)
            del self._sorted[theme][order]

    def _member(self, number: int, topic: str | None) -> Idea | None:
        idea = self._ideas[number]
        return idea if _stands_in(idea, topic) else None

    def _inside(self, number: int, theme: str) -> Idea | None:
        idea = self._ideas[number]
        return idea if theme in (idea.theme, idea.subtheme) else None


_NONE: dict[IdeaOrder, SortedOrder] = {}


def _stands_in(idea: Idea, topic: str | None) -> bool:
    return idea.reach.circle is None if topic is None else idea.topic == topic
