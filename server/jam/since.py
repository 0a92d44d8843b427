"""What moved while someone was away, told from the state in a time that depends on neither the jam's size nor the absence.

Nothing here reads the journal. Of a person's own things their notices are read (at most 100 are kept); of the ideas they
posted or support, those that changed since (each knows its last change); of everything else the first of the orders and
lists that are kept anyway. So at most `MINE` + `SUPPORTED` + 2 x `FIRST` ideas are looked at closely, and `COUNTED` of
each long list; where there is more, the count says "at least".

Everything passes the visibility rule as it holds now: what was hidden or moved out of sight meanwhile is not told of.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import NamedTuple, TypeVar

from server.jam.entities import Announcement, Comment, Idea, Member, Notice, Theme
from server.jam.people import Viewer
from server.jam.phases import DATED, Phase
from server.jam.ranking import IdeaOrder
from server.jam.state import JamState
from server.jam.visibility import ContentStatus

T = TypeVar("T", Idea, Comment)

SCREENFUL = 12
MINE, SUPPORTED, FIRST = 60, 24, 24
COUNTED = 1_000
LOOKED_THROUGH = 2_000
"""Of the ideas somebody supports, the newest so many are looked through for changes."""

TOLD = frozenset({"HIDDEN", "RESTORED", "REMOVED", "MERGED", "UNMERGED", "FEATURED", "MOVED"})
"""Notices that tell what became of an idea or comment; the others are told with what they belong to."""


class SinceKind(StrEnum):
    """Why something is told, the closest to the person first."""

    STATUS = "STATUS"
    MINE = "MINE"
    REPLY = "REPLY"
    CREDIT = "CREDIT"
    SUPPORTED = "SUPPORTED"
    THEME = "THEME"
    ANNOUNCEMENT = "ANNOUNCEMENT"
    PHASE = "PHASE"
    NEW = "NEW"
    RISEN = "RISEN"


SHARES = {
    SinceKind.STATUS: 2, SinceKind.MINE: 3, SinceKind.REPLY: 2, SinceKind.CREDIT: 2, SinceKind.SUPPORTED: 2,
    SinceKind.THEME: 2, SinceKind.ANNOUNCEMENT: 1, SinceKind.PHASE: 1, SinceKind.NEW: 2, SinceKind.RISEN: 1,
}  # fmt: skip
"""How many of each kind come first."""

FILLING = {
    SinceKind.STATUS: SCREENFUL, SinceKind.MINE: SCREENFUL, SinceKind.REPLY: SCREENFUL, SinceKind.CREDIT: SCREENFUL,
    SinceKind.SUPPORTED: SCREENFUL, SinceKind.NEW: 5, SinceKind.RISEN: 4, SinceKind.ANNOUNCEMENT: 3, SinceKind.THEME: 3,
}  # fmt: skip
"""What room is left goes to the rest, in this order: of each kind so many are told at most."""


class Mark(NamedTuple):
    """Where a jam was when someone left: its last event and the time, in milliseconds since 1970."""

    seq: int
    at: int


class Gain(NamedTuple):
    """What an idea got since; `supports` are those that stand now and were given since."""

    supports: int = 0
    comments: int = 0
    build_ons: int = 0

    @property
    def weight(self) -> float:
        """A word is rarer than a vote, and an idea built on it rarer still."""
        return self.supports + 3 * self.comments + 6 * self.build_ons


NOTHING = Gain()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell; which fields are set follows from the kind."""

    kind: SinceKind
    at: int
    idea: Idea | None = None
    comment: Comment | None = None
    theme: Theme | None = None
    announcement: Announcement | None = None
    phase: Phase | None = None
    notice: Notice | None = None
    gain: Gain = NOTHING


class Count(NamedTuple):
    """How many there are; at least so many where `is_all` is false."""

    number: int
    is_all: bool


NONE = Count(0, True)


@dataclass(frozen=True, slots=True)
class Since:
    """The answer: at most a screenful of items, the most relevant first; of each kind how many more there are; and how much
    is new in all.
    """

    items: tuple[Item, ...]
    more: dict[SinceKind, int] = field(default_factory=dict)
    ideas: Count = NONE
    comments: Count = NONE

    @property
    def is_empty(self) -> bool:
        return not self.items


def since(state: JamState, viewer: Viewer, mark: Mark, now: int, reads: bool, most: int = SCREENFUL) -> Since:
    """What moved for `viewer` in (mark, now]. `reads` says whether they may read ideas in the phase that it is."""
    found = _Search(state, viewer, mark, reads).all(now)
    items, more = _screenful(found, most)
    if not reads:
        return Since(items, more)
    return Since(
        items,
        more,
        _count(reversed(state.ideas), mark, lambda idea: idea.is_listed and state.sees_idea(viewer, idea)),
        _count(reversed(state.comments), mark, lambda one: _is_shown(one) and state.sees_comment(viewer, one)),
    )


