"""Plays the sample jam on as if people were there: they vote, like, comment, answer, and now and then post an idea."""

import asyncio
import math
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from server.jam import commands as c
from server.jam.apply.packed import has
from server.jam.decide.asking import open_to_additions
from server.jam.entities import Comment, Idea, Member
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam.visibility import ContentStatus
from server.jam_store import JamStore
from server.sample import content as names
from server.sample.content import Row, content

SECONDS: Mapping[str, float] = {"vote": 1.6, "like": 9.0, "comment": 14.0, "idea": 75.0}
"""Mean time between two acts of a kind, at speed 1."""

WITHDRAWS, ANSWERS = 0.04, 0.45
FRESH = 40
"""The newest ideas, which are twice as likely to be looked at."""

PEOPLE_TRIED, IDEAS_TRIED = 4, 6


class Speaker(Protocol):
    @property
    def language(self) -> str: ...


class People(Protocol):
    def person(self, id: str) -> Speaker | None:
        """Who has this id."""


@dataclass(slots=True)
class _Crowd:
    """Decides, from a seeded generator and the state as it is, what someone does next. It acts only where the rules allow."""

    state: JamState
    people: People
    draw: random.Random
    run: str
    count: int = 0
    ideas: list[Row] = field(default_factory=list)
    remarks: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    said: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        known = self.state.idea_numbers
        self.ideas = [row for row in content().held_back() if names.idea_id(row) not in known]
        self.draw.shuffle(self.ideas)

    def next(self, kind: str) -> c.Command | None:
        """Something of this kind that someone would do now; None if nobody would."""
        acts: Mapping[str, Callable[[], c.Command | None]] = {
            "vote": self._vote, "like": self._like, "comment": self._comment, "idea": self._idea,
        }  # fmt: skip
        self.count += 1
        return acts[kind]()

    def _id(self) -> str:
        return f"live:{self.run}:{self.count}"

    # ---------------------------------------------------------------------------------------------------- who, and what
    def _someone(self) -> Member:
        """A member; the early ones more often than the late."""
        place = int(len(self.state.members) * self.draw.random() ** 1.4)
        return self.state.members[place]

    def _places(self) -> Iterator[Idea]:
        """Ideas as people come across them: popular ones and new ones more often."""
        for _ in range(IDEAS_TRIED):
            ideas = self.state.ideas[-FRESH:] if self.draw.random() < 0.5 else self.state.ideas
            first, second = self.draw.choice(ideas), self.draw.choice(ideas)
            yield max(first, second, key=lambda idea: idea.support)

    def _meeting(self, fits: Callable[[Member, Idea], bool]) -> tuple[Member, Idea] | None:
        """Someone who comes across an idea that is for them and still open, and that fits."""
        for _ in range(PEOPLE_TRIED):
            member = self._someone()
            for idea in self._places() if self.state.ideas else ():
                if self._is_open_for(member, idea) and fits(member, idea):
                    return member, idea
        return None

    def _is_open_for(self, member: Member, idea: Idea) -> bool:
        if not idea.is_listed or not self.state.sees_idea(self.state.viewer(member.person), idea):
            return False
        with suppress(Rejection):
            open_to_additions(self.state, member.person, idea)
            return True
        return False

    def _speaks(self, member: Member) -> str:
        person = self.people.person(member.person)
        return person.language if person is not None else self.state.main_language

    # ------------------------------------------------------------------------------------------------------------- acts
    def _vote(self) -> c.Command | None:
        if self.draw.random() < WITHDRAWS:
            return self._withdraw()
        met = self._meeting(lambda member, idea: idea.author != member.person and not has(member.supports, idea.number))
        return c.SupportIdea(actor=met[0].person, id=self._id(), idea=met[1].id) if met is not None else None

    def _withdraw(self) -> c.Command | None:
        met = self._meeting(lambda member, idea: has(member.supports, idea.number))
        return c.WithdrawSupport(actor=met[0].person, id=self._id(), idea=met[1].id) if met is not None else None

    def _like(self) -> c.Command | None:
        met = self._meeting(lambda member, idea: bool(self._others(member, idea)))
        if met is None:
            return None
        comment = self.draw.choice(self._others(*met))
        return c.LikeComment(actor=met[0].person, id=self._id(), comment=comment.id)

    def _others(self, member: Member, idea: Idea) -> list[Comment]:
        """Comments that the member could like, or answer."""
        comments = (self.state.comments[number] for number in idea.comments)
        seen = [comment for comment in comments if comment.status is ContentStatus.VISIBLE]
        return [comment for comment in seen if comment.author != member.person and not has(comment.likers, member.number)]

    def _comment(self) -> c.Command | None:
        met = self._meeting(lambda member, idea: idea.author != member.person and self._speaks(member) == idea.language)
        if met is None:
            return None
        member, idea = met
        answerable = self._others(member, idea)
        parent = self.draw.choice(answerable) if answerable and self.draw.random() < ANSWERS else None
        body = self._words(idea, "comment" if parent is None else "reply")
        if body is None:
            return None
        answers = parent.id if parent is not None else None
        return c.PostComment(
            actor=member.person, id=self._id(), idea=idea.id, body=body, parent=answers, language=idea.language
        )

    def _words(self, idea: Idea, kind: str) -> str | None:
        """A remark that nobody has made about this idea; each is used once before any is used again."""
        stock = self.remarks.setdefault((idea.language, kind), [])
        if not stock:
            stock += [row["body"] for row in content().remarks if (row["lang"], row["kind"]) == (idea.language, kind)]
            self.draw.shuffle(stock)
        fresh = next((body for body in stock if (idea.id, body) not in self.said), None)
        if fresh is not None:
            stock.remove(fresh)
            self.said.add((idea.id, fresh))
        return fresh

    def _idea(self) -> c.Command | None:
        """The next idea that was held back; it names itself, so that it is posted once however often the jam is played."""
        if not self.ideas:
            return None
        row = self.ideas.pop()
        written = content()
        topic = next(topic for topic in written.jam["topics"] if topic["id"] == row["topic"])
        parents = tuple(parent for parent in written.ideas if parent["id"] in row["builds_on"])
        return names.post_idea(row, topic, parents)


