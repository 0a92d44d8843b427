"""Whom a person brought, at any depth, and what revoking that branch would concern."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from server.jam.entities import Comment, Idea, Member
from server.jam.state import JamState
from server.jam.visibility import ContentStatus

SHOWN = frozenset({ContentStatus.VISIBLE, ContentStatus.MERGED})


class Reckoning(NamedTuple):
    """What revoking a branch concerns, as numbers: `active` people are not suspended already."""

    people: int
    active: int
    ideas: int
    comments: int
    invitations: int


def branch_of(state: JamState, root: Member) -> list[Member]:
    """The member and all whom they brought, in order of joining, but for the erased. Whoever invites joined before those who
    come: one walk finds them all."""
    inside, found = {root.person}, [root]
    for member in islice(state.members, root.number + 1, None):
        if member.invited_by in inside:
            inside.add(member.person)
            found.append(member)
    return [member for member in found if not member.erased]


def ideas_of(state: JamState, people: Collection[Member]) -> Iterator[Idea]:
    """What they posted that can be seen, or that went out of sight with another branch."""
    ideas = (state.ideas[number] for member in people for number in member.ideas)
    return (idea for idea in ideas if idea.held is not None or idea.status in SHOWN)


def comments_of(state: JamState, people: Collection[Member]) -> Iterator[Comment]:
    """The same of their comments."""
    authors = {member.person for member in people if member.comment_count}
    written = (comment for comment in state.comments if comment.author in authors) if authors else iter(())
    return (comment for comment in written if comment.held is not None or comment.status in SHOWN)


def invitations_of(state: JamState, people: Collection[Member]) -> Iterator[str]:
    """Ids of their invitations that are not revoked, or only with another branch."""
    makers = {member.person for member in people}
    made = (invitation for invitation in state.invitations.values() if invitation.by in makers)
    return (invitation.id for invitation in made if invitation.held or not invitation.revoked)


def reckon(state: JamState, root: Member) -> Reckoning:
    """What revoking the member's branch now would concern; what they wrote in circles goes with it, and shows in no number."""
    people = branch_of(state, root)
    return Reckoning(
        people=len(people),
        active=sum(1 for member in people if not member.is_suspended),
        ideas=sum(1 for idea in ideas_of(state, people) if idea.reach.circle is None),
        comments=sum(1 for one in comments_of(state, people) if state.ideas[state.idea_numbers[one.idea]].reach.circle is None),
        invitations=sum(1 for _ in invitations_of(state, people)),
    )
