"""The members of a jam as an organizer looks through them: filtered, sorted and found by name or address, 100,000 at once.

Each jam has a table of packed columns, a row for each member by their number. A change marks rows, and the next question
brings them up to date: nothing is done for a vote but a mark. A question is then a mask over the columns and an order, both
numpy's; its answer is an array of member numbers, so that any page of it costs no more than the page.

What belongs to circles counts nowhere here: nobody outside of one may notice that it exists.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedList

from server.jam import events as ev
from server.jam.entities import Member
from server.jam.people import RELATIONS, Relation, Role
from server.jam.standing import RestrictionKind
from server.jam.state import JamState

Places = NDArray[np.int32]
Mask = NDArray[np.bool_]

ROLES = tuple(Role)
ROLE_CODE = {role: code for code, role in enumerate(ROLES)}
RELATION_CODE = {relation: code for code, relation in enumerate(RELATIONS)}
FREE, MUTED, SUSPENDED = range(3)
NOBODY = -1
KEPT_ANSWERS = 32
STEP = 1_000
"""Rows that are made in one turn of the loop: two or three milliseconds."""


class MemberOrder(StrEnum):
    """By name as written without accents; by time of joining; by ideas, comments and votes together."""

    NAME = "NAME"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    MOST_ACTIVE = "MOST_ACTIVE"
    LEAST_ACTIVE = "LEAST_ACTIVE"


class MemberStanding(StrEnum):
    FREE = "FREE"
    MUTED = "MUTED"
    SUSPENDED = "SUSPENDED"


class MemberActivity(StrEnum):
    """ACTIVE: posted, commented or voted. NEVER_POSTED: no idea and no comment. INACTIVE: none of all that."""

    ACTIVE = "ACTIVE"
    NEVER_POSTED = "NEVER_POSTED"
    INACTIVE = "INACTIVE"


STANDING_CODE = {MemberStanding.FREE: FREE, MemberStanding.MUTED: MUTED, MemberStanding.SUSPENDED: SUSPENDED}


@dataclass(frozen=True, slots=True)
class MemberQuery:
    """Which members, in which order. What is None does not filter."""

    order: MemberOrder = MemberOrder.OLDEST
    text: str = ""
    role: Role | None = None
    relation: Relation | None = None
    country: str | None = None
    standing: MemberStanding | None = None
    activity: MemberActivity | None = None
    invited_by: str | None = None


class Names(Protocol):
    """What the directory knows of people."""

    def country(self, id: str) -> str | None: ...
    def sort_key(self, id: str) -> str: ...
    def matching(self, text: str) -> Iterable[str]: ...


class Roster:
    """The tables of all jams, each made when it is first asked for."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._tables: dict[str, _Table] = {}

    async def find(self, state: JamState, query: MemberQuery) -> Places:
        """Numbers of the members that match, in order."""
        table = await self._ready(state)
        return table.find(query)

    def _table(self, state: JamState) -> "_Table":
        table = self._tables.get(state.id)
        if table is None or table.state is not state:
            table = self._tables[state.id] = _Table(state, self._names)
        return table

    async def countries(self, state: JamState) -> list[str]:
        """The countries that members gave, sorted."""
        table = await self._ready(state)
        return table.countries()

    async def _ready(self, state: JamState) -> "_Table":
        """The jam's table, up to date. Where much is to be done, others have their turn between the steps."""
        table = self._table(state)
        async with table.lock:
            for _ in table.catching_up():
                await asyncio.sleep(0)
        return table

    def watch(self, state: JamState, applied: Sequence[ev.Event]) -> None:
        """Called after every applied record: marks whose row is not what it was."""
        table = self._tables.get(state.id)
        if table is not None:
            for event in applied:
                table.mark(event)

    def person_changed(self, person: str) -> None:
        """The name, address or country of a person changed."""
        for table in self._tables.values():
            table.changed.add(person)


WHO: dict[type[ev.Event], Callable[[Any], Iterable[str]]] = {
    ev.IdeaPosted: lambda event: (event.author,),
    ev.CommentPosted: lambda event: (event.author,),
    ev.IdeaSupported: lambda event: (event.person,),
    ev.SupportWithdrawn: lambda event: (event.person,),
    ev.StanceRecorded: lambda event: (event.person,),
    ev.RoleChanged: lambda event: (event.person,),
    ev.RolesChanged: lambda event: event.people,
    ev.MembersRestricted: lambda event: event.people,
    ev.RestrictionsLifted: lambda event: event.people,
    ev.MemberActUndone: lambda event: event.people,
    ev.BranchRevoked: lambda event: event.people,
    ev.MinorEntrusted: lambda event: (event.person,),
    ev.MinorPaused: lambda event: (event.person,),
    ev.MinorOfAge: lambda event: (event.person,),
}
"""Whose rows an event changes. Who joined is seen by the number of members."""

