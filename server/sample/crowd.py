"""The many who write nothing: when people join, what they support, like and look at. Drawn from a seed, and lifelike.

Few people and few ideas get most of the votes, people vote for what is new and in their language, and they sleep.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.jam import commands as c
from server.jam import ids
from server.sample import content as names
from server.sample.content import Row
from server.sample.story import Act, Story

LAST_MINUTE = 3_600
OPENS_AT_MINUTE = 9 * 60
"""Minute of the day at which ideation opened."""

NIGHT_ENDS, NIGHT_VOTES = 7 * 60, 0.12
"""Until seven in the morning, this share of the votes of the day is given."""

EAGERNESS = {"employee": 1.0, "family": 0.55, "friend": 0.5, "client": 0.6, "partner": 0.6}
OTHER_LANGUAGE = 0.6
SOON_MINUTES = 420.0
"""Mean time from a post to a vote for it."""

WITHDRAWN = 0.02
IN_THE_LOBBY = 0.45
SEEN_EVERY = 360


@dataclass(slots=True)
class Crowd:
    """Draws everything from one generator, person by person and post by post in their written order."""

    story: Story
    draw: random.Random
    joins: dict[str, float] = field(init=False)
    votes: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(idea, interval of `SEEN_EVERY` minutes) → votes."""

    def __post_init__(self) -> None:
        self.joins = self._joins()

    def acts(self) -> Iterator[Act]:
        """Votes, withdrawals, likes and views; those on something that was closed before are left out."""
        eagerness = self._eagerness()
        for idea in self.story.ideas.values():
            yield from self._votes(idea, eagerness)
        for comment in self.story.comments.values():
            yield from self._likes(comment, eagerness)
        yield from self._views()

    def _joins(self) -> dict[str, float]:
        """Person → minute; before ideation opened for those who waited in the lobby, and before their first act for all."""
        first = self.story.first_acts()
        joins: dict[str, float] = {}
        for id in self.story.people:
            latest = min(first.get(id, 1_500.0), 1_500.0)
            waits = latest <= 0 or self.draw.random() < IN_THE_LOBBY
            joins[id] = -self.draw.uniform(5, 1_400) if waits else self.draw.uniform(0, latest * 0.98)
        joins[names.ORGANIZER] = -1_440.0
        return joins

    def _eagerness(self) -> dict[str, float]:
        """Person → how readily they vote: a few much more than the others (rank^-0.35), employees more than guests."""
        ranks = list(range(1, len(self.story.people) + 1))
        self.draw.shuffle(ranks)
        pairs = zip(self.story.people.values(), ranks, strict=True)
        return {person["id"]: EAGERNESS[person["relation"]] * 3.0 * rank**-0.35 for person, rank in pairs}

    def _votes(self, idea: Row, eagerness: dict[str, float]) -> Iterator[Act]:
        closes = self.story.closes(idea["id"])
        for person in self.story.people.values():
            if person["id"] == idea["author"] or not self.story.admits(person, idea):
                continue
            taste = 1.0 if person["language"] == idea["lang"] else OTHER_LANGUAGE
            if self.draw.random() < idea["appeal"] ** 1.4 * eagerness[person["id"]] * taste:
                yield from self._vote(person["id"], idea, closes)

    def _vote(self, person: str, idea: Row, closes: float) -> Iterator[Act]:
        minute = self._moment(max(idea["at_minute"], self.joins[person]))
        if minute >= min(closes, LAST_MINUTE):
            return
        actor, target, id = names.person(person), names.idea_id(idea), f"sample:{names.JAM}:vote:{idea['id']}:{person}"
        yield Act(minute, 4, c.SupportIdea(actor=actor, id=id, idea=target))
        self.votes[(idea["id"], int(minute) // SEEN_EVERY)] += 1
        if self.draw.random() < WITHDRAWN:
            later = self._moment(minute)
            if later < min(closes, LAST_MINUTE):
                yield Act(later, 5, c.WithdrawSupport(actor=actor, id=f"{id}:back", idea=target))

    def _moment(self, after: float) -> float:
        """Some time after something: soon more often than late, and seldom at night."""
        while True:
            minute = after + 1 + self.draw.expovariate(1 / SOON_MINUTES)
            if (OPENS_AT_MINUTE + minute) % 1_440 >= NIGHT_ENDS or self.draw.random() < NIGHT_VOTES:
                return minute

    def _likes(self, comment: Row, eagerness: dict[str, float]) -> Iterator[Act]:
        idea = self.story.ideas[comment["idea"]]
        closes = min(self.story.closes(comment["id"], idea["id"]), LAST_MINUTE)
        charm = self.draw.random() ** 3 * 0.25
        for person in self.story.people.values():
            if (
                person["id"] != comment["author"]
                and self.story.admits(person, idea)
                and self.draw.random() < charm * eagerness[person["id"]]
            ):
                minute = self._moment(max(comment["at_minute"], self.joins[person["id"]]))
                id = f"sample:{names.JAM}:like:{comment['id']}:{person['id']}"
                if minute < closes:
                    yield Act(
                        minute, 4, c.LikeComment(actor=names.person(person["id"]), id=id, comment=names.comment_id(comment))
                    )

    def _views(self) -> Iterator[Act]:
        """Views of each idea, a few times as many as its votes, counted every six hours."""
        for interval in range(LAST_MINUTE // SEEN_EVERY):
            end = (interval + 1) * SEEN_EVERY
            shown = (idea for idea in self.story.ideas.values() if idea["at_minute"] < end)
            counts = {names.idea_id(i): 4 * self.votes[(i["id"], interval)] + self.draw.randrange(7) for i in shown}
            yield Act(end - 0.01, 8, c.CountSeen(actor=ids.SYSTEM, id=f"sample:{names.JAM}:seen:{interval}", counts=counts))
