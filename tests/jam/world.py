"""A small jam to act in: every role and relation, a schedule of one hour a phase, and a clock that stands still until told."""

from array import array
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.changes import ChangeLog, PersonalLog
from server.jam.decide import decide
from server.jam.entities import Comment, Idea, Member
from server.jam.people import Relation, Role, Viewer
from server.jam.phases import ORDER, Phase, Schedule
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam.theme_proposals import Draft
from server.jam.visibility import EVERYONE, Audience
from server.journal.codec import Entry

T0 = 1_800_000_000_000
HOUR = 3_600_000
SCHEDULE = Schedule(*(T0 + hours * HOUR for hours in (1, 2, 3, 4, 5)))
EMPLOYEES = Audience(relations=(Relation.EMPLOYEE,))

PEOPLE: dict[str, tuple[Role, Relation]] = {
    "ann": (Role.PARTICIPANT, Relation.EMPLOYEE),
    "ben": (Role.PARTICIPANT, Relation.EMPLOYEE),
    "cat": (Role.PARTICIPANT, Relation.EMPLOYEE),
    "fay": (Role.PARTICIPANT, Relation.FAMILY),
    "fred": (Role.PARTICIPANT, Relation.FRIEND),
    "cleo": (Role.PARTICIPANT, Relation.CLIENT),
    "pat": (Role.PARTICIPANT, Relation.PARTNER),
    "mod": (Role.MODERATOR, Relation.FAMILY),
    "rev": (Role.REVIEWER, Relation.FRIEND),
    "spo": (Role.SPONSOR, Relation.CLIENT),
}
"""Everybody but the organizer `org`, who is there from the start."""


class World:
    """A jam driven by commands only. `topic` is for everyone, `staff` for employees."""

    def __init__(self, phase: Phase = Phase.IDEATION) -> None:
        self.state = JamState()
        self.now = T0
        self.count = 0
        self.do(
            c.CreateJam, "org", jam="j1", slug="jam", titles={"en": "Jam"}, questions={"en": "What next?"}, descriptions={},
            rules={}, languages=("en", "he"), main_language="en", schedule=SCHEDULE,
        )  # fmt: skip
        self.topic = self.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Everything"}, descriptions={})
        self.staff = self.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Staff"}, descriptions={}, audience=EMPLOYEES)
        for person, (role, relation) in PEOPLE.items():
            self.do(c.AddMember, "org", person=person, role=role, relation=relation)
        if phase is not Phase.DRAFT:
            self.do(c.PublishJam, "org")
        self.go(phase)

    # ------------------------------------------------------------------------------------------------------------ acting
    def command(self, kind: type[c.Command], actor: str, /, **given: Any) -> c.Command:
        """A command; with an id of its own where none is given."""
        self.count += 1
        return kind(actor=actor, **{"id": f"command-{self.count}"} | given)

    def do(self, kind: type[c.Command], actor: str, /, **given: Any) -> tuple[ev.Event, ...]:
        return self.run(self.command(kind, actor, **given))

    def run(self, command: c.Command) -> tuple[ev.Event, ...]:
        """Decides and applies it; the events."""
        events = decide(self.state, command, self.now)
        apply_all(self.state, ids.command_key(command.actor, command.id), events)
        return events

    def make(self, prefix: str, kind: type[c.Command], actor: str, /, **given: Any) -> str:
        """Does it, and returns the id of the thing that it made."""
        command = self.command(kind, actor, **given)
        assert self.run(command)
        return command.derived(prefix)

    def refuse(self, why: type[Rejection], kind: type[c.Command], actor: str, /, **given: Any) -> Any:
        """The rejection, which must be of exactly this type and must have changed nothing."""
        before = plain(self.state)
        with pytest.raises(Rejection) as caught:
            self.do(kind, actor, **given)
        assert type(caught.value) is why, caught.value
        assert plain(self.state) == before
        return caught.value

    def still(self, kind: type[c.Command], actor: str, /, **given: Any) -> None:
        """Holds already: no events, and nothing changes but that the command is remembered."""
        before = plain(self.state, but=("commands",))
        assert self.do(kind, actor, **given) == ()
        assert plain(self.state, but=("commands",)) == before

    # -------------------------------------------------------------------------------------------------------- the clock
    def go(self, phase: Phase) -> None:
        """Half an hour into a phase of the first schedule."""
        self.now = T0 + ORDER.index(phase) * HOUR + HOUR // 2

    def wait(self, ms: int) -> None:
        self.now += ms

    # ------------------------------------------------------------------------------------------------------- short forms
    def post(self, actor: str = "ann", title: str = "An idea", audience: Audience = EVERYONE, **given: Any) -> str:
        return self.make(
            ids.IDEA, c.PostIdea, actor, **{"topic": self.topic, "title": title, "body": "", "audience": audience} | given
        )

    def comment(self, idea: str, actor: str = "ben", body: str = "A comment", parent: str | None = None) -> str:
        return self.make(ids.COMMENT, c.PostComment, actor, idea=idea, body=body, parent=parent)

    def circle(self, *members: str, name: str = "The few") -> str:
        return self.make(ids.CIRCLE, c.CreateCircle, members[0], name=name, members=members[1:])

    def support(self, idea: str, *people: str) -> None:
        for person in people:
            assert self.do(c.SupportIdea, person, idea=idea)

    def group(self, themes: Mapping[str, Iterable[str]], subthemes: Mapping[str, tuple[str, Iterable[str]]] | None = None,
              unthemed: Iterable[str] = (), proposals: Iterable[Draft] = ()) -> None:  # fmt: skip
        """Records a grouping: theme → ideas, sub-theme → (theme, ideas)."""
        fields = grouping(themes, subthemes or {}, unthemed) | newest(self.state) | {"proposals": tuple(proposals)}
        self.do(c.RecordGrouping, ids.SYSTEM, **fields)

    # ------------------------------------------------------------------------------------------------------- looking at
    def idea(self, id: str) -> Idea:
        found = self.state.idea(id)
        assert found is not None
        return found

    def remark(self, id: str) -> Comment:
        found = self.state.comment(id)
        assert found is not None
        return found

    def member(self, person: str) -> Member:
        found = self.state.member(person)
        assert found is not None
        return found

    def viewer(self, person: str) -> Viewer:
        return self.state.viewer(person)

    def voters(self, idea: str) -> set[str]:
        return {self.state.members[number].person for number in self.idea(idea).supporters}

    def notices(self, person: str) -> list[str]:
        return [notice.kind for notice in self.member(person).notices]