async def play_live(
    store: JamStore,
    slug: str,
    people: People,
    speed: float,
    stop: asyncio.Event,
    duration_s: float | None = None,
    seed: int | None = None,
) -> int:
    """Plays until `stop` is set or `duration_s` seconds are over; returns how many commands took effect.

    `speed` 1 is a vote every 1.6 seconds. What the rules refuse meanwhile (a phase that closed, an idea that was locked) is
    left undone, as it would be by people. Raises `ValueError` for an unknown jam or a speed that is not positive.
    """
    state = store.by_slug(slug)
    if state is None or speed <= 0:
        raise ValueError(f"there is no jam {slug} to play" if state is None else "the speed must be above 0")
    draw = random.Random(seed)
    crowd = _Crowd(state, people, draw, f"{state.seq}-{draw.getrandbits(32):08x}")
    pause = 1 / sum(1 / seconds for seconds in SECONDS.values()) / speed
    clock = asyncio.get_running_loop().time
    ends, done = clock() + (math.inf if duration_s is None else duration_s), 0
    while clock() < ends and not await _stopped(stop, min(draw.expovariate(1 / pause), ends - clock())):
        done += await _act(store, crowd)
    return done


async def _stopped(stop: asyncio.Event, wait_s: float) -> bool:
    """Waits; True as soon as someone wants it to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), wait_s)
    return stop.is_set()


async def _act(store: JamStore, crowd: _Crowd) -> bool:
    """One act, if someone would and may; whether it took effect."""
    kind = crowd.draw.choices(list(SECONDS), [1 / seconds for seconds in SECONDS.values()])[0]
    command = crowd.next(kind)
    if command is None:
        return False
    with suppress(Rejection):
        await store.submit(crowd.state.id, command)
        return True
    return False
