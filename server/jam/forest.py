"""Who brought whom: members as a forest, in packed columns, so that 150,000 of them are walked in a fraction of a second.

A member's parent is the member who invited them. Nobody is invited by someone who joined later, so a parent's number is always
lower than its child's: the forest can't have a cycle, and two passes over the numbers fill every column.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush, nsmallest
from itertools import chain
from typing import NamedTuple

from server.jam.entities import Member, Numbers
from server.jam.state import JamState

NOBODY = -1
SLICE = 1_000
"""How many members are looked at before others get their turn: half a millisecond."""


class Forest:
    """Columns by member number.

    `parent`: the inviter's number, or NOBODY. `degree`: invitations between the member and someone who came without one.
    `brought`: how many the member invited who joined. `below`: how many stand below the member, at any depth.
    `root_count`: how many came without an invitation.
    """

    __slots__ = ("_branches", "_leaves", "_next", "below", "brought", "degree", "members", "parent", "root_count")

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members
        count = len(members)
        self.parent = array("i", [NOBODY]) * count
        self.degree = array("I", [0]) * count
        self.brought = array("I", [0]) * count
        self.below = array("I", [0]) * count
        # Chains of siblings; the last place is that of the roots. Whoever brought nobody is in a chain apart.
        self._branches = array("i", [NOBODY]) * (count + 1)
        self._leaves = array("i", [NOBODY]) * (count + 1)
        self._next = array("i", [NOBODY]) * count
        self.root_count = 0

    def __len__(self) -> int:
        return len(self.parent)

    def children(self, number: int = NOBODY) -> Iterator[int]:
        """Whom a member brought; who came without an invitation for NOBODY. Those who brought others come first."""
        return chain(self.branches(number), self.leaves(number))

    def branches(self, number: int = NOBODY) -> Iterator[int]:
        """Those of them who brought others, in the order of joining."""
        return self._chain(self._branches[number])

    def leaves(self, number: int = NOBODY) -> Iterator[int]:
        """Those of them who brought nobody, in the order of joining."""
        return self._chain(self._leaves[number])

    def _chain(self, number: int) -> Iterator[int]:
        while number != NOBODY:
            yield number
            number = self._next[number]

    def path(self, number: int) -> list[int]:
        """The inviters of a member, from the first of all to the one who brought them."""
        found: list[int] = []
        while (number := self.parent[number]) != NOBODY:
            found.append(number)
        return found[::-1]

    # ---------------------------------------------------------------------------------------------------------- growing
    def descend(self, state: JamState, start: int, end: int) -> None:
        """Parents and degrees of the members `start` to `end`, those before which are known."""
        numbers, parent, degree = state.member_numbers, self.parent, self.degree
        for number in range(start, end):
            inviter = numbers.get(self.members[number].invited_by or "", number)
            if inviter < number:
                parent[number] = inviter
                degree[number] = degree[inviter] + 1

    def ascend(self, start: int, end: int) -> None:
        """Counts the members `start` to `end` at their parents, those behind which have been counted."""
        parent, following, brought, below = self.parent, self._next, self.brought, self.below
        branches, leaves = self._branches, self._leaves
        for number in range(end - 1, start - 1, -1):
            inviter = parent[number]
            first = branches if below[number] else leaves
            following[number], first[inviter] = first[inviter], number
            if inviter == NOBODY:
                self.root_count += 1
            else:
                brought[inviter] += 1
                below[inviter] += below[number] + 1


def slices(count: int) -> Iterator[tuple[int, int]]:
    """(start, end) of pieces that are small enough to be done at once."""
    return ((start, min(count, start + SLICE)) for start in range(0, count, SLICE))


def planting(state: JamState) -> Iterator[Forest | None]:
    """Makes the forest of all who have joined by now in many small steps: None after each, and the forest at last."""
    forest = Forest(state.members)
    steps = list(slices(len(forest)))
    for start, end in steps:
        forest.descend(state, start, end)
        yield None
    for start, end in reversed(steps):
        forest.ascend(start, end)
        yield None
    yield forest


# --------------------------------------------------------------------------------------------------------- what to show
class Shown(NamedTuple):
    """Members of a picture, heaviest branches first, each after its parent; `parents`: the parent's place + 1, 0 for none."""

    numbers: Numbers
    parents: Numbers

    @classmethod
    def nobody(cls) -> "Shown":
        return cls(array("I"), array("I"))


def heaviest(forest: Forest, root: int | None, depth: int, most: int) -> Shown:
    """At most `most` members of a branch, or of all: always the one with the most people below them whose inviter is shown
    already, of equals who joined first; none more than `depth` invitations below the root (for all: below those who came
    without one).

    Takes time in proportion to the members whose inviter is shown; who brought nobody is looked at only where there is room.
    """
    shown = Shown.nobody()
    numbers, parents = shown
    above: list[tuple[int, int]] = [(NOBODY, 0)] if root is None else []
    firsts = forest.branches() if root is None else (root,)
    waiting = [(-forest.below[number], number, 0, 0) for number in firsts]
    heapify(waiting)
    while waiting and len(numbers) < most:
        _, number, parent, deep = heappop(waiting)
        numbers.append(number)
        parents.append(parent)
        if deep < depth:
            above.append((number, len(numbers)))
            for child in forest.branches(number):
                heappush(waiting, (-forest.below[child], child, len(numbers), deep + 1))
    for number, parent in nsmallest(most - len(numbers), _leaves(forest, above)):
        numbers.append(number)
        parents.append(parent)
    return shown


def _leaves(forest: Forest, above: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """(number, place of the inviter + 1) of everyone who brought nobody and was brought by one of `above`."""
    return ((leaf, place) for number, place in above for leaf in forest.leaves(number))