class Recorded(World):
    """A world that keeps its journal, as the entries of its commands."""

    def __init__(self) -> None:
        self.journal: list[Entry[ev.Event]] = []
        super().__init__()

    def run(self, command: c.Command) -> tuple[ev.Event, ...]:
        events = super().run(command)
        if events:
            self.journal.append(Entry(ids.command_key(command.actor, command.id), events))
        return events


def fold(journal: Sequence[Entry[ev.Event]]) -> JamState:
    state = JamState()
    for entry in journal:
        apply_all(state, entry.command_key, entry.events)
    return state


def grouping(
    themes: Mapping[str, Iterable[str]], subthemes: Mapping[str, tuple[str, Iterable[str]]], unthemed: Iterable[str] = ()
) -> dict[str, Any]:
    """The fields of a RecordGrouping."""
    below = {idea: sub for sub, (_, ideas) in subthemes.items() for idea in ideas}
    items = [theme_item(id, None) for id in themes] + [theme_item(id, parent) for id, (parent, _) in subthemes.items()]
    placed = [(idea, theme, below.get(idea), 0.25, 0.75) for theme, ideas in themes.items() for idea in ideas]
    placed += [(idea, None, None, 0.5, 0.5) for idea in unthemed]
    return {
        "model": "test", "granularity": "medium", "reason": "test", "themes": tuple(items), "placements": tuple(placed),
    }  # fmt: skip


def newest(state: JamState) -> dict[str, Any]:
    """What a RecordGrouping made from the state as it is says it follows."""
    return {"follows": None if state.theme_run is None else state.theme_run.id, "edits": state.theme_edits.made}


def theme_item(id: str, parent: str | None) -> dict[str, Any]:
    return {
        "id": id, "name": f"Name of {id}", "keywords": ("word",), "distinctive": (), "medoids": (), "parent": parent,
        "cohesion": 0.5, "confidence": 0.5, "x": 0.5, "y": 0.5,
    }  # fmt: skip


# ----------------------------------------------------------------------------------------------------- states as plain data
DERIVED = ("orders", "tallies", "facets")


def plain(thing: Any, but: tuple[str, ...] = ()) -> Any:
    """Anything of a jam as nested tuples and dicts, all of it but what is derived: to compare deeply."""
    if isinstance(thing, JamState):
        return {name: plain(value) for name, value in vars(thing).items() if name not in (*DERIVED, *but)}
    if is_dataclass(thing) and not isinstance(thing, type):
        return (type(thing).__name__, {field.name: plain(getattr(thing, field.name)) for field in fields(thing)})
    if isinstance(thing, OrderedDict):
        return [(key, plain(value)) for key, value in thing.items()]
    if isinstance(thing, Mapping):
        return {key: plain(value) for key, value in thing.items()}
    if isinstance(thing, ChangeLog):
        return list(thing)
    if isinstance(thing, PersonalLog):
        return list(thing._ring)
    if isinstance(thing, (tuple, list, array, deque)):
        return [plain(item) for item in thing]
    return thing.value if isinstance(thing, Enum) else thing
