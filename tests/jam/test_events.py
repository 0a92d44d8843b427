"""Events: each has a handler and a name that never changes; commands: each has a decision; and nothing in them is personal."""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from server.jam import commands, events
from server.jam.apply import HANDLERS
from server.jam.commands import Command
from server.jam.decide import DECISIONS
from server.jam.events import NAMES, REGISTRY, Event
from server.jam.upcasts import UPCASTS
from server.journal.codec import Entry, EventCodec
from tests.jam.world import World

STORED = Path(__file__).with_name("stored_names.txt")

PERSONAL = re.compile(
    "mail|phone|address|birth|(first|last|family|display|full|user)_?name|avatar|picture|password|secret|cookie|ip$"
)
NAMED_THINGS = {"circle.created", "circle.renamed", "theme.renamed", "theme.split"}
"""Events with a field `name`: it is the name of a circle or a theme, never of a person."""


def defined(module: ModuleType, base: type) -> set[type]:
    """The classes of a module below a base, without those that only others build on."""
    found = (thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, base))
    return {cls for cls in found if cls is not base and not cls.__name__.startswith("_")}


def stored_lines() -> list[str]:
    """`name@version: fields` of every event."""
    return sorted(
        f"{name}@{version}: {' '.join(sorted(field.name for field in fields(cls)))}"
        for (name, version), cls in REGISTRY.items()
    )


def test_the_names_and_fields_that_journals_hold_never_change() -> None:
    """A new event is a new line here; a changed meaning is a new version, with an upcast from the old one."""
    assert STORED.read_text(encoding="utf-8").splitlines() == stored_lines()


def test_every_event_is_stored_and_applied() -> None:
    assert defined(events, Event) == set(HANDLERS) == set(NAMES) == {REGISTRY[name] for name in NAMES.values()}


def test_every_command_has_a_decision() -> None:
    assert defined(commands, Command) == set(DECISIONS)


def test_two_events_can_not_share_a_name() -> None:
    taken = "idea.posted"
    with pytest.raises(ValueError, match=r"idea\.posted@1"):
        events.stored_as(taken)(type("Another", (Event,), {}))
    assert REGISTRY[(taken, 1)] is events.IdeaPosted


def test_every_upcast_leads_to_a_version_that_is_known() -> None:
    for name, version in UPCASTS:
        assert (name, version + 1) in REGISTRY or (name, version + 1) in UPCASTS
        assert (name, version) not in REGISTRY


def test_an_event_of_an_older_version_is_read_by_its_upcasts() -> None:
    """The path that a changed event will take, on an event made up for it: two versions back."""
    name, version = NAMES[events.IdeaSupported]

    def rename(row: dict[str, Any]) -> dict[str, Any]:
        return {("person" if key == "voter" else key): value for key, value in row.items()}

    def fill(row: dict[str, Any]) -> dict[str, Any]:
        return {"idea": "i0"} | row

    upcasts: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {(name, -1): rename, (name, 0): fill}
    codec: EventCodec[Event] = EventCodec(REGISTRY, {key: upcasts[key] for key in upcasts})
    payload = b'[[7,[{"t":"%s","v":-1,"at":5,"voter":"ann"}]]]' % name.encode()
    assert version == 1
    assert codec.decode(payload) == [Entry(7, (events.IdeaSupported(at=5, idea="i0", person="ann"),))]


@pytest.mark.parametrize("cls", list(NAMES), ids=lambda cls: NAMES[cls][0])
def test_no_event_has_a_field_for_what_is_personal(cls: type[Event]) -> None:
    names = [field.name for field in fields(cls)]
    assert not [name for name in names if PERSONAL.search(name)]
    if "name" in names:
        assert NAMES[cls][0] in NAMED_THINGS


def test_an_event_can_not_be_changed() -> None:
    event = events.JamPublished(at=1, by="org")
    with pytest.raises(AttributeError):
        event.at = 2  # type: ignore[misc]


def test_deciding_reads_no_clock_and_draws_no_lot() -> None:
    """The same command in the same state at the same time leads to the same events, in another process too."""
    first, second = World(), World()
    assert first.post("ann") == second.post("ann") == "iadz7zukia6j3y"


def test_marks_and_settled_reports_of_old_journals_have_no_reason() -> None:
    codec: EventCodec[Event] = EventCodec(REGISTRY, UPCASTS)
    payload = (
        b'[[7,[{"t":"idea.marked","v":1,"at":5,"idea":"i0","mark":"PINNED","on":true,"by":"mod"},'
        b'{"t":"report.resolved","v":1,"at":6,"report":"r0","outcome":"UPHELD","by":"mod"}]]]'
    )
    assert codec.decode(payload) == [
        Entry(
            7,
            (
                events.IdeaMarked(at=5, idea="i0", mark="PINNED", on=True, reason="", by="mod"),
                events.ReportResolved(at=6, report="r0", outcome="UPHELD", reason="", by="mod"),
            ),
        )
    ]
