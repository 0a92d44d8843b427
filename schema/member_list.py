"""The members as an organizer looks through them: any page of any selection at the cost of the page."""

from typing import TYPE_CHECKING, Any

import numpy as np
import strawberry

from schema import member as members
from schema.pages import Page, decode, no_page, within
from schema.view import JamView, coded
from server.jam.permissions import Action
from server.jam.rejections import InvalidInput
from server.roster import MemberActivity, MemberOrder, MemberQuery, MemberStanding

if TYPE_CHECKING:
    from schema.pages import Row

MEMBERS = "MEMBERS"
LONGEST_TEXT = 200

strawberry.enum(MemberOrder)
strawberry.enum(MemberStanding)
strawberry.enum(
    MemberActivity,
    description="ACTIVE: posted, commented or voted. NEVER_POSTED: no idea and no comment. INACTIVE: none of all that.",
)


async def members_of(
    view: JamView, query: MemberQuery, first: int, after: str | None, at: int | None
) -> "members.MemberConnection":
    """`first` members that match, behind the cursor or from the place `at` on; nobody for those who do not organize."""
    if not view.may(Action.ORGANIZE):
        return members.MemberConnection(page=no_page())
    within(first)
    if len(query.text) > LONGEST_TEXT:
        raise coded(InvalidInput("query", f"At most {LONGEST_TEXT} characters can be searched for."))
    found = await view.services.roster.find(view.state, query)
    start = await _start(view, query, found, after, at)
    rows = [_row(view, int(number)) for number in found[start : start + first]]
    page = Page(MEMBERS, rows, start + first < len(found), start > 0, lambda: len(found))
    return members.MemberConnection(page=page, start=start, found=found, view=view)


async def _start(view: JamView, query: MemberQuery, found: Any, after: str | None, at: int | None) -> int:
    if after is not None and at is not None:
        raise coded(InvalidInput("at", "Ask from a place or behind a cursor, not both."))
    if at is not None:
        if not 0 <= at <= 2**31:
            raise coded(InvalidInput("at", "A place is a number from 0 on."))
        return at
    if after is None:
        return 0
    return await _behind(view, query, found, decode(after, MEMBERS, 1)[0])


async def _behind(view: JamView, query: MemberQuery, found: Any, number: float) -> int:
    """The place behind a member, who may not be in the selection any more: behind those who come before them."""
    here = np.flatnonzero(found == number)
    if len(here):
        return int(here[0]) + 1
    everyone = await view.services.roster.find(view.state, MemberQuery(query.order))
    rank = {int(one): place for place, one in enumerate(everyone)}
    mine = rank.get(int(number), -1)
    return sum(1 for one in found if rank.get(int(one), -1) <= mine)


def _row(view: JamView, number: int) -> "Row[members.Member]":
    return (number,), members.Member(view=view, entity=view.state.members[number])
