"""Pages of lists, as Relay has them. A cursor is a key, not a place: what moves between two pages disturbs nothing else.

No cursor holds the number of an idea or comment: numbers count what the reader may not see. Where they decide between equals,
the cursor names the thing itself.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf, isnan
from typing import Any, Generic, TypeVar

import strawberry
from graphql import GraphQLError

from schema.view import JamView, coded
from server.jam import entities as e
from server.jam.facets import Filter
from server.jam.people import Relation
from server.jam.ranking import IdeaOrder, Key, SortedOrder, belongs, order_key
from server.jam.rejections import InvalidInput
from server.jam.tallies import WHOLE_JAM
from server.jam.visibility import EVERYONE

MOST = 100
FEW, RARE = 2_000, 8
"""So many are put in order for a page within some milliseconds, where they are one in eight or fewer; else enough of them come
soon in the order of all."""

LONGEST_CURSOR = 400
T = TypeVar("T")
Row = tuple[tuple[Any, ...], T]
"""What a cursor is made of, with what it points behind."""

_BLANK = e.Idea("", 0, "", "", "", "", "", (), EVERYONE, 0)
_LENGTHS = {order: len(order_key(order, _BLANK)) for order in IdeaOrder}
_LAST_FIRST = frozenset({IdeaOrder.RISING, IdeaOrder.NEW, IdeaOrder.DISCUSSED})
"""Orders whose key ends with the idea's number below zero: of equals the one posted last comes first."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page of the list `name`; `total` counts them all when asked to."""

    name: str
    rows: list[Row[T]]
    has_next: bool
    has_previous: bool
    total: Callable[[], int]

    @property
    def info(self) -> "PageInfo":
        return PageInfo(page=self, has_next_page=self.has_next, has_previous_page=self.has_previous)

    def cursor(self, place: int) -> str | None:
        """The cursor of the row at a place; None on an empty page."""
        return encode(self.name, *self.rows[place][0]) if self.rows else None


def start_of(self: "PageInfo") -> str | None:
    return self.page.cursor(0)


def end_of(self: "PageInfo") -> str | None:
    return self.page.cursor(-1)


@strawberry.type
class PageInfo:
    page: strawberry.Private[Page[Any]]
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None = strawberry.field(resolver=start_of)
    end_cursor: str | None = strawberry.field(resolver=end_of)


def cursor_of(self: Any) -> str:
    """The cursor of an edge that has a `page` and a `key`: spelled only for those who ask for it."""
    return encode(self.page.name, *self.key)


def page_info_of(self: Any) -> PageInfo:
    """Of a connection that has a `page`: what stands before and after it."""
    info: PageInfo = self.page.info
    return info


def total_of(self: Any) -> int:
    """Of a connection that has a `page`: how many there are in all, counted only for those who ask for it."""
    total: int = self.page.total()
    return total


def no_page() -> Page[Any]:
    return Page("", [], False, False, lambda: 0)


def within(first: int, most: int = MOST) -> int:
    """The asked number of entries, 1 to `most`; a GraphQL error with the code InvalidInput says so otherwise."""
    if not 1 <= first <= most:
        raise coded(InvalidInput("first", f"`first` is a number between 1 and {most}, not {first}."))
    return first


def page_of(name: str, rows: Iterator[Row[T]], first: int, has_previous: bool, total: Callable[[], int]) -> Page[T]:
    """The first `first` of the rows of a list, and whether there are more; takes no more of them than that."""
    taken = list(islice(rows, within(first) + 1))
    return Page(name, taken[:first], len(taken) > first, has_previous, total)


