"""The reach meter and the tree of who brought whom, by the API: what is told, to whom, and what to nobody."""

import asyncio
import base64
from array import array
from typing import Any

import pytest

from server.directory import PersonView
from server.jam.people import Relation
from server.jam.visibility import Audience
from server.reach import ReachMeter
from tests.jam.test_reach import Reached
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

REACH = """query($jam: ID!) { jam(id: $jam) { viewerCanReadReach reach {
  total { invited delivered failed accepted joined active } posted commented voted deepest
  ways { mail link code uninvited } byRelation { relation figures { joined active invited } }
  byDegree { degree figures { joined active invited } } byCountry { country joined active } elsewhere activeElsewhere } } }"""
TREE = """query($jam: ID!, $top: ID, $first: Int = 100, $depth: Int = 64) { jam(id: $jam) { viewerCanReadBranches
  invitationTree { members columns(rootId: $top, first: $first, depth: $depth) {
    count personIds parents brought below relationCodes relations marks origin joined names } } } }"""
PERSON = """query($jam: ID!, $id: ID!) { jam(id: $jam) { invitationTree { person(id: $id) {
  person { id name relation country } role relation joinedAt isSuspended degree brought below ideas comments votes activeInBranch
  path { person { id } } people(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { node { person { id } below } } }
} } } }"""
MORE = """query($jam: ID!, $after: String) { jam(id: $jam) { invitationTree { people(first: 3, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { node { person { id } } } } } } }"""
OWN = """query My($jam: ID!) { viewer { branch(jamId: $jam) { brought below people(first: 2) { person { name } joinedAt below } } } }"""


class Grown(Reached, Api):
    """ann brought one, two and three; one brought four and five; five brought six."""

    def __init__(self) -> None:
        super().__init__()
        self.bring("ann", "one", "two", "three")
        self.bring("one", "four", "five")
        self.bring("five", "six")


@pytest.fixture
def jam() -> Grown:
    return Grown()


async def reach(jam: Api, person: str = "org") -> Any:
    return (await jam.ask(person, REACH))["jam"]["reach"]


async def columns(jam: Api, person: str = "org", **given: Any) -> Any:
    return (await jam.ask(person, TREE, **given))["jam"]["invitationTree"]["columns"]


def unpacked(column: str, kind: str = "I") -> list[int]:
    return list(array(kind, base64.b64decode(column)))


async def test_the_meter_tells_what_was_counted(jam: Grown) -> None:
    jam.mail("ann", Relation.FAMILY, "delivered")
    jam.support(jam.post("six"), "four")
    told = await reach(jam)
    members = len(jam.state.members)
    assert told["total"] == {"invited": 1, "delivered": 1, "failed": 0, "accepted": 0, "joined": members, "active": 2}
    assert (told["posted"], told["commented"], told["voted"], told["deepest"]) == (1, 0, 1, 4)
    assert told["ways"] == {"mail": 0, "link": 6, "code": 0, "uninvited": members - 6}
    degrees = [(row["degree"], row["figures"]["joined"]) for row in told["byDegree"]]
    # `org` made the jam and added everyone else: ann stands at degree 1, and whom she brought at 2.
    assert degrees == [(0, 1), (1, members - 7), (2, 3), (3, 3)]
    assert sum(row["figures"]["joined"] for row in told["byRelation"]) == members
    assert [row["figures"]["invited"] for row in told["byRelation"] if row["relation"] == "FAMILY"] == [1]


async def test_few_of_a_country_are_told_only_as_part_of_the_rest(jam: Grown) -> None:
    for person in ("one", "two", "three"):
        jam.people.views[person] = PersonView(person, person, "FR", "en")
    jam.post("two")
    jam.post("ann")
    told = await reach(jam)
    assert told["byCountry"] == [{"country": "FR", "joined": 3, "active": 1}]
    assert (told["elsewhere"], told["activeElsewhere"]) == (len(jam.state.members) - 3, 1)


async def test_the_tree_comes_in_columns_heaviest_first(jam: Grown) -> None:
    told = await columns(jam, top="ann")
    ids = told["personIds"].split()
    assert ids == ["ann", "one", "five", "two", "three", "four", "six"]
    assert [0 if not place else ids[place - 1] for place in unpacked(told["parents"])] == [
        0,
        "ann",
        "one",
        "ann",
        "ann",
        "one",
        "five",
    ]
    assert unpacked(told["brought"]) == [3, 2, 1, 0, 0, 0, 0]
    assert unpacked(told["below"]) == [6, 3, 1, 0, 0, 0, 0]
    assert told["names"].split("\n") == [id.capitalize() for id in ids]
    kinds = [told["relationCodes"][place] for place in unpacked(told["relations"], "B")]
    assert kinds == ["EMPLOYEE"] + ["FRIEND"] * 6
    assert told["origin"] + 1000 * unpacked(told["joined"])[1] == jam.member("one").joined_at
    assert unpacked(told["marks"], "B") == [0] * 7


async def test_a_picture_holds_as_many_as_were_asked_for(jam: Grown) -> None:
    assert (await columns(jam, top="ann", first=2))["personIds"] == "ann one"
    assert (await columns(jam, top="ann", depth=1))["personIds"] == "ann one two three"
    assert (await columns(jam, top="nobody"))["count"] == 0
    assert await jam.code("org", TREE, first=20_001) == "InvalidInput"
    assert await jam.code("org", TREE, first=0) == "InvalidInput"
    whole = await columns(jam)
    assert whole["count"] == len(jam.state.members)


