"""What the API tells of opinion groups and trends: numbers of people, ideas for everyone, and one's own group to oneself."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.phases import Phase
from tests.jam.world import EMPLOYEES, T0
from tests.schema.opinions import reading
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

OPINIONS = """query($jam: ID!) { jam(id: $jam) { opinionsAt opinions {
    status readAt voterCount otherCount voteCount leastVotes leastVoters isSupportOnly chance silhouette gridSize
    groups { key size x y radiusX radiusY angle views { idea { id } agrees share ratio seenCount z falseDiscoveryRate } }
    uniting { idea { id } consensus shares { groupKey share } } cells { groupKey column row people } } } }"""
OWN = "query My($jam: ID!) { jam(id: $jam) { viewerOpinionGroup } }"


async def opinions(api: Api, person: str) -> Any:
    return (await api.ask(person, OPINIONS))["jam"]["opinions"]


async def test_groups_are_told_as_they_were_read() -> None:
    api = Api()
    idea = api.post("ann")
    api.readings.kept = reading(api, idea)
    told = await opinions(api, "fay")
    assert (told["status"], told["readAt"], told["voterCount"], told["otherCount"]) == ("GROUPED", T0, 21, 3)
    assert (told["leastVotes"], told["leastVoters"], told["gridSize"]) == (7, 20, 16)
    assert [(group["key"], group["size"]) for group in told["groups"]] == [(0, 14), (1, 7)]
    assert told["groups"][0]["views"] == [
        {"idea": {"id": idea}, "agrees": True, "share": 0.9, "ratio": 2.0, "seenCount": 7, "z": 3.0, "falseDiscoveryRate": 0.01}
    ]
    assert told["uniting"][0]["shares"] == [{"groupKey": 0, "share": 0.8}, {"groupKey": 1, "share": 0.75}]
    assert told["cells"] == [{"groupKey": 0, "column": 3, "row": 4, "people": 9}]


async def test_one_is_told_ones_own_group_and_nobody_elses() -> None:
    api = Api()
    api.readings.kept = reading(api, api.post("ann"))
    groups = {person: (await api.ask(person, OWN))["jam"]["viewerOpinionGroup"] for person in ("ann", "ben", "fay", "org")}
    assert groups == {"ann": 1, "ben": 0, "fay": None, "org": None}


async def test_before_the_first_reading_one_waits() -> None:
    api = Api()
    told = await opinions(api, "ann")
    assert (told["status"], told["readAt"], told["groups"], told["uniting"], told["chance"]) == ("WAITING", None, [], [], 1.0)
    assert (await api.ask("ann", OPINIONS))["jam"]["opinionsAt"] is None


async def test_an_idea_that_was_hidden_or_moved_since_is_not_told_of_even_to_those_who_see_it() -> None:
    api = Api()
    hidden, moved, left = api.post("ann"), api.post("ann"), api.post("ann")
    api.readings.kept = reading(api, hidden, moved, left)
    api.do(c.HideIdea, "mod", idea=hidden, reason="Because")
    api.do(c.MoveIdea, "mod", idea=moved, topic=api.staff, reason="Because")
    for person in ("ann", "fay", "mod", "org"):
        told = await opinions(api, person)
        assert [view["idea"]["id"] for view in told["groups"][0]["views"]] == [left]
        assert [one["idea"]["id"] for one in told["uniting"]] == [left]


async def test_before_the_doors_open_nothing_is_told() -> None:
    api = Api(Phase.LOBBY)
    api.readings.kept = reading(api)
    told = (await api.ask("ann", OPINIONS))["jam"]
    assert (told["opinions"], told["opinionsAt"]) == (None, None)
    assert (await api.ask("ann", OWN))["jam"]["viewerOpinionGroup"] is None


async def test_a_theme_tells_its_trend_and_how_it_was_counted() -> None:
    api = Api()
    api.themed(api.post("ann"), api.post("ann", audience=EMPLOYEES))
    text = "query($jam: ID!) { jam(id: $jam) { themes { trend { direction recent before lift chance since foundAt } } } }"
    assert (await api.ask("fay", text))["jam"]["themes"] == [{"trend": None}]
    api.do(c.RecordTrends, ids.SYSTEM, since=T0, trends=(("h1", "EMERGING", 9, 1, 4.5, 0.001),))
    assert (await api.ask("fay", text))["jam"]["themes"] == [
        {
            "trend": {
                "direction": "EMERGING",
                "recent": 9,
                "before": 1,
                "lift": 4.5,
                "chance": 0.001,
                "since": T0,
                "foundAt": api.now,
            }
        }
    ]
