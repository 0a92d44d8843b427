"""Who brought whom, for those who answer for the jam; and for everyone, whom they brought themselves."""

from collections.abc import Iterator
from heapq import nlargest, nsmallest
from typing import Any

import strawberry
from strawberry import ID

from schema.marks import described
from schema.member import Author
from schema.pages import Page, PageInfo, Row, cursor_of, decode, page_info_of, total_of, within
from schema.reach_columns import InvitationTreeColumns
from schema.scalars import Timestamp
from schema.view import JamView
from server.jam import entities as e
from server.jam.forest import NOBODY, Forest, Shown, heaviest
from server.jam.people import Relation, Role
from server.jam.permissions import Action
from server.jam.reach import ReachCount

BRANCHES = "BRANCHES"
MOST_SHOWN = 20_000
DEEPEST = 64


@strawberry.type(description="A person, and everyone they brought.")
class TreePerson:
    view: strawberry.Private[JamView]
    count: strawberry.Private[ReachCount]
    number: strawberry.Private[int]

    @property
    def _member(self) -> e.Member:
        return self.count.forest.members[self.number]

    @strawberry.field
    def person(self) -> Author:
        return Author(view=self.view, person=self._member.person)

    @strawberry.field
    def role(self) -> Role:
        return self._member.role

    @strawberry.field
    def relation(self) -> Relation:
        return self._member.relation

    @strawberry.field
    def joined_at(self) -> Timestamp:
        return Timestamp(self._member.joined_at)

    @strawberry.field
    def is_suspended(self) -> bool:
        return self._member.is_suspended

    @strawberry.field
    def degree(self) -> int:
        return self.count.forest.degree[self.number]

    @described("How many they brought themselves.")
    def brought(self) -> int:
        return self.count.forest.brought[self.number]

    @described("How many stand below them, at any depth.")
    def below(self) -> int:
        return self.count.forest.below[self.number]

    @described("Ideas of theirs that stand, circles left out.")
    def ideas(self) -> int:
        return self.count.acts.ideas[self.number]

    @described("Comments of theirs that stand, circles left out.")
    def comments(self) -> int:
        return self.count.acts.comments[self.number]

    @described("Votes of theirs about ideas on the board, circles left out.")
    def votes(self) -> int:
        return self.count.acts.votes[self.number]

    @described("Those below them of whom something stands, them included.")
    def active_in_branch(self) -> int:
        return self.count.active[self.number]

    @described("Who brought them, and who brought those, from the first of all on.")
    def path(self) -> list["TreePerson"]:
        return [TreePerson(view=self.view, count=self.count, number=number) for number in self.count.forest.path(self.number)]

    @described("Whom they brought, those with the most people below them first.")
    def people(self, first: int = 50, after: str | None = strawberry.UNSET) -> "TreePersonConnection":
        children = self.count.forest.children(self.number)
        return connection(self.view, self.count, children, self.count.forest.brought[self.number], first, after or None)


@strawberry.type
class TreePersonEdge:
    page: strawberry.Private[Page[TreePerson]]
    key: strawberry.Private[tuple[Any, ...]]
    cursor: str = strawberry.field(resolver=cursor_of)
    node: TreePerson


@strawberry.type
class TreePersonConnection:
    page: strawberry.Private[Page[TreePerson]]

    @strawberry.field
    def edges(self) -> list[TreePersonEdge]:
        return [TreePersonEdge(page=self.page, key=key, node=node) for key, node in self.page.rows]

    page_info: PageInfo = strawberry.field(resolver=page_info_of)
    total_count: int = strawberry.field(resolver=total_of)


def connection(
    view: JamView, count: ReachCount, numbers: Iterator[int], total: int, first: int, after: str | None
) -> TreePersonConnection:
    """A page of siblings, heaviest first; of equals who joined first. In proportion to the siblings, not to who is below."""
    keyed = ((-count.forest.below[number], number) for number in numbers)
    if after is not None:
        behind = tuple(decode(after, BRANCHES, 2))
        keyed = (key for key in keyed if key > behind)
    taken = nsmallest(within(first) + 1, keyed)
    rows: list[Row[TreePerson]] = [(key, TreePerson(view=view, count=count, number=key[1])) for key in taken[:first]]
    return TreePersonConnection(page=Page(BRANCHES, rows, len(taken) > first, after is not None, lambda: total))


