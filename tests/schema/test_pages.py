"""Boards in pages: every idea once, whatever moves meanwhile, and cursors that say what is wrong with them."""

import json
from base64 import urlsafe_b64encode
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.pages import decode, encode
from server.jam import commands as c
from server.jam.people import Relation
from server.jam.ranking import IdeaOrder, order_key
from tests.schema.world import Api, data

pytestmark = pytest.mark.anyio

BOARD = """query($jam: ID!, $order: IdeaOrder! = NEW, $topic: ID, $theme: ID, $language: String, $relation: Relation,
    $first: Int! = 20, $after: String) {
  jam(id: $jam) { ideas(order: $order, topicId: $topic, themeId: $theme, language: $language, relation: $relation,
      first: $first, after: $after) {
    totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
ORDERS = list(IdeaOrder)
VOTERS = ("ann", "ben", "cat", "fay", "fred", "cleo", "pat", "mod", "rev", "spo", "org")


async def board(api: Api, person: str = "ben", **arguments: Any) -> Any:
    found: dict[str, Any] = (await api.ask(person, BOARD, **arguments))["jam"]["ideas"]
    return found


async def walk(api: Api, between: Any = lambda: None, first: int = 2, **arguments: Any) -> list[str]:
    """All pages, one after the other; `between` happens between two of them."""
    ids: list[str] = []
    after = None
    while True:
        page = await board(api, first=first, after=after, **arguments)
        ids += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]
        between()


def filled(count: int = 9) -> Api:
    api = Api()
    for number in range(count):
        api.wait(60_000)
        idea = api.post(VOTERS[number % 3], f"Idea {number}")
        api.support(idea, *VOTERS[: (number * 5) % 7])
    return api


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("first", [1, 2, 4, 100])
async def test_pages_put_together_are_the_whole_board_in_order(order: IdeaOrder, first: int) -> None:
    api = filled()
    api.themed(*(idea.id for idea in api.state.ideas))
    expected = [idea.id for idea in sorted(api.state.ideas, key=lambda idea: (order_key(order, idea), idea.number))]
    for where in ({}, {"topic": api.topic}, {"theme": "h1"}, {"topic": api.topic, "theme": "h1"}, {"language": "en"}):
        assert await walk(api, first=first, order=order.value, **where) == expected


moves = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(VOTERS), st.booleans()), max_size=12)


@pytest.mark.parametrize("order", [order for order in ORDERS if order is not IdeaOrder.UNATTENDED])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_does_not_move_appears_exactly_once_while_votes_come_in(order: IdeaOrder, data: st.DataObject) -> None:
    """Votes, comments and views move some ideas between two pages; all others are shown once each, in order."""
    import anyio

    api = filled()
    moved: set[str] = set()

    def between() -> None:
        for number, person, is_support in data.draw(moves):
            idea = api.state.ideas[number]
            before = order_key(order, idea)
            api.do(c.SupportIdea if is_support else c.WithdrawSupport, person, idea=idea.id)
            if is_support:
                api.do(c.CountSeen, "system", counts={idea.id: 1})
                api.comment(idea.id)
            if order_key(order, idea) != before:
                moved.add(idea.id)

    async def read() -> list[str]:
        return await walk(api, between, order=order.value)

    ids = anyio.run(read)
    still = [id for id in ids if id not in moved]
    everything = {idea.id for idea in api.state.ideas}
    assert sorted(still) == sorted(everything - moved)
    keys = [order_key(order, api.idea(id)) for id in still]
    assert keys == sorted(keys)


async def test_ideas_that_leave_the_board_meanwhile_disturb_nothing() -> None:
    api = filled()
    newest_first = [idea.id for idea in reversed(api.state.ideas)]
    page = await board(api, first=3)
    last = page["edges"][-1]["node"]["id"]
    api.do(c.HideIdea, "mod", idea=last, reason="Because")
    rest = await board(api, first=100, after=page["pageInfo"]["endCursor"])
    assert [edge["node"]["id"] for edge in rest["edges"]] == newest_first[3:]


async def test_pinned_ideas_lead_every_order_and_are_not_shown_again() -> None:
    api = filled()
    pinned = api.state.ideas[4].id
    api.do(c.MarkIdea, "mod", idea=pinned, mark="PINNED", on=True, reason="Because")
    for order in ORDERS:
        ids = await walk(api, order=order.value)
        assert ids[0] == pinned
        assert len(ids) == len(set(ids)) == 9


async def test_filters_and_their_totals() -> None:
    api = filled(3)
    hebrew = api.post("fay", "רעיון")
    api.post("cleo", "Client")
    found = await board(api, language="he")
    assert ([edge["node"]["id"] for edge in found["edges"]], found["totalCount"]) == ([hebrew], 1)
    found = await board(api, relation="FAMILY")
    assert ([edge["node"]["id"] for edge in found["edges"]], found["totalCount"]) == ([hebrew], 1)
    assert (await board(api, relation="EMPLOYEE"))["totalCount"] == 3
    assert (await board(api, first=1))["totalCount"] == 5
    assert (await board(api, topic="t-none"))["totalCount"] == (await board(api, theme="h-none"))["totalCount"] == 0


@pytest.mark.parametrize("rare", [10**9, 0], ids=["looked for in the order of all", "put in order by themselves"])
@pytest.mark.parametrize("order", ORDERS)
async def test_a_filtered_board_is_the_whole_one_without_the_rest(
    order: IdeaOrder, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.pages.RARE", rare)
    api = filled()
    for idea in api.state.ideas[2:6]:
        api.comment(idea.id, "ann", "Yes")
    hebrew = [api.post(person, "לשתול עצים") for person in ("fay", "ann", "fred")]
    api.support(hebrew[1], "ben", "cat")
    api.do(c.HideIdea, "mod", idea=hebrew[2], reason="Twice")
    api.themed(*(idea.id for idea in api.state.ideas if idea.is_listed))
    whole = await walk(api, first=100, order=order.value)
    assert await counted(api, order=order.value) == len(whole)
    for language, relation in product((None, "he", "en", "fr"), (None, *Relation)):
        expected = [id for id in whole if is_taken(api, id, language, relation)]
        for where in ({}, {"topic": api.topic}, {"theme": "h1"}, {"topic": api.topic, "theme": "h1"}):
            filter = {"language": language, "relation": relation and relation.value, "order": order.value, **where}
            assert await walk(api, **filter) == expected
            assert await counted(api, **filter) == len(expected)


async def counted(api: Api, **arguments: Any) -> int:
    total: int = (await board(api, **arguments))["totalCount"]
    return total


def is_taken(api: Api, id: str, language: str | None, relation: Relation | None) -> bool:
    idea = api.idea(id)
    return language in (None, idea.language) and relation in (None, api.state.relation_of(idea.author))


async def test_unattended_counts_only_what_nobody_answered() -> None:
    api = filled(3)
    api.comment(api.state.ideas[0].id)
    found = await board(api, order="UNATTENDED")
    assert found["totalCount"] == 2
    assert [edge["node"]["id"] for edge in found["edges"]] == [idea.id for idea in api.state.ideas[1:]]


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
async def test_the_size_of_a_page_has_bounds(first: int) -> None:
    assert await filled(1).code("ben", BOARD, first=first) == "InvalidInput"


def forged(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


BAD = [
    "x", "é", "====", "A" * 500, "bm8", forged({}), forged([]), forged(["NEW"]), forged(["NEW", "a", "b", "c", "d"]),
    forged(["NEW", True, 1, 2, 3, 4]), forged(["NEW", None, 1, 2, 3]), forged(["NEW", float("nan"), 1, 2, 3]),
    forged(["NEW", [1], 1, 2, 3]), forged(["HOT", True, 1, 2, 3]), forged("NEW"), urlsafe_b64encode(b"[" * 280).decode(),
]  # fmt: skip


@pytest.mark.parametrize("after", BAD)
async def test_a_cursor_that_is_none_of_ours_is_refused(after: str) -> None:
    assert await filled(1).code("ben", BOARD, after=after) == "InvalidInput"


async def test_a_cursor_belongs_to_its_order() -> None:
    api = filled(3)
    cursor = (await board(api, first=1, order="TOP"))["pageInfo"]["endCursor"]
    assert await api.code("ben", BOARD, order="FAIR", after=cursor) == "InvalidInput"
    assert len((await board(api, order="TOP", after=cursor))["edges"]) == 2


@given(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans()), max_size=6))
def test_cursors_keep_every_number_exactly(key: list[Any]) -> None:
    assert len(encode("TOP", *key)) > 400 or decode(encode("TOP", *key), "TOP", len(key)) == key


async def test_comments_come_in_pages_too() -> None:
    api = filled(1)
    idea = api.state.ideas[0].id
    ids = [api.comment(idea, body=f"Comment {number}") for number in range(5)]
    api.do(c.HideComment, "mod", comment=ids[1], reason="Because")
    query = """query($id: ID!, $after: String) { idea(id: $id) { commentCount comments(first: 2, after: $after) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }"""
    first = (await api.ask("cat", query, id=idea))["idea"]
    second = (await api.ask("cat", query, id=idea, after=first["comments"]["pageInfo"]["endCursor"]))["idea"]["comments"]
    assert first["commentCount"] == first["comments"]["totalCount"] == second["totalCount"] == 4
    edges = [*first["comments"]["edges"], *second["edges"]]
    assert [edge["node"]["id"] for edge in edges] == [ids[0], *ids[2:]]
    assert (first["comments"]["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    mine = (await api.ask("ben", query, id=idea))["idea"]["comments"]
    assert mine["totalCount"] == 5


async def test_answers_to_a_comment_that_is_out_of_sight_do_not_name_it() -> None:
    api = filled(1)
    idea = api.state.ideas[0].id
    parent = api.comment(idea, "cat")
    answer = api.comment(idea, "ben", parent=parent)
    api.do(c.HideComment, "mod", comment=parent, reason="Because")
    query = "query($id: ID!) { comment(id: $id) { parentId depth idea { id } } }"
    assert (await api.ask("ben", query, id=answer))["comment"] == {"parentId": None, "depth": 1, "idea": {"id": idea}}
    assert (await api.ask("mod", query, id=answer))["comment"]["parentId"] == parent
    assert (await api.ask("cat", query, id=answer))["comment"]["parentId"] == parent


async def test_members_are_for_organizers_in_pages_by_name_and_role() -> None:
    api = filled(2)
    query = """query($jam: ID!, $after: String, $query: String, $role: Role) { jam(id: $jam) {
        members(first: 4, after: $after, query: $query, role: $role) { totalCount pageInfo { hasNextPage endCursor }
        edges { node { person { name relation } role ideaCount commentCount supportCount joinedAt relation } } } } }"""
    names: list[str] = []
    after = None
    while True:
        page = (await api.ask("org", query, after=after))["jam"]["members"]
        assert page["totalCount"] == 11
        names += [edge["node"]["person"]["name"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(names) == sorted(person.capitalize() for person in VOTERS)
    found = (await api.ask("org", query, query="f"))["jam"]["members"]
    assert [edge["node"]["person"]["name"] for edge in found["edges"]] == ["Fay", "Fred"]
    assert (await api.ask("org", query, role="MODERATOR"))["jam"]["members"]["totalCount"] == 1
    for person in ("ann", "mod", "rev", "spo"):
        assert (await api.ask(person, query))["jam"]["members"] == {
            "totalCount": 0, "edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None},
        }  # fmt: skip


async def test_no_answer_to_anyone_has_the_address_of_another(api: Api) -> None:
    result = await api.answer(api.context("org"), "query { viewer { email } }")
    assert data(result) == {"viewer": {"email": "org@example.org"}}
    assert (await api.ask(None, "query { viewer { email } }"))["viewer"] is None
