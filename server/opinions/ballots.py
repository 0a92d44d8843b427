"""The votes of a jam as the clustering process gets them: of ideas for everyone only, in packed columns, without a name."""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from server.jam.entities import Idea, Numbers
from server.jam.state import JamState

_SLICE = 500


def numbers() -> Numbers:
    return array("I")


@dataclass(slots=True)
class Ballots:
    """Columns of four-byte numbers. `ideas`: ids, by place. `posted`: seconds since the jam was created, by place. Of each
    support the place of its idea (`supported`), the member's number and its time in seconds (`voters`, `times`). Of each
    disagreement and pass place and member. `themes` and `subthemes`: by place an index into the ids, -1 for none. `since`: the
    second at which the recent part of the jam begins. `known`: the members' groups of the last reading, by member number."""

    jam: str
    since: int
    members: int
    theme_ids: tuple[str, ...]
    subtheme_ids: tuple[str, ...]
    ideas: list[str] = field(default_factory=list)
    posted: Numbers = field(default_factory=numbers)
    themes: list[int] = field(default_factory=list)
    subthemes: list[int] = field(default_factory=list)
    supported: Numbers = field(default_factory=numbers)
    voters: Numbers = field(default_factory=numbers)
    times: Numbers = field(default_factory=numbers)
    against: tuple[Numbers, Numbers] = field(default_factory=lambda: (numbers(), numbers()))
    passes: tuple[Numbers, Numbers] = field(default_factory=lambda: (numbers(), numbers()))
    known: bytes = b""


def is_for_all(idea: Idea) -> bool:
    """Whether an idea may enter: listed, and meant for everyone in the jam."""
    return idea.is_listed and idea.reach.is_public


async def collect(state: JamState, since: int, known: bytes = b"") -> Ballots:
    """The ballots of a jam; gives way to others between two slices. A vote that changes meanwhile counts as it was or is."""
    standing = [theme for theme in state.themes.values() if theme.merged_into is None]
    boards = tuple(theme.id for theme in standing if theme.parent is None)
    subs = tuple(theme.id for theme in standing if theme.parent is not None)
    made = Ballots(state.id, max(0, (since - state.created_at) // 1000), len(state.members), boards, subs, known=known)
    places = [-1] * len(state.ideas)
    for start in range(0, len(places), _SLICE):
        _take_ideas(made, state, state.ideas[start : min(start + _SLICE, len(places))], places)
        await asyncio.sleep(0)
    for start in range(0, made.members, _SLICE):
        _take_stances(made, state, range(start, min(start + _SLICE, made.members)), places)
        await asyncio.sleep(0)
    return made


def _take_ideas(made: Ballots, state: JamState, ideas: Sequence[Idea], places: list[int]) -> None:
    boards = {id: index for index, id in enumerate(made.theme_ids)}
    subs = {id: index for index, id in enumerate(made.subtheme_ids)}
    for idea in ideas:
        if not is_for_all(idea):
            continue
        place = places[idea.number] = len(made.ideas)
        made.ideas.append(idea.id)
        made.posted.append(max(0, (idea.posted_at - state.created_at) // 1000))
        made.themes.append(boards.get(idea.theme or "", -1))
        made.subthemes.append(subs.get(idea.subtheme or "", -1))
        made.supported.extend(array("I", [place]) * len(idea.supporters))
        made.voters.extend(idea.supporters)
        made.times.extend(idea.support_times)


def _take_stances(made: Ballots, state: JamState, members: range, places: list[int]) -> None:
    for number in members:
        member = state.members[number]
        for kept, into in ((member.disagrees, made.against), (member.passes, made.passes)):
            for idea in kept:
                if idea < len(places) and places[idea] >= 0:
                    into[0].append(places[idea])
                    into[1].append(number)
