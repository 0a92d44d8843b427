""" "Since you left" and who is here, through the API."""

import pytest

from server.jam import commands as c
from server.jam.since import Mark
from server.jam.visibility import Audience
from server.visits import Absence
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

SINCE = """query($jam: ID!) { viewer { sinceYouLeft(jamId: $jam) {
  leftAt isNew newIdeas { number isAll } newComments { number isAll } more { kind number }
  items { kind at supports comments buildOns status reason phase
    idea { title } comment { body } theme { name } announcement { text } } } } }"""


@pytest.fixture
def api() -> Api:
    return Api()


def away(api: Api, *people: str) -> None:
    for person in people:
        api.absences.known[person] = Absence(Mark(api.state.seq, api.now), True)
    api.wait(2_000)


async def test_it_tells_each_person_their_own(api: Api) -> None:
    mine, theirs = api.post("ann", "Mine"), api.post("ben", "Theirs")
    away(api, "ann", "ben")
    api.support(mine, "cat", "fay")
    api.comment(mine, "cat", "Well said")
    api.do(c.Announce, "mod", texts={"en": "One more day"})
    api.do(c.HideIdea, "mod", idea=theirs, reason="Names a customer")
    ann = (await api.ask("ann", SINCE))["viewer"]["sinceYouLeft"]
    blank = {
        "supports": 0,
        "comments": 0,
        "buildOns": 0,
        "status": None,
        "reason": None,
        "phase": None,
        "comment": None,
        "theme": None,
    }
    assert ann["isNew"] is True
    assert (ann["newIdeas"], ann["newComments"]) == ({"number": 0, "isAll": True}, {"number": 1, "isAll": True})
    assert [item | {"at": 0} for item in ann["items"]] == [
        blank | {"kind": "MINE", "at": 0, "supports": 2, "comments": 1, "idea": {"title": "Mine"}, "announcement": None},
        blank | {"kind": "ANNOUNCEMENT", "at": 0, "idea": None, "announcement": {"text": "One more day"}},
    ]
    ben = (await api.ask("ben", SINCE))["viewer"]["sinceYouLeft"]
    assert [(item["kind"], item["status"], item["reason"]) for item in ben["items"]] == [
        ("STATUS", "HIDDEN", "Names a customer"), ("ANNOUNCEMENT", None, None), ("RISEN", None, None),
    ]  # fmt: skip


async def test_nothing_of_a_circle_is_told_to_others(api: Api) -> None:
    few = api.circle("ann", "ben")
    away(api, "ann", "cat")
    api.support(api.post("ben", "secret", Audience(circle=few)), "ann")
    assert (await api.ask("cat", SINCE))["viewer"]["sinceYouLeft"]["items"] == []
    assert (await api.ask("cat", SINCE))["viewer"]["sinceYouLeft"]["newIdeas"]["number"] == 0
    assert (await api.ask("ann", SINCE))["viewer"]["sinceYouLeft"]["newIdeas"]["number"] == 1


async def test_who_was_not_away_strangers_and_nobody_are_told_nothing(api: Api) -> None:
    assert (await api.ask("ann", SINCE))["viewer"]["sinceYouLeft"] is None
    away(api, "stranger")
    assert (await api.ask("stranger", SINCE))["viewer"]["sinceYouLeft"] is None
    assert (await api.ask(None, SINCE))["viewer"] is None


async def test_it_is_put_away_once_read(api: Api) -> None:
    away(api, "ann")
    assert await api.ask("ann", "mutation($jam: ID!) { markSinceRead(jamId: $jam) }") == {"markSinceRead": True}
    assert (await api.ask("ann", SINCE))["viewer"]["sinceYouLeft"]["isNew"] is False
    assert await api.code("stranger", "mutation($jam: ID!) { markSinceRead(jamId: $jam) }") == "NotFound"
    assert await api.code(None, "mutation($jam: ID!) { markSinceRead(jamId: $jam) }") == "SignInRequired"


async def test_who_is_here_is_told_by_country_and_relation(api: Api) -> None:
    here = "query($jam: ID!) { jam(id: $jam) { here { count countries { country count } elsewhere relations { relation count } others } } }"
    told = {
        "count": 5,
        "countries": [{"country": "IL", "count": 4}],
        "elsewhere": 1,
        "relations": [{"relation": "EMPLOYEE", "count": 4}],
        "others": 1,
    }
    assert (await api.ask("fay", here))["jam"]["here"] == told
    assert (await api.ask("stranger", here))["jam"] is None