async def test_a_person_is_told_with_their_branch(jam: Grown) -> None:
    jam.post("one")
    jam.comment(jam.post("six"), "one")
    told = (await jam.ask("mod", PERSON, id="one"))["jam"]["invitationTree"]["person"]
    assert told["person"] == {"id": "one", "name": "One", "relation": "FRIEND", "country": None}
    assert (told["degree"], told["brought"], told["below"], told["activeInBranch"], told["isSuspended"]) == (2, 2, 3, 2, False)
    assert (told["ideas"], told["comments"], told["votes"]) == (1, 1, 0)
    assert [step["person"]["id"] for step in told["path"]] == ["org", "ann"]
    assert [edge["node"]["person"]["id"] for edge in told["people"]["edges"]] == ["five", "four"]
    assert (await jam.ask("mod", PERSON, id="nobody"))["jam"]["invitationTree"]["person"] is None


async def test_pages_go_through_everyone_once(jam: Grown) -> None:
    jam.bring("org", *(f"guest {n}" for n in range(5)))
    found, after = [], None
    while True:
        page = await jam.ask("org", PERSON.replace("first: 2", "first: 4" + (f', after: "{after}"' if after else "")), id="org")
        people = page["jam"]["invitationTree"]["person"]["people"]
        found += [edge["node"]["person"]["id"] for edge in people["edges"]]
        after = people["pageInfo"]["endCursor"]
        if not people["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == len(set(found)) == people["totalCount"] == len(jam.state.members) - 7
    assert found[0] == "ann", "who brought most comes first"
    top = (await jam.ask("org", MORE))["jam"]["invitationTree"]["people"]
    assert (top["totalCount"], [edge["node"]["person"]["id"] for edge in top["edges"]]) == (1, ["org"])
    assert await jam.code("org", MORE, after="nonsense") == "InvalidInput"


async def test_people_are_found_by_their_names(jam: Grown) -> None:
    document = (
        "query($jam: ID!, $text: String!) { jam(id: $jam) { invitationTree { search(text: $text) { person { id } below } } } }"
    )
    told = (await jam.ask("org", document, text="on"))["jam"]["invitationTree"]["search"]
    assert told == [{"person": {"id": "one"}, "below": 3}]
    assert (await jam.ask("org", document, text="zz"))["jam"]["invitationTree"]["search"] == []


async def test_what_a_circle_holds_is_in_no_number(jam: Grown) -> None:
    circle = jam.circle("one", "two")
    before = await reach(jam), await columns(jam), await jam.ask("org", PERSON, id="one")
    secret = jam.post("one", audience=Audience(circle=circle))
    jam.comment(secret, "two")
    jam.support(secret, "two")
    jam.wait(10_000)
    assert (await reach(jam), await columns(jam), await jam.ask("org", PERSON, id="one")) == before


async def test_one_is_told_of_those_one_brought_by_name_and_of_all_others_by_count(jam: Grown) -> None:
    told = (await jam.ask("one", OWN))["viewer"]["branch"]
    assert (told["brought"], told["below"]) == (2, 3)
    assert [(row["person"]["name"], row["below"]) for row in told["people"]] == [("Five", 1), ("Four", 0)]
    assert (await jam.ask("six", OWN))["viewer"]["branch"] == {"brought": 0, "below": 0, "people": []}
    newest = (await jam.ask("ann", OWN))["viewer"]["branch"]
    assert [row["person"]["name"] for row in newest["people"]] == ["Three", "Two"]
    assert (await jam.ask("stranger", OWN))["viewer"]["branch"] is None


async def test_who_is_erased_has_no_name_in_the_tree(jam: Grown) -> None:
    jam.people.views["one"] = PersonView("one", None, None, "en")
    told = await columns(jam, top="ann")
    assert told["names"].split("\n")[1] == ""


# ------------------------------------------------------------------------------------------------------- kept for a moment
async def test_a_count_is_made_once_however_many_ask_and_again_when_it_is_old(jam: Grown) -> None:
    asked: list[str] = []
    now = [0.0]

    def country(person: str) -> None:
        asked.append(person)

    meter = ReachMeter(country, lambda: now[0])
    first, second = await asyncio.gather(meter.of(jam.state), meter.of(jam.state))
    assert first is second
    assert len(asked) == len(jam.state.members)
    jam.bring("two", "seven")
    now[0] = 1.9
    assert await meter.of(jam.state) is first
    now[0] = 100.0
    newer = await meter.of(jam.state)
    assert newer.total.joined == first.total.joined + 1


async def test_a_count_that_failed_is_made_again(jam: Grown) -> None:
    faults = [RuntimeError("once")]

    def country(person: str) -> None:
        if faults:
            raise faults.pop()

    meter = ReachMeter(country, lambda: 0.0)
    with pytest.raises(RuntimeError, match="once"):
        await meter.of(jam.state)
    assert (await meter.of(jam.state)).total.joined == len(jam.state.members)


async def test_others_get_their_turn_while_it_is_counted(jam: Grown) -> None:
    meter = ReachMeter(lambda person: None)
    counting = asyncio.create_task(meter.of(jam.state))
    turns = 0
    while not counting.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 5
