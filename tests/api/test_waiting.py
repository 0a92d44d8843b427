"""Operations that wait for what their resolvers find still to be worked out, and are then executed anew."""

import asyncio
from typing import Any

import pytest

from schema.direct import DirectFields
from server.api.documents import Documents
from server.api.execution import Engine
from server.counting import Counts
from server.jam import commands as c
from server.themes import briefings
from tests.schema.world import CORE, Api

pytestmark = pytest.mark.anyio

BRIEFING = (
    """query($jam: ID!) { jam(id: $jam) { themes { id name briefing { rank support supporters breadth supportOverTime } } } }"""
)
DOCUMENT = Documents(CORE).prepare(BRIEFING, None, None)
ENGINES = {
    "compiled": lambda: Engine(CORE, DirectFields()),
    "by resolvers": lambda: Engine(CORE),
    "by graphql-core": lambda: Engine(CORE, compiles=False),
}


def themed() -> Api:
    api = Api()
    first, second = api.post("ann", "first"), api.post("ben", "second")
    api.support(first, "ann", "fred")
    api.themed(first, second)
    return api


async def briefed(engine: Engine, api: Api, person: str = "rev") -> Any:
    return await engine.run(DOCUMENT, {"jam": api.state.id}, api.context(person))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """From when it is asked for, every jam counts as large."""
    monkeypatch.setattr(briefings, "SMALL", 0)


@pytest.mark.parametrize("way", ENGINES)
async def test_the_answer_is_the_same_however_large_the_jam(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, api = ENGINES[way](), themed()
    small = await briefed(engine, api)
    assert small.errors is None
    monkeypatch.setattr(briefings, "SMALL", 0)
    assert await briefed(engine, api) == small
    api.do(c.SplitTheme, "mod", theme="h1", ideas=(api.state.ideas[1].id,), name="Second")
    assert (await briefed(engine, api)).errors is None, "a theme that came since is worked out by itself"


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("way", ENGINES)
async def test_who_gives_up_stops_nobody(way: str) -> None:
    engine, api = ENGINES[way](), themed()
    impatient = asyncio.create_task(briefed(engine, api))
    patient = asyncio.create_task(briefed(engine, api))
    await asyncio.sleep(0)
    impatient.cancel()
    answer = await patient
    assert answer.errors is None
    assert [theme["briefing"]["support"] for theme in answer.data["jam"]["themes"]] == [2]
    assert impatient.cancelled()


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("way", ENGINES)
async def test_who_may_not_read_it_is_told_so_at_once(way: str) -> None:
    answer = await briefed(ENGINES[way](), themed(), "ann")
    assert [error.extensions for error in answer.errors] == [{"code": "NotAllowed"}]


RENAME = """mutation ($input: RenameThemeInput!) { renameTheme(input: $input) { __typename
  ... on ThemeSuccess { theme { name briefing { support } } } } }"""


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("way", ENGINES)
async def test_what_changes_something_is_carried_out_once_and_answered_at_once(way: str) -> None:
    engine, api = ENGINES[way](), themed()
    before = api.state.seq
    given = {"input": {"commandId": "rename-it", "themeId": "h1", "name": "Better"}}
    answer = await engine.run(Documents(CORE).prepare(RENAME, None, None), given, api.context("mod"))
    assert answer.data == {
        "renameTheme": {"__typename": "ThemeSuccess", "theme": {"name": "Better", "briefing": {"support": 2}}}
    }
    assert api.state.seq == before + 1


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("way", ENGINES)
async def test_nobody_waits_for_ever_where_it_is_always_out_of_date(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counts, "_is_old", lambda *_: True)
    answer = await briefed(ENGINES[way](), themed())
    assert answer.errors is None
    assert [theme["briefing"]["support"] for theme in answer.data["jam"]["themes"]] == [2]
