"""The reach meter: how many were invited, joined and take part, as counted. Nothing here is an estimate.

- **invited**: addresses to which people asked an invitation to be mailed, once for each invitation. A link or a code can be
  passed on to any number of people, so nobody knows how many were invited by one, and none are counted.
- **delivered**: those of them that a mail server took; nobody knows whether they were read. **failed**: those that none took.
- **accepted**: those of them by which somebody joined.
- **joined**: people who became members, whatever became of them since; **suspended** are those of them who are out for now.
- **active**: members of whom something stands: an idea (or one merged into another), a comment, or a vote (support, disagree or
  pass, about an idea on the board). What was hidden or removed does not stand. What belongs to a circle is never counted:
  nobody outside may notice it. What was posted without a name is nobody's.
- **degree**: how many invitations lie between a person and someone who came without one (who made the jam, signed in by the
  company, was imported). 0 came without any; 1 was invited by one of those. An invitation's degree is that of whoever joins by
  it.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from server.jam.entities import Idea, Invitation, Member, Numbers
from server.jam.forest import NOBODY, Forest, planting, slices
from server.jam.invitations import InvitationKind
from server.jam.people import RELATIONS, Relation
from server.jam.state import JamState
from server.jam.visibility import ContentStatus

CountryOf = Callable[[str], str | None]
BYTES = 4


@dataclass(slots=True)
class Figures:
    """The figures of everybody, or of one relation, degree or country. See the module for what each counts."""

    invited: int = 0
    delivered: int = 0
    failed: int = 0
    accepted: int = 0
    joined: int = 0
    active: int = 0

    def add(self, other: "Figures") -> None:
        self.invited += other.invited
        self.delivered += other.delivered
        self.failed += other.failed
        self.accepted += other.accepted
        self.joined += other.joined
        self.active += other.active


@dataclass(slots=True)
class Acts:
    """What of each member stands, by member number: ideas, comments and votes."""

    ideas: Numbers
    comments: Numbers
    votes: Numbers

    @classmethod
    def none(cls, count: int) -> "Acts":
        return cls(*(array("I", bytes(BYTES * count)) for _ in range(3)))

    def is_active(self, number: int) -> bool:
        return bool(self.ideas[number] or self.comments[number] or self.votes[number])


@dataclass(slots=True)
class ReachCount:
    """A jam's reach at event `seq`. `ways` counts who joined by the kind of their invitation; None: without one.

    `active`, by member number: how many of a branch are active, the member included. `by_country` has None for those who told
    no country. `by_degree` goes from 0 to the deepest there is.
    """

    seq: int
    forest: Forest
    acts: Acts
    active: Numbers
    total: Figures = field(default_factory=Figures)
    posted: int = 0
    commented: int = 0
    voted: int = 0
    suspended: int = 0
    by_relation: dict[Relation, Figures] = field(default_factory=lambda: {relation: Figures() for relation in RELATIONS})
    by_degree: defaultdict[int, Figures] = field(default_factory=lambda: defaultdict(Figures))
    by_country: defaultdict[str | None, Figures] = field(default_factory=lambda: defaultdict(Figures))
    ways: defaultdict[InvitationKind | None, int] = field(default_factory=lambda: defaultdict(int))


def counting(state: JamState, country: CountryOf) -> Iterator[ReachCount | None]:
    """Counts in many small steps: None after each, and the count at last. In proportion to members, ideas and comments.

    Whoever joins between two steps is not counted; what is done between two steps may be: a jam goes on while it is counted.
    """
    seq = state.seq
    for forest in planting(state):
        if forest is None:
            yield None
            continue
        count = ReachCount(seq, forest, Acts.none(len(forest)), array("I", bytes(BYTES * len(forest))))
        yield from _acts(state, count)
        yield from _branches(count)
        yield from _members(state, count, country)
        yield from _invitations(state, count)
        yield count


# ------------------------------------------------------------------------------------------------------ what people did
def stands(idea: Idea) -> bool:
    """Whether an idea counts as something its author did: it stands, by itself or in another, and belongs to no circle."""
    return idea.reach.circle is None and idea.status in (ContentStatus.VISIBLE, ContentStatus.MERGED)


def _acts(state: JamState, count: ReachCount) -> Iterator[None]:
    yield from _ideas(state, count)
    yield from _comments(state, count)
    yield from _votes(state, count)


def _ideas(state: JamState, count: ReachCount) -> Iterator[None]:
    numbers, ideas, last = state.member_numbers, count.acts.ideas, len(count.forest)
    for start, end in slices(len(state.ideas)):
        for idea in state.ideas[start:end]:
            author = numbers.get(idea.author, last)
            if author < last and stands(idea):
                ideas[author] += 1
        yield None


def _comments(state: JamState, count: ReachCount) -> Iterator[None]:
    numbers, comments, last = state.member_numbers, count.acts.comments, len(count.forest)
    places, known = state.idea_numbers, state.ideas
    for start, end in slices(len(state.comments)):
        for comment in state.comments[start:end]:
            author = numbers.get(comment.author, last)
            if author < last and comment.status is ContentStatus.VISIBLE and stands(known[places[comment.idea]]):
                comments[author] += 1
        yield None


def _votes(state: JamState, count: ReachCount) -> Iterator[None]:
    """Everybody's votes without looking at each: all that a member gave, less those for the few ideas that are on no board."""
    votes, last = count.acts.votes, len(count.forest)
    for start, end in slices(last):
        for member in count.forest.members[start:end]:
            votes[member.number] = len(member.supports)
            if member.disagrees or member.passes:
                votes[member.number] += _stances(state, member)
        yield None
    for start, end in slices(len(state.ideas)):
        for idea in state.ideas[start:end]:
            if not _is_on_board(idea):
                for number in idea.supporters:
                    if number < last and votes[number]:
                        votes[number] -= 1
        yield None


