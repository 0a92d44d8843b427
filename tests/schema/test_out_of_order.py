"""A jam whose state a fault left half-changed is neither read nor written, and no other jam suffers from it."""

import pytest

from tests.schema.world import Api

pytestmark = pytest.mark.anyio


@pytest.fixture
def torn() -> Api:
    api = Api()
    api.post("ann", "First")
    api.state.is_sound = False
    return api


@pytest.mark.parametrize(
    "query",
    [
        "query($jam: ID!) { jam(id: $jam) { title } }",
        'query($jam: ID!) { jam(slug: "jam") { ideas { totalCount } } }',
        "query($jam: ID!) { themeMap(jamId: $jam) { runId } }",
        'query($jam: ID!) { search(jamId: $jam, text: "First") { ideas { id } } }',
        'query($jam: ID!) { idea(id: "inothing") { id } }',
        'query($jam: ID!) { node(id: "cnothing") { id } }',
    ],
)
async def test_whoever_reads_it_is_told_to_try_again(torn: Api, query: str) -> None:
    result = await torn.answer(torn.context("ann"), query, jam="j1")
    (error,) = result.errors or ()
    assert getattr(error.original_error, "code", "") == "UNAVAILABLE"
    assert getattr(error.original_error, "retry_after", 0) > 0


async def test_a_command_about_it_is_refused_with_its_type(torn: Api) -> None:
    before = torn.state.seq
    idea = torn.state.ideas[0].id
    found = await torn.act("ann", "supportIdea", ideaId=idea)
    assert (found["__typename"], found["code"], found["retryAfterSeconds"]) == ("Unavailable", "Unavailable", 2.0)
    assert torn.state.seq == before


async def test_the_list_of_jams_goes_on_without_it(torn: Api) -> None:
    assert await torn.ask("ann", "{ jams { id } }") == {"jams": []}
    torn.state.is_sound = True
    assert await torn.ask("ann", "{ jams { id } }") == {"jams": [{"id": "j1"}]}


async def test_a_search_right_after_a_start_is_told_to_come_again_rather_than_that_there_is_nothing() -> None:
    api = Api()
    api.post("ann", "First")
    api.finder.is_loaded, api.finder.is_slow = False, True
    query = 'query($jam: ID!) { search(jamId: $jam, text: "First") { ideas { title } } }'
    (error,) = (await api.answer(api.context("ann"), query, jam="j1")).errors or ()
    assert (getattr(error.original_error, "code", ""), getattr(error.original_error, "retry_after", 0)) == ("UNAVAILABLE", 2.0)
    for api.finder.is_loaded in (False, True):
        api.finder.is_slow = False
        assert await api.ask("ann", query) == {"search": {"ideas": [{"title": "First"}]}}
