"""The numbers an executive ranks themes by. Each counts only listed ideas that the viewer may see, and no circle's.

All are pure functions of the state, the viewer and an instant, each with its formula.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from server.jam.entities import Idea, Member, Theme
from server.jam.people import RELATIONS, Viewer
from server.jam.state import JamState

BUCKETS, SIXTHS = 24, 6
AT_ONCE = 2_000
"""Members that are looked at in one step."""

CountryOf = Callable[[str], str | None]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Briefing:
    """What stands beside a theme; `supporters`, `topics`, `countries` and `relations` count different ones."""

    rank: int
    support: int
    supporters: int
    topics: int
    countries: int
    relations: int
    breadth: float
    momentum: float
    novelty: float
    support_over_time: tuple[int, ...]
    support_by_relation: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which ideas were posted and supported so far, in milliseconds since 1970; empty before the doors open."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        return self.end <= self.start


def span_of(state: JamState, now: int) -> Span:
    """From the opening of ideation to now, or to the opening of the review, when voting has ended."""
    if state.schedule is None:
        return Span(state.created_at, now)
    return Span(state.schedule.ideation_at, min(now, state.schedule.review_at))


class Ground:
    """What all themes of a jam are measured against, for one viewer at one instant; made once for all of them."""

    def __init__(self, state: JamState, viewer: Viewer, now: int, country_of: CountryOf) -> None:
        self.state = state
        self.viewer = viewer
        self.span = span_of(state, now)
        self._member_count = len(state.members)
        self._country_of = country_of

    def ideas(self, theme: Theme) -> list[Idea]:
        """The theme's listed ideas that the viewer may see, in order of posting."""
        ideas = (self.state.ideas[number] for number in sorted(theme.ideas))
        return [idea for idea in ideas if idea.is_listed and idea.reach.circle is None and self._sees(idea)]

    def _sees(self, idea: Idea) -> bool:
        return self.state.sees_idea(self.viewer, idea)

    @cached_property
    def relations(self) -> Numbers:
        """The place of each member's relation in RELATIONS, by member number (members,)."""
        return _array(self._relations())

    @cached_property
    def countries(self) -> Numbers:
        """A number for each member's country, by member number (members,); -1 where it is not known."""
        return _array(self._countries())

    @cached_property
    def relation_count(self) -> int:
        """How many different relations members have."""
        return _known(self.relations)

    @cached_property
    def country_count(self) -> int:
        """From how many different countries members are known to be."""
        return _known(self.countries)

    def prepared(self) -> Iterator[None]:
        """Finds out about all members in small steps, with None after each. Who joins meanwhile is in no figure."""
        for name, parts in (("relations", self._relations()), ("countries", self._countries())):
            found: list[int] = []
            for part in parts:
                found += part
                yield None
            setattr(self, name, np.array(found, dtype=np.int64))

    def _relations(self) -> Iterator[list[int]]:
        place = {relation: index for index, relation in enumerate(RELATIONS)}
        for part in self._members():
            yield [place[member.relation] for member in part]

    def _countries(self) -> Iterator[list[int]]:
        codes: dict[str, int] = {}
        for part in self._members():
            known = (self._country_of(member.person) for member in part)
            yield [-1 if country is None else codes.setdefault(country, len(codes)) for country in known]

    def _members(self) -> Iterator[list[Member]]:
        """The members there are at the beginning, some at a time."""
        for start in range(0, self._member_count, AT_ONCE):
            yield self.state.members[start : min(start + AT_ONCE, self._member_count)]

    @cached_property
    def topic_count(self) -> int:
        return sum(1 for topic in self.state.topics.values() if self.state.sees_topic(self.viewer, topic))

    def rank(self, theme: Theme) -> int:
        """1 + how many themes beside it (of the board, or of its parent) have more support; of equals those with more ideas."""
        rivals = (other for other in self.state.themes.values() if other.parent == theme.parent and other.merged_into is None)
        mine = self._standing(theme)
        return 1 + sum(1 for other in rivals if self._standing(other) > mine)

    def _standing(self, theme: Theme) -> tuple[int, int]:
        count = self.state.tallies.of(theme.id, self.viewer)
        return count.supports, count.ideas


