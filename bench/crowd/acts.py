"""What the people of a jam do: they join, post, build on each other, comment, support and change their minds.

Attention is as in real jams: the r-th idea gets a share of about 1/r of the votes and comments (Zipf), and few people do much
of all (the n-th of N acts with a density of about 1/√n).
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

WITHDRAWN = 0.02
BUILT_ON = 0.25
HEBREW = 0.15
TRIES = 20
ENGLISH_WORDS = """
a shared garden for every office roof, watered by the rain that falls on it; learning circles that meet over lunch and teach
what one of us knows; buses that wait for the late shift; a library of tools; open days at the laboratory for families; a
marketplace for spare parts; mentors for those who come back to work; energy from the heat of our servers
"""
HEBREW_WORDS = """
גינה משותפת על כל גג, מעגלי לימוד בהפסקת הצהריים, אוטובוס שמחכה למשמרת המאוחרת, ספריית כלים לכולם, ימים פתוחים במעבדה
למשפחות, שוק לחלקי חילוף, חונכים לחוזרים לעבודה, אנרגיה מהחום של השרתים
"""
WORDS = {"en": ENGLISH_WORDS.split(), "he": HEBREW_WORDS.split()}
Told = dict[str, Any]
JOIN = "mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { ... on MembershipSuccess { seq } } }"
POST = "mutation ($input: PostIdeaInput!) { postIdea(input: $input) { ... on IdeaSuccess { seq idea { id } } } }"
COMMENT = "mutation ($input: PostCommentInput!) { postComment(input: $input) { ... on CommentSuccess { seq comment { id } } } }"
SUPPORT = "mutation ($input: IdeaInput!) { supportIdea(input: $input) { ... on IdeaSuccess { seq } } }"
WITHDRAW = "mutation ($input: IdeaInput!) { withdrawSupport(input: $input) { ... on IdeaSuccess { seq } } }"


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens."""

    people: int = 150_000
    ideas: int = 46_000
    votes: int = 1_000_000
    comments: int = 20_000

    def scaled(self, scale: float) -> "Size":
        return Size(*(max(1, round(scale * count)) for count in (self.people, self.ideas, self.votes, self.comments)))

    @property
    def acts(self) -> int:
        return self.people + self.ideas + self.votes + self.comments


@dataclass(frozen=True, slots=True)
class Act:
    """A mutation by a person; `acknowledged` is given the answer's data under the mutation's name."""

    person: int
    body: bytes
    acknowledged: Callable[[Told], None]


@dataclass(slots=True)
class Acknowledged:
    """Everything that the server has said to be so; people by number, ideas and comments by id."""

    joined: list[int] = field(default_factory=list)
    ideas: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    supports: list[set[str]] = field(default_factory=list)
    votes: int = 0

    @property
    def acts(self) -> int:
        return len(self.joined) + len(self.ideas) + len(self.comments) + self.votes


class Crowd:
    """Draws the acts of a jam one by one, each on what has been acknowledged by then; the dice are the same each time."""

    def __init__(self, size: Size, jam: str, topic: str, invitations: Sequence[str], seed: int = 2006) -> None:
        self.done = Acknowledged(supports=[set() for _ in range(size.people)])
        self._size = size
        self._jam = jam
        self._topic = topic
        self._invitations = invitations
        self._dice = random.Random(seed)
        self._made = 0
        self._busy: set[tuple[int, str]] = set()

    def joins(self) -> Iterator[Act]:
        """Everyone joins, by the invitation that they were given."""
        for person in range(self._size.people):
            yield self._join(person, self._invitations[person % len(self._invitations)])

    def opening(self) -> Iterator[Act]:
        """The first idea, without which there is nothing to vote for."""
        yield self._post()

    def acts(self) -> Iterator[Act]:
        """All other posts, and the comments and votes, shuffled; to be asked for when the first idea has been acknowledged."""
        left = {self._post: self._size.ideas - 1, self._comment: self._size.comments, self._vote: self._size.votes}
        while any(left.values()):
            draw = self._dice.choices(list(left), list(left.values()))[0]
            left[draw] -= 1
            yield draw()

    # ---- the kinds

    def _join(self, person: int, token: str) -> Act:
        return self._act(person, JOIN, {"token": token}, lambda _: self.done.joined.append(person))

    def _post(self) -> Act:
        parents = [self._idea()] if self.done.ideas and self._dice.random() < BUILT_ON else []
        given: Told = {
            "jamId": self._jam,
            "topicId": self._topic,
            "title": self._words(6),
            "body": self._words(40),
            "parentIds": parents,
        }
        return self._act(self._person(), POST, given, lambda told: self.done.ideas.append(_id(told, "idea")))

    def _comment(self) -> Act:
        given = {"ideaId": self._idea(), "body": self._words(18)}
        return self._act(self._person(), COMMENT, given, lambda told: self.done.comments.append(_id(told, "comment")))

    def _vote(self) -> Act:
        if self._dice.random() < WITHDRAWN:
            person = self._person()
            held = [idea for idea in self.done.supports[person] if (person, idea) not in self._busy]
            if held:
                return self._voting(person, self._dice.choice(sorted(held)), WITHDRAW)
        return self._voting(*self._new_pair(), SUPPORT)

    def _new_pair(self) -> tuple[int, str]:
        """Someone, and an idea that they do not support yet; after many tries one that they do, which changes nothing."""
        for tries in itertools.count():
            person, idea = self._person(), self._idea()
            if (person, idea) not in self._busy and (idea not in self.done.supports[person] or tries > TRIES):
                break
        return person, idea

    def _voting(self, person: int, idea: str, document: str) -> Act:
        self._busy.add((person, idea))

        def acknowledged(_: Told) -> None:
            self._busy.discard((person, idea))
            self.done.votes += 1
            if document is SUPPORT:
                self.done.supports[person].add(idea)
            else:
                self.done.supports[person].discard(idea)

        return self._act(person, document, {"ideaId": idea}, acknowledged)

    # ---- the dice

    def _person(self) -> int:
        return int(self._size.people * self._dice.random() ** 2)

    def _idea(self) -> str:
        posted = self.done.ideas
        rank = int(math.exp(self._dice.random() * math.log(len(posted) + 1)))
        return posted[min(rank, len(posted)) - 1]

    def _words(self, count: int) -> str:
        words = WORDS["he" if self._dice.random() < HEBREW else "en"]
        return " ".join(self._dice.choices(words, k=count))[: 115 if count < 10 else 2_000].strip()

    def _act(self, person: int, document: str, given: Told, acknowledged: Callable[[Told], None]) -> Act:
        self._made += 1
        body = orjson.dumps({"query": document, "variables": {"input": {"commandId": f"crowd-{self._made:08}", **given}}})
        return Act(person, body, acknowledged)


def _id(told: Told, kind: str) -> str:
    return str(told[kind]["id"])