def _screenful(found: dict[SinceKind, list[Item]], most: int) -> tuple[tuple[Item, ...], dict[SinceKind, int]]:
    """First each kind's share, then what room is left as `FILLING` says; told in the order of the kinds."""
    taken = {kind: min(len(items), SHARES[kind]) for kind, items in found.items()}
    room = most
    for kind in taken:
        taken[kind] = min(taken[kind], room)
        room -= taken[kind]
    for kind, at_most in FILLING.items():
        extra = max(0, min(room, min(len(found[kind]), at_most) - taken[kind]))
        taken[kind] += extra
        room -= extra
    shown = tuple(item for kind, items in found.items() for item in items[: taken[kind]])
    return shown, {kind: len(items) - taken[kind] for kind, items in found.items() if len(items) > taken[kind]}


def _is_shown(comment: Comment) -> bool:
    return comment.status is ContentStatus.VISIBLE


def _count(newest_first: Iterable[T], mark: Mark, shown: Callable[[T], bool]) -> Count:
    """Counts what is shown among the newest, at most `COUNTED`; what is not shown makes no difference."""
    number = 0
    for one in newest_first:
        if one.posted_at <= mark.at:
            break
        if shown(one):
            if number == COUNTED:
                return Count(number, False)
            number += 1
    return Count(number, True)


