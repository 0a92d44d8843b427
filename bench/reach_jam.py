"""Made-up jams in which people brought each other: most bring nobody, a few bring many, and whoever came early brought more."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from server.jam.entities import Comment, Idea, Member
from server.jam.people import Relation, Role
from server.jam.state import JamState
from server.jam.visibility import EVERYONE

IDEAS, COMMENTS, VOTES = 46_000, 20_000, 1_000_000
UNINVITED = 0.45
"""Share of the people who came by the company's sign-in."""


@dataclass(frozen=True, slots=True)
class Joining:
    """`inviter`: the place of whoever invited them, or None."""

    place: int
    inviter: int | None
    relation: Relation


def joinings(people: int, seed: int = 2006) -> Iterator[Joining]:
    """Who joins, one after the other. Employees come by themselves; others by who brought many already, or by anyone."""
    rng = random.Random(seed)
    eager: list[int] = []
    for place in range(people):
        if place < 20 or rng.random() < UNINVITED:
            yield Joining(place, None, Relation.EMPLOYEE)
            if rng.random() < 0.06:
                eager.append(place)
            continue
        inviter = rng.choice(eager) if eager and rng.random() < 0.8 else rng.randrange(place)
        if rng.random() < 0.05:
            eager.append(place)
        # Who has brought many brings more.
        eager.append(inviter)
        yield Joining(place, inviter, rng.choices(tuple(Relation), (1, 4, 5, 1, 1))[0])


def made_up_jam(people: int) -> JamState:
    """The state of a jam of InnovationJam's size, without a journal."""
    rng = random.Random(1)
    state = JamState()
    state.id, state.published = "made-up", True
    for joined in joinings(people):
        inviter = None if joined.inviter is None else f"p{joined.inviter}"
        state.member_numbers[f"p{joined.place}"] = joined.place
        state.members.append(Member(f"p{joined.place}", joined.place, Role.PARTICIPANT, joined.relation, joined.place, inviter))
    for number in range(IDEAS):
        author = rng.randrange(people)
        state.ideas.append(Idea(f"i{number}", number, "t", f"p{author}", "", "", "en", (), EVERYONE, 0))
        state.idea_numbers[f"i{number}"] = number
        state.members[author].ideas.append(number)
    for number in range(COMMENTS):
        author = f"p{rng.randrange(people)}"
        state.comments.append(Comment(f"c{number}", number, f"i{number % IDEAS}", None, author, "", "en", 0, 0))
    for vote in range(VOTES):
        state.members[rng.randrange(people)].supports.append(vote % IDEAS)
    return state
