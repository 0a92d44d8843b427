"""Members as the API lists them: pages by place and behind a cursor, filters, who may look, and what one is told of oneself."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Phase
from server.jam.standing import RestrictionKind
from tests.jam.world import HOUR, PEOPLE
from tests.schema.world import Api, data

pytestmark = pytest.mark.anyio

R = "Because it is so"
NAMES = sorted([*PEOPLE, "org"])
LIST = """query($first: Int!, $at: Int, $after: String, $order: MemberOrder!) { jam(id: "j1") {
  members(first: $first, at: $at, after: $after, order: $order) {
    offset totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { person { id } } } } } }"""


@pytest.fixture
def api() -> Api:
    return Api(Phase.IDEATION)


async def page(api: Api, **variables: Any) -> dict[str, Any]:
    given = {"first": 4, "at": None, "after": None, "order": "NAME"} | variables
    answer = data(await api.answer(api.context("org"), LIST, **given))
    found: dict[str, Any] = answer["jam"]["members"]
    return found


def people(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["person"]["id"] for edge in found["edges"]]


async def ask(api: Api, person: str, fields: str) -> Any:
    return data(await api.answer(api.context(person), f'{{ jam(id: "j1") {{ {fields} }} }}'))["jam"]


async def test_any_place_of_the_list_is_a_page(api: Api) -> None:
    middle = await page(api, at=5)
    assert people(middle) == NAMES[5:9]
    assert (middle["offset"], middle["totalCount"]) == (5, len(NAMES))
    assert middle["pageInfo"]["hasPreviousPage"] is middle["pageInfo"]["hasNextPage"] is True
    assert people(await page(api, at=len(NAMES))) == []
    assert people(await page(api, at=0)) == NAMES[:4]


@pytest.mark.parametrize("order", ["NAME", "NEWEST", "OLDEST", "MOST_ACTIVE", "LEAST_ACTIVE"])
async def test_a_cursor_leads_through_every_order(api: Api, order: str) -> None:
    api.support(api.post("cat"), "pat")
    seen: list[str] = []
    after = None
    while True:
        found = await page(api, after=after, order=order)
        seen += people(found)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == NAMES
    assert len(seen) == len(NAMES)


async def test_a_cursor_goes_on_behind_someone_who_is_not_in_the_selection_any_more(api: Api) -> None:
    query = """query($after: String) { jam(id: "j1") { members(first: 2, after: $after, role: PARTICIPANT, order: NAME) {
      edges { cursor node { person { id } } } } } }"""
    first = data(await api.answer(api.context("org"), query, after=None))["jam"]["members"]
    assert people(first) == ["ann", "ben"]
    api.do(c.ChangeRole, "org", person="ben", role=Role.SPONSOR)
    api.services.roster.watch(api.state, [])
    api.services.roster.person_changed("ben")
    rest = data(await api.answer(api.context("org"), query, after=first["edges"][-1]["cursor"]))["jam"]["members"]
    assert people(rest) == ["cat", "cleo"]


@pytest.mark.parametrize("wrong", [{"at": -1}, {"at": 2, "after": "WyJNRU1CRVJTIiwxXQ"}, {"first": 101}, {"after": "x"}])
async def test_what_can_not_be_a_page_is_refused_in_words(api: Api, wrong: dict[str, Any]) -> None:
    result = await api.answer(api.context("org"), LIST, **{"first": 4, "at": None, "after": None, "order": "NAME"} | wrong)
    assert result.errors is not None
    assert (result.errors[0].extensions or {})["code"] == "InvalidInput"


async def test_ids_of_all_who_match_for_acting_on_them(api: Api) -> None:
    found = await ask(api, "org", "members(first: 1, relation: FAMILY, order: NAME) { totalCount personIds }")
    assert found["members"] == {"totalCount": 2, "personIds": ["fay", "mod"]}
    found = await ask(api, "org", "members(first: 1, order: NAME) { personIds(at: 3, first: 2) }")
    assert found["members"]["personIds"] == NAMES[3:5]


@pytest.mark.parametrize("person", ["ann", "mod", "rev", "spo"])
async def test_the_list_and_its_addresses_are_for_organizers(api: Api, person: str) -> None:
    fields = "memberCountries members(first: 9) { totalCount personIds edges { node { email } } }"
    assert await ask(api, person, fields) == {
        "memberCountries": [], "members": {"totalCount": 0, "personIds": [], "edges": []},
    }  # fmt: skip
    assert (await ask(api, "org", 'member(personId: "ann") { email }'))["member"] == {"email": "ann@example.org"}
    shown = await ask(
        api, person, 'member(personId: "ann") { email role } memberActs { id } branch(personId: "ann") { peopleCount }'
    )
    told = None if person != "mod" else {"email": None, "role": "PARTICIPANT"}
    assert shown == {"member": told, "memberActs": [], "branch": None}


async def test_what_holds_of_a_member_is_told_to_who_decides_and_to_themselves(api: Api) -> None:
    until = api.now + HOUR
    api.do(c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.MUTED, until=until, reason=R)
    told = {"kind": "MUTED", "until": until, "reason": R}
    idea = api.post("ben")
    api.comment(idea, "cat")
    assert (await ask(api, "mod", 'member(personId: "ann") { restriction { kind until reason } }'))["member"][
        "restriction"
    ] == told
    assert (await ask(api, "ann", "viewerRestriction { kind until reason }"))["viewerRestriction"] == told
    assert (await ask(api, "ben", "viewerRestriction { kind }"))["viewerRestriction"] is None
    author = "ideas(order: NEW) { edges { node { author { restriction { kind } } } } }"
    api.wait(HOUR)
    assert (await ask(api, "ann", "viewerRestriction { kind }"))["viewerRestriction"] is None, "over, though not lifted yet"
    api.do(c.RestrictMembers, "mod", people=("ben",), kind=RestrictionKind.MUTED, until=None, reason=R)
    shown = {person: (await ask(api, person, author))["ideas"]["edges"] for person in ("ann", "mod")}
    assert shown["mod"][0]["node"]["author"]["restriction"] == {"kind": "MUTED"}
    assert shown["ann"][0]["node"]["author"]["restriction"] is None


async def test_a_suspended_person_has_no_jam_and_is_told_which_and_why(api: Api) -> None:
    api.do(c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.SUSPENDED, until=api.now + HOUR, reason=R)
    query = '{ viewer { memberships { role } suspensions { jamId jamSlug jamTitle until reason } } jam(id: "j1") { id } }'
    told = {"jamId": "j1", "jamSlug": "jam", "jamTitle": "Jam", "until": api.now + HOUR, "reason": R}
    answer = data(await api.answer(api.context("ann"), query))
    assert answer == {"viewer": {"memberships": [], "suspensions": [told]}, "jam": None}
    api.wait(HOUR)
    answer = data(await api.answer(api.context("ann"), query))
    assert answer == {"viewer": {"memberships": [{"role": "PARTICIPANT"}], "suspensions": []}, "jam": {"id": "j1"}}


async def test_a_scoped_moderator_finds_their_own_cases_behind_any_number_of_others(api: Api) -> None:
    for _ in range(5):
        api.make(ids.REPORT, c.FileReport, "cat", target=api.post("ann", topic=api.staff), reason="SPAM")
    mine = api.make(ids.REPORT, c.FileReport, "cat", target=api.post("ann", language="he"), reason="SPAM")
    api.do(c.ScopeModerator, "org", person="mod", topics=(api.topic,), languages=("he",))
    scope = (await ask(api, "mod", "viewerScope { topics { id } languages }"))["viewerScope"]
    assert scope == {"topics": [{"id": api.topic}], "languages": ["he"]}
    limits = f'first: 2, topicIds: ["{api.topic}"], languages: ["he"]'
    answer = await ask(api, "mod", f"reports({limits}) {{ id }} stream({limits}) {{ ... on Idea {{ language }} }}")
    assert answer == {"reports": [{"id": mine}], "stream": [{"language": "he"}]}


async def test_the_log_names_nobody(api: Api) -> None:
    api.do(c.RestrictMembers, "mod", people=("ann",), kind=RestrictionKind.MUTED, until=None, reason="Ann is rude")
    log = (await ask(api, "fay", "moderationLog { act targetKind targetId reason }"))["moderationLog"]
    assert log == [{"act": "MEMBER_MUTED", "targetKind": "MEMBER", "targetId": None, "reason": ""}]


async def test_moderators_see_the_acts_that_they_may_undo(api: Api) -> None:
    api.do(c.ChangeRoles, "org", people=("ann", "ben"), role=Role.REVIEWER)
    api.do(c.RestrictMembers, "mod", people=("cat",), kind=RestrictionKind.MUTED, until=None, reason=R)
    kinds = {person: (await ask(api, person, "memberActs { kind count }"))["memberActs"] for person in ("org", "mod", "ann")}
    muted, promoted = {"kind": "MUTE", "count": 1}, {"kind": "ROLE", "count": 2}
    assert kinds == {"org": [muted, promoted], "mod": [muted], "ann": []}
    assert Relation.EMPLOYEE is api.member("ann").relation