@strawberry.type(description="Who brought whom: everyone who joined, below whoever invited them.")
class InvitationTree:
    view: strawberry.Private[JamView]
    entity: strawberry.Private[ReachCount]

    @strawberry.field
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def members(self) -> int:
        return len(self.entity.forest)

    @described("A picture's worth of people: of a branch (`rootId` and below), or of all.")
    def columns(
        self, root_id: ID | None = strawberry.UNSET, depth: int = DEEPEST, first: int = 12_000
    ) -> InvitationTreeColumns:
        within(first, MOST_SHOWN)
        root = self._number(root_id) if root_id else None
        is_nobody = bool(root_id) and root is None
        shown = Shown.nobody() if is_nobody else heaviest(self.entity.forest, root, depth, first)
        return InvitationTreeColumns(view=self.view, count_=self.entity, shown=shown)

    @strawberry.field
    def person(self, id: ID) -> TreePerson | None:
        number = self._number(id)
        return None if number is None else TreePerson(view=self.view, count=self.entity, number=number)

    @described("People whose name has words that begin like this.")
    def search(self, text: str, first: int = 10) -> list[TreePerson]:
        found = (self._number(id) for id in self.view.services.people.search(self.view.state, text, within(first)))
        return [TreePerson(view=self.view, count=self.entity, number=number) for number in found if number is not None]

    @described("Those who came without an invitation, those with the most people below them first.")
    def people(self, first: int = 50, after: str | None = strawberry.UNSET) -> TreePersonConnection:
        forest = self.entity.forest
        return connection(self.view, self.entity, forest.children(), forest.root_count, first, after or None)

    def _number(self, person: str) -> int | None:
        return counted(self.view, self.entity.forest, person)


def counted(view: JamView, forest: Forest, person: str) -> int | None:
    """The number of a member who had joined when the count began."""
    number = view.state.member_numbers.get(person, NOBODY)
    return number if NOBODY < number < len(forest) else None


async def tree_of(view: JamView) -> InvitationTree | None:
    """Who brought whom, for those who answer for the jam."""
    if not view.may(Action.READ_BRANCHES):
        return None
    return InvitationTree(view=view, entity=await view.services.reach.of(view.state))


# ------------------------------------------------------------------------------------------------------------ one's own
@strawberry.type(description="Someone the viewer invited.")
class BroughtPerson:
    view: strawberry.Private[JamView]
    count: strawberry.Private[ReachCount]
    number: strawberry.Private[int]

    @strawberry.field
    def person(self) -> Author:
        return Author(view=self.view, person=self.count.forest.members[self.number].person)

    @strawberry.field
    def joined_at(self) -> Timestamp:
        return Timestamp(self.count.forest.members[self.number].joined_at)

    @described("How many came by way of them, at any depth; who those are is theirs to tell.")
    def below(self) -> int:
        return self.count.forest.below[self.number]


@strawberry.type
class ViewerBranch:
    view: strawberry.Private[JamView]
    count: strawberry.Private[ReachCount]
    number: strawberry.Private[int]

    @described("How many the viewer brought themselves.")
    def brought(self) -> int:
        return self.count.forest.brought[self.number]

    @described("How many came by way of the viewer, at any depth.")
    def below(self) -> int:
        return self.count.forest.below[self.number]

    @described("Whom the viewer brought, newest first.")
    def people(self, first: int = 50) -> list[BroughtPerson]:
        within(first)
        newest = nlargest(first, self.count.forest.children(self.number))
        return [BroughtPerson(view=self.view, count=self.count, number=number) for number in newest]


async def own_branch(view: JamView) -> ViewerBranch | None:
    """Those whom the viewer brought."""
    me = view.me
    if me is None:
        return None
    count = await view.services.reach.of(view.state)
    number = counted(view, count.forest, me.person)
    return None if number is None else ViewerBranch(view=view, count=count, number=number)
