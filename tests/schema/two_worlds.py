"""Two jams that differ in nothing but what is not for one viewer: for showing that no answer tells them apart.

A history is a list of random commands (`tests.jam.commanding`), which one world carries out. The other carries out the same
ones with the *secret* ones left out, or in other words. A thing is secret to a viewer for whom it was meant at no moment of
the history, whatever moderators did to it (of that the public log tells); a command is secret if it makes a secret thing, or
is about one. Where a secret command made events, the other world counts as many that change nothing: that *something*
happened is the one thing that everybody may learn (docs/security.md).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from random import Random
from typing import Any, cast
from zlib import crc32

from server.jam import commands as c
from server.jam import events, ids
from server.jam.apply import apply_all
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam.visibility import reaches
from server.search.service import SearchService
from server.themes.items import belongs
from server.themes.service import ThemeService, ThemeSettings
from tests.jam.commanding import Asker, settled_world
from tests.jam.world import newest
from tests.schema.world import Api

WORDS = ("river", "solar", "kitchen", "night", "bridge", "school", "winter", "garden", "נהר", "שמש", "מטבח", "לילה")
OTHERS = ("harbour", "copper", "violin", "desert", "נמל", "נחושת")
"""Words that stand only in the other world's secret texts."""

TEXTS = ("title", "body", "note")
MADE = tuple(value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str) and len(value) == 1)
PRIMARY = ("comment", "idea", "target", "circle", "topic")
"""What a command is about, the closest first."""


class Difference(Enum):
    """How the other world differs in what is secret."""

    ABSENT = "It is not there at all."
    OTHER_WORDS = "It says something else."
    HIDDEN = "What moderators hid from the viewer says something else."


@dataclass(frozen=True)
class Act:
    """A command of the history, and what came of it: how many events, or which refusal."""

    command: c.Command
    at: int
    outcome: int | str


class Searched(Api):
    """The jam behind the API with the product's own search by words."""

    def __init__(self) -> None:
        self.words = SearchService()
        super().__init__()
        self.similar = ThemeService(self, ThemeSettings(data=None), self.words.alike)  # type: ignore[arg-type]
        self.services = replace(self.services, search=self.words, themes=self.similar)

    def run(self, command: c.Command) -> tuple[events.Event, ...]:
        done = super().run(command)
        self.words.watch(self.state, done)
        return done

    def attempt(self, command: c.Command) -> int | str:
        """How many events came of it, or which refusal with all that it says."""
        try:
            return len(self.run(command))
        except Rejection as refused:
            return f"{type(refused).__name__} {sorted(vars(refused).items())}"

    def idle(self, times: int) -> None:
        """So many events that change nothing."""
        apply_all(self.state, None, [events.IdeasSeen(at=self.now, counts={})] * times)


@dataclass
class History:
    """What happened in a world, and what was meant for each person of interest at some moment of it."""

    world: Searched
    acts: list[Act] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    together: list[set[str]] = field(default_factory=list)
    """Things that some act put into one: if one of them is no secret, none is."""

    @classmethod
    def made(cls, seed: int, steps: int, viewers: Collection[str]) -> "History":
        history = cls(settled_world(Searched), seen={viewer: set() for viewer in viewers})
        ask = Asker(history.world, seed)
        for _ in range(steps):
            history.world.wait(ask.one(0, 1, 700, 90_000))
            history._take(_as_made(history.world.state, _worded(ask.command(), ask.random)))
        return history

    def _take(self, command: c.Command) -> None:
        self.together += _together(self.world.state, command)
        self.acts.append(Act(command, self.world.now, self.world.attempt(command)))
        for viewer, seen in self.seen.items():
            seen.update(meant_for(self.world, viewer))

    def secrets(self, viewer: str, difference: Difference) -> set[str]:
        """Ids of what the viewer is not to notice a difference of."""
        state = self.world.state
        if difference is Difference.HIDDEN:
            return _hidden(self.world, viewer)
        secret = {*things(state)} - self.seen[viewer] - {*things(settled_world(Searched).state)}
        before = None
        while before != secret:
            before = set(secret)
            for act in self.acts:
                named = set(_named(act.command))
                if isinstance(act.outcome, int) and not _is_secret(act.command, secret, state):
                    secret -= named  # it happens in the other world as well, so what it needs is there
            for some in self.together:
                secret -= set() if some <= secret else some
        return secret

    def other(self, viewer: str, difference: Difference) -> tuple[Searched, set[str]]:
        """The other world, at the same moment, and what is secret."""
        secret, state = self.secrets(viewer, difference), self.world.state
        world = settled_world(Searched)
        for act in self.acts:
            world.now = act.at
            if not _is_secret(act.command, secret, state):
                command = _without(act.command, secret) if difference is Difference.ABSENT else act.command
                outcome = world.attempt(_following(world.state, command))
            elif difference is Difference.ABSENT and act.command.actor != viewer:
                outcome = 0
            else:
                outcome = world.attempt(_in_other_words(act.command))
            world.idle(_missing(act, outcome))
        world.now = self.world.now
        return world, secret


class Apart(Exception):
    """The two worlds went apart in something else than events that change nothing: this history proves nothing."""


