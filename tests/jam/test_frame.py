"""The jam itself: created, described, published, with announcements."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.decide import decide
from server.jam.people import Relation, Role
from server.jam.phases import Phase, Schedule
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, PhaseClosed
from server.jam.state import JamState
from tests.jam.world import SCHEDULE, T0, World, plain

GIVEN: dict[str, Any] = {
    "jam": "j1", "slug": "spring", "titles": {"en": " Spring "}, "questions": {"en": "What?", "he": "מה?"}, "descriptions": {},
    "rules": {"en": "Be\nkind"}, "languages": ("he", "en", "he"), "main_language": "en", "schedule": SCHEDULE,
}  # fmt: skip


def test_a_jam_begins_with_what_it_is_when_it_runs_and_who_organizes_it() -> None:
    command = c.CreateJam(actor="org", id="1", **GIVEN, organizer_relation=Relation.PARTNER)
    created, scheduled, organizer = decide(JamState(), command, T0)
    assert created == ev.JamCreated(
        at=T0, jam="j1", slug="spring", titles={"en": "Spring"}, questions={"en": "What?", "he": "מה?"}, descriptions={},
        rules={"en": "Be\nkind"}, languages=("en", "he"), main_language="en", by="org",
    )  # fmt: skip
    assert scheduled == ev.JamScheduled(at=T0, schedule=SCHEDULE, why="planned", phase=None, by="org")
    assert organizer == ev.MemberJoined(
        at=T0, person="org", role=Role.ORGANIZER, relation=Relation.PARTNER, invitation=None, invited_by=None
    )


def test_a_jam_made_by_the_server_has_no_organizer_yet() -> None:
    events = decide(JamState(), c.CreateJam(actor=ids.SYSTEM, id="1", **GIVEN), T0)
    assert [type(event) for event in events] == [ev.JamCreated, ev.JamScheduled]


def test_a_jam_is_created_once(world: World) -> None:
    world.still(c.CreateJam, "other", **GIVEN | {"slug": "another"})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"slug": "Spring!"}, "slug"),
        ({"main_language": "english"}, "mainLanguage"),
        ({"languages": ("en", "xx1")}, "languages"),
        ({"titles": {"he": "אביב"}}, "titles"),
        ({"titles": {"en": "x" * 121}}, "titles"),
        ({"questions": {}}, "questions"),
        ({"rules": {"en": "\u202e"}}, "rules"),
        ({"schedule": Schedule(5, 4, 3, 2, 1)}, "schedule"),
    ],
)
def test_what_is_no_jam(changed: dict[str, Any], field: str) -> None:
    state = JamState()
    with pytest.raises(InvalidInput) as caught:
        decide(state, c.CreateJam(actor="org", id="1", **GIVEN | changed), T0)
    assert caught.value.field == field
    assert plain(state) == plain(JamState())


def test_nothing_happens_in_a_jam_that_does_not_exist() -> None:
    state = JamState()
    for command in (c.PublishJam(actor="org", id="1"), c.CountSeen(actor=ids.SYSTEM, id="1", counts={"i": 1})):
        with pytest.raises(NotFound):
            decide(state, command, T0)
    assert plain(state) == plain(JamState())


def test_a_description_says_all_that_holds_then(world: World) -> None:
    assert world.do(c.DescribeJam, "org", rules={"en": " Be kind "}) == (
        ev.JamDescribed(
            at=world.now,
            titles={"en": "Jam"},
            questions={"en": "What next?"},
            descriptions={},
            rules={"en": "Be kind"},
            by="org",
        ),
    )
    world.still(c.DescribeJam, "org", rules={"en": "Be kind"})
    world.still(c.DescribeJam, "org")
    assert world.refuse(InvalidInput, c.DescribeJam, "org", titles={"he": "ג'ם"}).field == "titles"
    world.refuse(NotAllowed, c.DescribeJam, "mod", titles={"en": "Mine"})


def test_a_jam_is_published_once_and_with_a_topic() -> None:
    state = JamState()
    apply_all(state, None, decide(state, c.CreateJam(actor="org", id="1", **GIVEN), T0))
    with pytest.raises(Conflict):
        decide(state, c.PublishJam(actor="org", id="2"), T0)
    world = World(Phase.DRAFT)
    assert world.state.phase(SCHEDULE.ideation_at) is Phase.DRAFT
    assert world.do(c.PublishJam, "org") == (ev.JamPublished(at=world.now, by="org"),)
    world.still(c.PublishJam, "org")
    assert world.state.phase(SCHEDULE.ideation_at) is Phase.IDEATION


def test_a_draft_is_for_its_organizer_only() -> None:
    world = World(Phase.DRAFT)
    world.refuse(PhaseClosed, c.Announce, "mod", texts={"en": "Hear"})
    world.refuse(PhaseClosed, c.PostIdea, "org", topic=world.topic, title="An idea", body="")
    assert world.do(c.AddTopic, "org", titles={"en": "One more"}, descriptions={})


def test_an_announcement_is_made_once(world: World) -> None:
    command = world.command(c.Announce, "mod", texts={"en": " Hear ", "he": "שמעו"})
    id = command.derived(ids.ANNOUNCEMENT)
    assert world.run(command) == (
        ev.AnnouncementMade(at=world.now, announcement=id, texts={"en": "Hear", "he": "שמעו"}, by="mod"),
    )
    assert world.run(command) == ()
    assert [announcement.id for announcement in world.state.announcements] == [id]
    assert world.refuse(InvalidInput, c.Announce, "mod", texts={"he": "שמעו"}).field == "texts"
    assert world.refuse(InvalidInput, c.Announce, "mod", texts={"en": "x" * 501}).field == "texts"
    world.refuse(NotAllowed, c.Announce, "spo", texts={"en": "Hear"})
