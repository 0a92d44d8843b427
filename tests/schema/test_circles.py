"""Circles by the API: their pages, and what is told live, to their members alone."""

from typing import Any

import pytest

from server.jam import commands as c
from server.jam.minors import MinorPolicy
from server.jam.visibility import Audience
from tests.jam.commanding import COMING
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

PAGE = """query($id: ID!, $first: Int!, $after: String) { node(id: $id) { ... on Circle {
  name memberCount ideaCount isClosed viewerKeeps createdAt jamId members { name }
  ideas(first: $first, after: $after) { totalCount edges { node { title } } pageInfo { hasNextPage endCursor } } } } }"""
TOLD = "viewerChanges { circles { name memberCount isClosed } ideas { title } comments { body } }"


@pytest.fixture
def api() -> Api:
    return Api()


def titles(page: Any) -> list[str]:
    return [edge["node"]["title"] for edge in page["ideas"]["edges"]]


async def test_its_page_has_its_own_ideas_newest_first(api: Api) -> None:
    few, others = api.circle("ann", "ben"), api.circle("ann", "cat", name="Others")
    for title in ("One", "Two", "Three"):
        api.post("ann", title, Audience(circle=few))
    api.post("ann", "Elsewhere", Audience(circle=others))
    api.post("ann", "For all")
    page = (await api.ask("ben", PAGE, id=few, first=2))["node"]
    assert (page["name"], page["memberCount"], page["ideaCount"], page["jamId"]) == ("The few", 2, 3, "j1")
    assert (page["viewerKeeps"], page["isClosed"], page["createdAt"]) == (False, False, api.now)
    assert page["members"] == [{"name": "Ann"}, {"name": "Ben"}]
    assert titles(page) == ["Three", "Two"]
    assert page["ideas"]["totalCount"] == 3
    rest = (await api.ask("ann", PAGE, id=few, first=2, after=page["ideas"]["pageInfo"]["endCursor"]))["node"]
    assert (titles(rest), rest["viewerKeeps"]) == (["One"], True)
    for outsider in ("cat", "mod", "org", None):
        assert (await api.ask(outsider, PAGE, id=few, first=2))["node"] is None


async def test_members_are_told_live_what_becomes_of_it_and_nobody_else(api: Api) -> None:
    few = api.circle("ann", "ben")
    everybody = ("ann", "ben", "cat", "mod", "org")

    async def told(person: str, after: int) -> Any:
        return (await api.hear(api.context(person), TOLD, after))["circles"]

    for change, inside in (
        (lambda: api.do(c.RenameCircle, "ann", circle=few, name="The fewer"), {"ann", "ben"}),
        (lambda: api.do(c.ChangeCircle, "ann", circle=few, add=("cat",)), {"ann", "ben", "cat"}),
        (lambda: api.do(c.CloseCircle, "ann", circle=few), {"ann", "ben", "cat"}),
        (lambda: api.do(c.CloseCircle, "ann", circle=few, closed=False), {"ann", "ben", "cat"}),
    ):
        before = api.state.seq
        change()
        heard = {person: await told(person, before) for person in everybody}
        assert {person for person, circles in heard.items() if circles is not None} == inside
        assert [await told(person, api.state.seq) for person in everybody] == [None] * 5, "once"

    before = api.state.seq
    api.do(c.ChangeCircle, "ann", circle=few, remove=("ben",))
    api.post("ann", "After ben left", Audience(circle=few))
    heard = await api.hear(api.context("ben"), TOLD, before)
    assert heard == {"circles": [], "ideas": [], "comments": []}, "told that it is gone, and of nothing in it"
    assert (await told("cat", before))[0]["memberCount"] == 2


async def test_who_left_a_circle_finds_nothing_of_it_any_more(api: Api) -> None:
    few = api.circle("ann", "ben")
    idea = api.post("ben", "Secret", Audience(circle=few))
    api.do(c.ChangeCircle, "ben", circle=few, remove=("ben",))
    document = """query($jam: ID!, $idea: ID!) { idea(id: $idea) { id } jam(id: $jam) { viewerCircles { id } }
      viewer { ideas(jamId: $jam) { id } } search(jamId: $jam, text: "Secret") { ideas { id } }
      similarIdeas(jamId: $jam, text: "Secret") { idea { id } } }"""
    told = await api.ask("ben", document, idea=idea)
    assert told == {
        "idea": None,
        "jam": {"viewerCircles": []},
        "viewer": {"ideas": []},
        "search": {"ideas": []},
        "similarIdeas": [],
    }


async def test_a_minor_is_found_by_nobody(api: Api) -> None:
    api.do(c.SetMinorPolicy, "org", policy=MinorPolicy(True))
    child = api.make("p", c.AddMinor, "ann", until=COMING)
    document = "query($jam: ID!, $text: String!) { search(jamId: $jam, text: $text, kinds: [PERSON]) { people { id } } }"
    assert (await api.ask("ben", document, text="ann"))["search"]["people"] == [{"id": "ann"}]
    assert (await api.ask("ben", document, text=child))["search"]["people"] == []