# ------------------------------------------------------------------------------------------------------------- cursors
def encode(name: str, *key: Any) -> str:
    """A cursor for clients: opaque, and safe in addresses."""
    return urlsafe_b64encode(json.dumps([name, *key], separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, name: str, length: int) -> list[Any]:
    """The key in a cursor of the list `name`: `length` numbers. A GraphQL error with the code InvalidInput otherwise."""
    found = _parsed(cursor)
    if not isinstance(found, list) or not found or not all(_is_number(part) for part in found[1:]):
        raise _no_cursor()
    return _of_list(found, name, length)


def decode_named(cursor: str, name: str, length: int) -> tuple[list[Any], str]:
    """The same of a cursor that ends with an id: `length` numbers, and the id."""
    found = _parsed(cursor)
    if not isinstance(found, list) or len(found) < 2 or not all(_is_number(part) for part in found[1:-1]):
        raise _no_cursor()
    if not isinstance(found[-1], str):
        raise _no_cursor()
    *key, id = _of_list(found, name, length + 1)
    return key, id


def _no_cursor() -> GraphQLError:
    return coded(InvalidInput("after", "This is no cursor of ours: take `endCursor` or an edge's `cursor`."))


def _of_list(found: list[Any], name: str, length: int) -> list[Any]:
    if found[0] != name or len(found) != length + 1:
        raise coded(InvalidInput("after", "The cursor belongs to another list or order: begin without `after`."))
    return found[1:]


def _parsed(cursor: str) -> Any:
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        return json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (Error, ValueError, RecursionError):
        return None


def _is_number(part: Any) -> bool:
    return isinstance(part, int) or (isinstance(part, float) and not isnan(part))


# --------------------------------------------------------------------------------------------------------- idea boards
@dataclass(frozen=True, slots=True)
class Board:
    """Which ideas a list shows, and in which order. What is None does not filter."""

    order: IdeaOrder
    topic: str | None = None
    theme: str | None = None
    language: str | None = None
    relation: Relation | None = None

    @property
    def name(self) -> str:
        return self.order.value

    def page(self, view: JamView, first: int, after: str | None) -> Page[e.Idea]:
        """A page of the board, from the first idea behind the cursor; ideas that move meanwhile disturb no others."""
        within(first)
        behind = self._behind(view, after)
        if not self._is_there(view):
            return no_page()
        rows = (((*key[:-1], idea.id), idea) for key, idea in self._seen(view, behind))
        return page_of(self.name, rows, first, after is not None, lambda: self.count(view))

    def count(self, view: JamView) -> int:
        """How many ideas the board has for the viewer. Only those of a theme with another filter are looked at one by one."""
        if self.theme is not None and not (self._is_plain and self.topic is None):
            return sum(1 for idea in self._in_theme(view, self.theme) if view.sees_idea(idea) and self._matches(view, idea))
        if self._is_plain:
            return view.tally(self.topic or self.theme or WHOLE_JAM).ideas
        return view.state.facets.count(view.viewer, self._filter, view.state.relation_of)

    @property
    def _is_plain(self) -> bool:
        return self.order is not IdeaOrder.UNATTENDED and self.language is None and self.relation is None

    @property
    def _filter(self) -> Filter:
        return Filter(self.topic, self.language, self.relation, self.order is IdeaOrder.UNATTENDED)

    def _behind(self, view: JamView, after: str | None) -> tuple[Key, float] | None:
        """The key that the cursor stands for. Where its idea is not to be seen (any more), the page begins with those that are
        its equals in all else: whether there is such an idea can't be told from that."""
        if after is None:
            return None
        key, id = decode_named(after, self.name, _LENGTHS[self.order] - 1)
        idea = view.idea(id)
        if idea is None:
            return (*key, -inf), -inf
        return (*key, -idea.number if self.order in _LAST_FIRST else idea.number), idea.number

    def _is_there(self, view: JamView) -> bool:
        if self.topic is not None and view.topic(self.topic) is None:
            return False
        return view.reads and (self.theme is None or view.theme(self.theme) is not None)

    def _seen(self, view: JamView, behind: tuple[Key, float] | None) -> Iterator[tuple[Key, e.Idea]]:
        ideas = view.state.ideas
        for key, number in self._sorted(view, behind):
            idea = ideas[number]
            if view.sees_idea(idea) and self._matches(view, idea):
                yield key, idea

    def _matches(self, view: JamView, idea: e.Idea) -> bool:
        if self.theme is not None and self.topic not in (None, idea.topic):
            return False
        if self.language is not None and idea.language != self.language:
            return False
        if self.relation is None:
            return True
        author = view.state.member(idea.author)
        return author is not None and author.relation is self.relation

    def _sorted(self, view: JamView, behind: tuple[Key, float] | None) -> Iterator[tuple[Key, int]]:
        state = view.state
        if self.theme is not None:
            return _behind(state.orders.of_theme(self.order, self.theme, state.themes[self.theme].ideas), behind)
        order = state.orders.get(self.order, self.topic)
        if self.language is not None or self.relation is not None:
            facets, filter, of = state.facets, self._filter, state.relation_of
            if (count := facets.count(view.viewer, filter, of)) <= FEW and count * RARE <= len(order):
                return self._in_order((state.ideas[number] for number in facets.numbers(view.viewer, filter, of)), behind)
        return _behind(order, behind)

    def _in_theme(self, view: JamView, theme: str) -> Iterator[e.Idea]:
        """What the order takes of a theme's ideas."""
        ideas = (view.state.ideas[number] for number in view.state.themes[theme].ideas)
        return (idea for idea in ideas if belongs(self.order, idea) and idea.reach.circle is None)

    def _in_order(self, ideas: Iterable[e.Idea], behind: tuple[Key, float] | None) -> Iterator[tuple[Key, int]]:
        keyed = ((order_key(self.order, idea), idea.number) for idea in ideas)
        return iter(sorted(entry for entry in keyed if behind is None or entry > behind))


def _behind(order: SortedOrder, key: tuple[Key, float] | None) -> Iterator[tuple[Key, int]]:
    return order.after(None) if key is None else order.after(*key)