def _missing(act: Act, outcome: int | str) -> int:
    made, makes = (value if isinstance(value, int) else 0 for value in (act.outcome, outcome))
    if makes > made:
        raise Apart(act, outcome)
    return made - makes


# -------------------------------------------------------------------------------------------------------- things and sight
def things(state: JamState) -> Iterator[str]:
    """Ids of everything that may be secret."""
    yield from (*state.idea_numbers, *state.comment_numbers, *state.topics, *state.circles)


def in_sight(world: Searched, person: str) -> Iterator[str]:
    """What the person may see now, by the rule itself."""
    state = world.state
    viewer = state.viewer_at(person, world.now)
    yield from (idea.id for idea in state.ideas if state.sees_idea(viewer, idea))
    yield from (comment.id for comment in state.comments if state.sees_comment(viewer, comment))
    yield from (topic.id for topic in state.topics.values() if state.sees_topic(viewer, topic))
    yield from viewer.circles


def meant_for(world: Searched, person: str) -> Iterator[str]:
    """What is meant for the person now, be it hidden or not."""
    state = world.state
    viewer = state.viewer_at(person, world.now)
    yield from in_sight(world, person)
    ideas = {idea.id for idea in state.ideas if reaches(viewer, idea.reach)}
    yield from ideas
    yield from (comment.id for comment in state.comments if comment.idea in ideas)


def _hidden(world: Searched, person: str) -> set[str]:
    """Ideas and comments that the person may not see in the end. Not what is merged: votes went with it."""
    state, seen = world.state, set(in_sight(world, person))
    merged = {idea.id for idea in state.ideas if idea.merged or idea.merged_into}
    return {*state.idea_numbers, *state.comment_numbers} - seen - merged


def _made(command: c.Command, state: JamState) -> str | None:
    there = set(things(state))
    return next((id for prefix in MADE if (id := command.derived(prefix)) in there), None)


def _is_secret(command: c.Command, secret: Collection[str], state: JamState) -> bool:
    """Whether the command makes something secret or is about it."""
    made = _made(command, state)
    about = (getattr(command, name, None) for name in PRIMARY)
    return (made or next((id for id in about if id), None)) in secret


def _named(value: Any) -> Iterator[str]:
    """Every text in a command, but for those in its lists: what is left out of a list leaves the command standing."""
    if is_dataclass(value):
        for one in fields(value):
            yield from _named(getattr(value, one.name))
    elif isinstance(value, str):
        yield value


def _together(state: JamState, command: c.Command) -> Iterator[set[str]]:
    """What a command puts into one."""
    match command:
        case c.MergeIdeas(idea=idea, into=into):
            yield {idea, into}
        case c.SplitTheme(ideas=ideas):
            yield {*ideas, ""}
        case c.FileReport(target=target, actor=actor) if actor:
            yield {target, ""}  # whoever reports something tells the moderators of it
        case c.AcceptThemeProposal(proposal=id) if id in state.theme_proposals:
            yield {*(idea for part in state.theme_proposals[id].draft.parts for idea in part.ideas), ""}


# ------------------------------------------------------------------------------------------------------------ other commands
def _worded(command: c.Command, random: Random) -> c.Command:
    """The command with words of its own in its texts, so that a search finds some."""
    said = {name: f"{random.choice(WORDS)} {random.choice(WORDS)} {_number(command)}" for name in _texts(command)}
    return replace(command, **said)  # type: ignore[arg-type]


def _as_made(state: JamState, command: c.Command) -> c.Command:
    """A grouping as clustering makes it: of ideas that take part (`belongs`) only, and its proposals too."""
    if not isinstance(command, c.RecordGrouping):
        return command
    return cast("c.Command", _without(command, {idea.id for idea in state.ideas if not belongs(idea)}))


def _following(state: JamState, command: c.Command) -> c.Command:
    """A grouping follows what stands in its own world: which run was the last, and how often people decided."""
    return replace(command, **newest(state)) if isinstance(command, c.RecordGrouping) else command


def _in_other_words(command: c.Command) -> c.Command:
    number = _number(command)
    said = dict.fromkeys(_texts(command), f"{OTHERS[number % 6]} {OTHERS[number // 6 % 6]} {number}")
    return replace(command, **said)  # type: ignore[arg-type]


def _number(command: c.Command) -> int:
    return crc32(command.id.encode()) % 10_000


def _texts(command: c.Command) -> list[str]:
    return [one.name for one in fields(command) if one.name in TEXTS and isinstance(getattr(command, one.name), str)]


def _without(value: Any, secret: Collection[str]) -> Any:
    """The command with what is secret left out of its lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _without(getattr(value, one.name), secret) for one in fields(value) if one.init})  # type: ignore[type-var]
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_without(one, secret) for one in value if not _is_of(one, secret))
    if isinstance(value, Mapping):
        return {key: _without(one, secret) for key, one in value.items() if key not in secret}
    return value


def _is_of(entry: Any, secret: Collection[str]) -> bool:
    """Whether a list's entry is a secret thing, or a row about one."""
    return entry in secret if isinstance(entry, str) else isinstance(entry, tuple) and bool(entry) and entry[0] in secret