def _stances(state: JamState, member: Member) -> int:
    return sum(1 for numbers in (member.disagrees, member.passes) for number in numbers if _is_on_board(state.ideas[number]))


def _is_on_board(idea: Idea) -> bool:
    return idea.is_listed and idea.reach.circle is None


# ------------------------------------------------------------------------------------------------------ adding them up
def _branches(count: ReachCount) -> Iterator[None]:
    """Children have higher numbers than whoever brought them: from the last on, each branch is complete when it is reached."""
    active, acts, parent = count.active, count.acts, count.forest.parent
    for start, end in reversed(list(slices(len(count.forest)))):
        for number in range(end - 1, start - 1, -1):
            active[number] += acts.is_active(number)
            if parent[number] != NOBODY:
                active[parent[number]] += active[number]
        yield None


def _members(state: JamState, count: ReachCount, country: CountryOf) -> Iterator[None]:
    for start, end in slices(len(count.forest)):
        for member in count.forest.members[start:end]:
            _joined(state, count, member, country(member.person))
        yield None


def _joined(state: JamState, count: ReachCount, member: Member, country: str | None) -> None:
    acts, number = count.acts, member.number
    posted, commented, voted = bool(acts.ideas[number]), bool(acts.comments[number]), bool(acts.votes[number])
    is_active = posted or commented or voted
    degree = count.forest.degree[number]
    for figures in (count.total, count.by_relation[member.relation], count.by_degree[degree], count.by_country[country]):
        figures.joined += 1
        figures.active += is_active
    count.posted += posted
    count.commented += commented
    count.voted += voted
    count.suspended += member.is_suspended
    invitation = None if member.invitation is None else state.invitation(member.invitation)
    count.ways[None if invitation is None else invitation.kind] += 1


def _invitations(state: JamState, count: ReachCount) -> Iterator[None]:
    made = list(state.invitations.values())
    for start, end in slices(len(made)):
        for invitation in made[start:end]:
            _invited(state, count, invitation)
        yield None


def _invited(state: JamState, count: ReachCount, invitation: Invitation) -> None:
    if invitation.kind is not InvitationKind.MAIL:
        return
    degree = _degree_of(state, count, invitation)
    for figures in (count.total, count.by_relation[invitation.relation], count.by_degree[degree]):
        figures.invited += invitation.max_uses
        figures.delivered += invitation.max_uses * (invitation.delivered_at is not None)
        figures.failed += invitation.max_uses * invitation.failed
        figures.accepted += invitation.uses


def _degree_of(state: JamState, count: ReachCount, invitation: Invitation) -> int:
    """That of whoever joins by it: one more than the inviter's; 0 where the server itself invited."""
    inviter = state.member_numbers.get(invitation.by, len(count.forest))
    return 0 if inviter >= len(count.forest) else count.forest.degree[inviter] + 1