OF_STANDING = (ev.MembersRestricted, ev.RestrictionsLifted, ev.MemberActUndone, ev.BranchRevoked)

EVERYBODY: frozenset[type[ev.Event]] = frozenset(
    {ev.IdeaMerged, ev.IdeaUnmerged, ev.IdeaMoved, ev.TopicChanged, ev.BranchRestored, ev.MemberErased}
)
"""What may change rows of people whom the event does not name."""


class _Table:
    """The columns of one jam. `changed` are the people whose rows are out of date; `is_stale` where any may be."""

    def __init__(self, state: JamState, names: Names) -> None:
        self.state = state
        self.changed: set[str] = set()
        self.is_stale = True
        self.lock = asyncio.Lock()
        self._names = names
        self._size = 0
        self.role = np.zeros(0, dtype=np.uint8)
        self.relation = np.zeros(0, dtype=np.uint8)
        self.standing = np.zeros(0, dtype=np.uint8)
        self.erased = np.zeros(0, dtype=np.bool_)
        self.country = np.zeros(0, dtype=np.int16)
        self.inviter = np.zeros(0, dtype=np.int32)
        self.posts = np.zeros(0, dtype=np.int32)
        self.votes = np.zeros(0, dtype=np.int32)
        self._keys: list[str] = []
        self._by_name: SortedList = SortedList()
        self._countries: dict[str, int] = {}
        self._named: Places | None = None
        self._answers: dict[MemberQuery, Places] = {}

    def _grow(self, room: int) -> None:
        self.role, self.relation, self.standing = (_wider(one, room) for one in (self.role, self.relation, self.standing))
        self.erased, self.country = _wider(self.erased, room), _wider(self.country, room)
        self.inviter, self.posts, self.votes = (_wider(one, room) for one in (self.inviter, self.posts, self.votes))

    def mark(self, event: ev.Event) -> None:
        who = WHO.get(type(event))
        if who is not None:
            self.changed.update(who(event))
        if isinstance(event, OF_STANDING):
            # Minors are out while their guardian is.
            people = frozenset(event.people)
            self.changed.update(minor for minor, guardian in self.state.minors.items() if guardian in people)
        if type(event) in EVERYBODY:
            self.is_stale = True

    # --------------------------------------------------------------------------------------------------- up to date
    def catching_up(self) -> Iterator[None]:
        """Brings all rows up to date, in steps; nothing where they are. One that is left half-way is begun anew."""
        if not (len(self.state.members) > self._size or self.changed or self.is_stale):
            return
        changed, is_stale = self.changed, self.is_stale
        self.changed, self.is_stale = set(), False
        try:
            yield from self._steps(changed, is_stale)
        except BaseException:
            self.is_stale = True
            self.changed |= changed
            raise
        self._answers.clear()

    def _steps(self, changed: set[str], is_stale: bool) -> Iterator[None]:
        members, known = self.state.members, self._size
        for number in self._numbers_changed(changed, known):
            self._rename(members[number])
            self._set(members[number])
        for start in range(0 if is_stale else known, len(members), STEP):
            part = members[start : start + STEP]
            self._make_room(start + len(part))
            for member in part:
                self._set(member)
            yield
        self._leave_out_circles(changed)

    def _make_room(self, size: int) -> None:
        """Rows and keys for members up to the number `size`; keys all at once, or they would be sorted in one by one."""
        if size > len(self.role):
            self._grow(2 * size)
        if size <= self._size:
            return
        new = [self._names.sort_key(member.person) for member in self.state.members[self._size : size]]
        self._by_name.update(zip(new, range(self._size, size), strict=True))
        self._keys += new
        self._size, self._named = size, None

    def _numbers_changed(self, changed: set[str], known: int) -> list[int]:
        """Of the people marked, but for those who are new."""
        found = (self.state.member_numbers.get(person) for person in changed)
        return [number for number in found if number is not None and number < known]

    def _set(self, member: Member) -> None:
        number = member.number
        self.role[number] = ROLE_CODE[member.role]
        self.relation[number] = RELATION_CODE[member.relation]
        self.standing[number] = _standing_of(member)
        self.erased[number] = member.erased
        self.inviter[number] = self._inviter(member)
        self.country[number] = self._country_code(self._names.country(member.person))
        self.posts[number] = len(member.ideas) + member.comment_count
        self.votes[number] = len(member.supports) + len(member.disagrees) + len(member.passes)

    def _inviter(self, member: Member) -> int:
        return NOBODY if member.invited_by is None else self.state.member_numbers.get(member.invited_by, NOBODY)

    def _country_code(self, country: str | None) -> int:
        return NOBODY if country is None else self._countries.setdefault(country, len(self._countries))

    def _rename(self, member: Member) -> None:
        key = self._names.sort_key(member.person)
        old = self._keys[member.number]
        if key != old:
            self._by_name.discard((old, member.number))
            self._by_name.add((key, member.number))
            self._keys[member.number] = key
            self._named = None

    def _leave_out_circles(self, changed: set[str]) -> None:
        """Rows that were set count all; what people did in circles is taken off again, for everyone in one walk."""
        circles = [idea for idea in self.state.ideas if idea.reach.circle is not None] if self.state.circles else []
        if not circles:
            return
        inside = {person for circle in self.state.circles.values() for person in circle.members}
        inside |= {idea.author for idea in circles} | changed
        numbers = {number for idea in circles for number in (*idea.supporters, *self._comment_authors(idea.comments))}
        numbers |= {number for person in inside if (number := self.state.member_numbers.get(person)) is not None}
        ideas, comments = self.state.ideas, self.state.comments
        written: dict[str, int] = {}
        for idea in circles:
            for number in idea.comments:
                written[comments[number].author] = written.get(comments[number].author, 0) + 1
        for number in numbers:
            member = self.state.members[number]
            open_to_all = sum(1 for one in member.ideas if ideas[one].reach.circle is None)
            self.posts[number] = open_to_all + max(0, member.comment_count - written.get(member.person, 0))
            votes = (*member.supports, *member.disagrees, *member.passes)
            self.votes[number] = sum(1 for one in votes if ideas[one].reach.circle is None)

    def _comment_authors(self, numbers: Iterable[int]) -> Iterable[int]:
        found = (self.state.member_numbers.get(self.state.comments[number].author) for number in numbers)
        return (number for number in found if number is not None)

    # --------------------------------------------------------------------------------------------------------- asking
    def find(self, query: MemberQuery) -> Places:
        """Over the rows as they are: `catching_up` comes before."""
        kept = self._answers.get(query)
        if kept is None:
            kept = self._answers[query] = self._sorted(query.order, self._mask(query))
            if len(self._answers) > KEPT_ANSWERS:
                del self._answers[next(iter(self._answers))]
        return kept

    def countries(self) -> list[str]:
        present = set(self.country[: self._size][~self.erased[: self._size]].tolist())
        return sorted(name for name, code in self._countries.items() if code in present)

    def _mask(self, query: MemberQuery) -> Mask:
        size = self._size
        mask = ~self.erased[:size]
        if query.role is not None:
            mask &= self.role[:size] == ROLE_CODE[query.role]
        if query.relation is not None:
            mask &= self.relation[:size] == RELATION_CODE[query.relation]
        if query.country is not None:
            mask &= self.country[:size] == self._countries.get(query.country, NOBODY - 1)
        if query.standing is not None:
            mask &= self.standing[:size] == STANDING_CODE[query.standing]
        if query.activity is not None:
            mask &= self._by_activity(query.activity)
        if query.invited_by is not None:
            mask &= self.inviter[:size] == self.state.member_numbers.get(query.invited_by, NOBODY - 1)
        return mask & self._matching(query.text) if query.text.strip() else mask

    def _by_activity(self, activity: MemberActivity) -> Mask:
        posts, votes = self.posts[: self._size], self.votes[: self._size]
        masks: dict[MemberActivity, Mask] = {
            MemberActivity.ACTIVE: (posts + votes) > 0,
            MemberActivity.NEVER_POSTED: posts == 0,
            MemberActivity.INACTIVE: (posts + votes) == 0,
        }
        return masks[activity]

    def _matching(self, text: str) -> Mask:
        numbers = self.state.member_numbers
        mask = np.zeros(self._size, dtype=np.bool_)
        found = [number for id in self._names.matching(text) if (number := numbers.get(id)) is not None]
        mask[found] = True
        return mask

    def _sorted(self, order: MemberOrder, mask: Mask) -> Places:
        match order:
            case MemberOrder.OLDEST:
                return np.flatnonzero(mask).astype(np.int32)
            case MemberOrder.NEWEST:
                return np.flatnonzero(mask)[::-1].astype(np.int32)
            case MemberOrder.NAME:
                named = self._names_in_order()
                return named[mask[named]]
            case MemberOrder.MOST_ACTIVE | MemberOrder.LEAST_ACTIVE:
                numbers = np.flatnonzero(mask).astype(np.int32)
                acts = (self.posts + self.votes)[numbers]
                return numbers[np.argsort(-acts if order is MemberOrder.MOST_ACTIVE else acts, kind="stable")]

    def _names_in_order(self) -> Places:
        if self._named is None:
            self._named = np.fromiter((number for _, number in self._by_name), dtype=np.int32, count=len(self._by_name))
        return self._named


def _wider(column: NDArray[Any], room: int) -> NDArray[Any]:
    made = np.zeros(room, dtype=column.dtype)
    made[: len(column)] = column
    return made


def _standing_of(member: Member) -> int:
    if member.is_suspended:
        return SUSPENDED
    muted = member.restriction
    return MUTED if muted is not None and muted.kind is RestrictionKind.MUTED else FREE