class _Search:
    def __init__(self, state: JamState, viewer: Viewer, mark: Mark, reads: bool) -> None:
        self._state = state
        self._viewer = viewer
        self._mark = mark
        self._reads = reads
        self._me = state.member(viewer.person) if viewer.person is not None else None
        self._told: set[str] = set()
        self._gains: dict[int, Gain] = {}

    def all(self, now: int) -> dict[SinceKind, list[Item]]:
        """Everything found, by kind in their order. Nothing is told of one idea under two kinds, but what became of it."""
        me, notices = self._me, self._notices()
        reads = self._reads and me is not None
        return {
            SinceKind.STATUS: [item for notice in notices if (item := self._status(notice)) is not None],
            SinceKind.MINE: self._moved(SinceKind.MINE, self._mine(me, notices)) if reads and me is not None else [],
            SinceKind.REPLY: self._answers(SinceKind.REPLY, "REPLIED", notices),
            SinceKind.CREDIT: self._answers(SinceKind.CREDIT, "BUILT_ON", notices),
            SinceKind.SUPPORTED: self._moved(SinceKind.SUPPORTED, self._supported(me)) if reads and me is not None else [],
            SinceKind.THEME: list(self._themes()) if reads else [],
            SinceKind.ANNOUNCEMENT: list(self._announcements()),
            SinceKind.PHASE: list(self._phases(now)),
            SinceKind.NEW: self._new() if reads else [],
            SinceKind.RISEN: self._risen() if reads else [],
        }

    # ------------------------------------------------------------------------------------------------- what is the person's
    def _notices(self) -> list[Notice]:
        """The person's notices since they left, newest first, each once."""
        kept = self._me.notices if self._me is not None and self._reads else []
        return [notice for notice in dict.fromkeys(reversed(kept)) if notice.seq > self._mark.seq]

    def _status(self, notice: Notice) -> Item | None:
        idea, comment = self._of(notice)
        if notice.kind not in TOLD or idea is None or (notice.comment is not None and comment is None):
            return None
        return Item(SinceKind.STATUS, notice.at, idea=idea, comment=comment, notice=notice)

    def _of(self, notice: Notice) -> tuple[Idea | None, Comment | None]:
        """The idea and the comment of a notice, where the person may see them now."""
        idea = self._state.idea(notice.idea) if notice.idea is not None else None
        comment = self._state.comment(notice.comment) if notice.comment is not None else None
        seen_idea = idea if idea is not None and self._state.sees_idea(self._viewer, idea) else None
        seen_comment = comment if comment is not None and self._state.sees_comment(self._viewer, comment) else None
        return seen_idea, seen_comment

    def _answers(self, kind: SinceKind, told_as: str, notices: list[Notice]) -> list[Item]:
        """Replies to the person's comments, and ideas that build on theirs."""
        found = ((notice, *self._of(notice)) for notice in notices if notice.kind == told_as)
        items = [
            Item(kind, notice.at, idea=idea, comment=comment, notice=notice)
            for notice, idea, comment in found
            if idea is not None and (comment is not None if kind is SinceKind.REPLY else idea.is_listed)
        ]
        self._told.update(item.idea.id for item in items if item.idea is not None and kind is SinceKind.CREDIT)
        return items

    def _mine(self, me: Member, notices: list[Notice]) -> list[Idea]:
        """Those that changed. One that was built on for some only does not show it to others by its `seq`: its author has a
        notice."""
        children = (self._of(notice)[0] for notice in notices if notice.kind == "BUILT_ON")
        built_on = {parent for child in children if child is not None for parent in child.parents}
        ideas = (self._state.ideas[number] for number in reversed(me.ideas))
        return list(islice((idea for idea in ideas if idea.seq > self._mark.seq or idea.id in built_on), MINE))

    def _supported(self, me: Member) -> list[Idea]:
        """Of the changed ideas that the person supports those that others support now."""
        numbers = islice(reversed(me.supports), LOOKED_THROUGH)
        changed = [idea for number in numbers if (idea := self._state.ideas[number]).seq > self._mark.seq]
        others = [idea for idea in changed if idea.author != me.person]
        others.sort(key=lambda idea: (-idea.rising, -idea.last_comment_at, idea.number))
        return others[:SUPPORTED]

    def _moved(self, kind: SinceKind, ideas: list[Idea]) -> list[Item]:
        """Those of the ideas that got something, the most first."""
        known = ((idea, self._gain(idea)) for idea in ideas if self._is_listed(idea))
        moved = [(idea, gain) for idea, gain in known if gain.weight > 0]
        moved.sort(key=lambda pair: (-pair[1].weight, -pair[0].number))
        return [self._tell(Item(kind, idea.posted_at, idea=idea, gain=gain), idea) for idea, gain in moved]

    # ------------------------------------------------------------------------------------------------ what is everybody's
    def _themes(self) -> Iterator[Item]:
        """Themes that did not stand when the person left, those with most ideas for them first."""
        born = [theme for theme in self._state.board_themes() if theme.created_at > self._mark.at]
        sized = [(-self._state.tallies.of(theme.id, self._viewer).ideas, theme.id) for theme in born]
        found = (self._state.themes[id] for size, id in sorted(sized) if size)
        return (Item(SinceKind.THEME, theme.created_at, theme=theme) for theme in found)

    def _announcements(self) -> Iterator[Item]:
        if self._me is None:
            return
        for made in reversed(self._state.announcements):
            if made.at <= self._mark.at:
                return
            yield Item(SinceKind.ANNOUNCEMENT, made.at, announcement=made)

    def _phases(self, now: int) -> Iterator[Item]:
        """The phases that opened since, newest first; of those over already nothing is left to do, so only the newest."""
        schedule = self._state.schedule
        if schedule is None or self._me is None or not self._state.published:
            return
        phase = self._state.phase(now)
        opened = schedule.opens_at(phase) if phase in DATED else None
        if opened is not None and self._mark.at < opened <= now:
            yield Item(SinceKind.PHASE, opened, phase=phase)

    def _new(self) -> list[Item]:
        """Ideas posted since that stand first on the hot board: new and strong."""
        fresh = (idea for idea in self._leading(IdeaOrder.HOT) if idea.posted_at > self._mark.at and not self._is_own(idea))
        items = [Item(SinceKind.NEW, idea.posted_at, idea=idea, gain=self._gain(idea)) for idea in fresh]
        items.sort(key=lambda item: -item.gain.weight)
        return [self._tell(item, item.idea) for item in items if item.idea is not None]

    def _risen(self) -> list[Item]:
        """Older ideas at the head of the rising board, those that got most first."""
        older = [idea for idea in self._leading(IdeaOrder.RISING) if idea.posted_at <= self._mark.at and not self._is_own(idea)]
        return self._moved(SinceKind.RISEN, older)

    def _leading(self, order: IdeaOrder) -> list[Idea]:
        """The first ideas of an order that the person may see and was not told of yet."""
        ideas = (self._state.ideas[number] for _, number in self._state.orders.get(order).after(None))
        first = islice((idea for idea in ideas if self._state.sees_idea(self._viewer, idea)), FIRST)
        return [idea for idea in first if self._is_listed(idea)]

    # ----------------------------------------------------------------------------------------------------------- counting
    def _is_own(self, idea: Idea) -> bool:
        return self._me is not None and idea.author == self._me.person

    def _is_listed(self, idea: Idea) -> bool:
        return idea.is_listed and idea.id not in self._told and self._state.sees_idea(self._viewer, idea)

    def _tell(self, item: Item, idea: Idea) -> Item:
        self._told.add(idea.id)
        return item

    def _gain(self, idea: Idea) -> Gain:
        return Gain(self._supports(idea), self._comments(idea), self._build_ons(idea))

    def _supports(self, idea: Idea) -> int:
        """Votes are kept with whole seconds since the jam was created: one of the very second someone left counts as old."""
        return given_after(idea.support_times, (self._mark.at - self._state.created_at) // 1000)

    def _comments(self, idea: Idea) -> int:
        """Others' comments, newest first until those that were there."""
        number = 0
        for place in islice(reversed(idea.comments), COUNTED):
            comment = self._state.comments[place]
            if comment.posted_at <= self._mark.at:
                break
            number += _is_shown(comment) and comment.author != self._viewer.person
        return number

    def _build_ons(self, idea: Idea) -> int:
        number = 0
        for id in reversed(idea.children):
            child = self._state.ideas[self._state.idea_numbers[id]]
            if child.posted_at <= self._mark.at:
                break
            number += child.is_listed and not self._is_own(child) and self._state.sees_idea(self._viewer, child)
        return number


def given_after(times: "array[int]", second: int) -> int:
    """How many of the times lie behind `second`. They are in the order of the voters, so all are looked at, in C."""
    return sum(map(second.__lt__, times))