def brief(ground: Ground, theme: Theme) -> Briefing:
    """All numbers of a theme."""
    ideas = ground.ideas(theme)
    supporters = supporters_of(ideas)
    topics = len({idea.topic for idea in ideas})
    countries, relations = _different(ground.countries, supporters), _different(ground.relations, supporters)
    reached = (topics, ground.topic_count), (countries, ground.country_count), (relations, ground.relation_count)
    times = support_times(ground.state, ideas)
    return Briefing(
        rank=ground.rank(theme),
        support=sum(idea.support for idea in ideas),
        supporters=len(supporters),
        topics=topics,
        countries=countries,
        relations=relations,
        breadth=breadth(reached),
        momentum=momentum(times, ground.span),
        novelty=novelty(ideas, ground.span),
        support_over_time=tuple(histogram(times, ground.span, BUCKETS)),
        support_by_relation=support_by_relation(ideas),
    )


def briefed(ground: Ground) -> Iterator[Mapping[str, Briefing] | None]:
    """All numbers of all themes that stand, in small steps: None after each, and the numbers by theme at last.

    What is done between two steps may count for one theme and not for another: a jam goes on while it is counted.
    """
    yield from ground.prepared()
    numbers: dict[str, Briefing] = {}
    for id in list(ground.state.themes):
        theme = ground.state.themes.get(id)
        if theme is not None and theme.merged_into is None:
            numbers[id] = brief(ground, theme)
            yield None
    yield numbers


def supporters_of(ideas: Sequence[Idea]) -> Numbers:
    """The numbers of all members who support at least one of the ideas, each once, ascending."""
    if not ideas:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.bincount(np.concatenate([np.frombuffer(idea.supporters, dtype=np.uint32) for idea in ideas])))


def support_by_relation(ideas: Sequence[Idea]) -> tuple[int, ...]:
    """Supports by what their givers are to the company, in the order of RELATIONS; together they are the support."""
    return tuple(sum(idea.by_relation[place] for idea in ideas) for place in range(len(RELATIONS)))


def support_times(state: JamState, ideas: Sequence[Idea]) -> Numbers:
    """When each support was given, in milliseconds since 1970, to the second (supports,)."""
    if not ideas:
        return np.empty(0, dtype=np.int64)
    seconds = np.concatenate([np.frombuffer(idea.support_times, dtype=np.uint32) for idea in ideas]).astype(np.int64)
    return state.created_at + 1000 * seconds


def histogram(times: Numbers, span: Span, buckets: int) -> list[int]:
    """How many of the times fall into each of `buckets` equal parts of the span; those outside count at its ends."""
    if span.is_empty or not len(times):
        return [0] * buckets
    place = (times - span.start) * buckets // (span.end - span.start)
    counts = np.bincount(np.clip(place, 0, buckets - 1), minlength=buckets)
    return [int(count) for count in counts]


def momentum(times: Numbers, span: Span) -> float:
    """Support in the last sixth of the span, as a multiple of the mean sixth before it: s6 / (max(1, s1 + … + s5) / 5).

    A theme without earlier support is measured against one earlier support, so that the number stays finite.
    """
    *before, last = histogram(times, span, SIXTHS)
    return last / (max(1, sum(before)) / len(before))


def novelty(ideas: Sequence[Idea], span: Span) -> float:
    """Share of the ideas that were posted in the last third of the span, 0 to 1; 0 of none."""
    if not ideas or span.is_empty:
        return 0.0
    begins = span.end - (span.end - span.start) / 3
    return sum(1 for idea in ideas if idea.posted_at >= begins) / len(ideas)


def breadth(reached: Sequence[tuple[int, int]]) -> float:
    """The mean of the shares reached / there are, 0 to 1. What nobody could reach (none there) counts as 0."""
    shares = [min(1.0, part / whole) if whole else 0.0 for part, whole in reached]
    return sum(shares) / len(shares)


def _array(parts: Iterator[list[int]]) -> Numbers:
    return np.array([one for part in parts for one in part], dtype=np.int64)


def _different(codes: Numbers, members: Numbers) -> int:
    """How many different known codes the members have. Whoever joined after the codes were found has none."""
    return _known(codes[members[: np.searchsorted(members, len(codes))]])


def _known(codes: Numbers) -> int:
    return int(np.count_nonzero(np.bincount(codes[codes >= 0])))
