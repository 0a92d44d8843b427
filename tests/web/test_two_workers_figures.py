"""Two workers of one store: each shows what both measure, of real work."""

import asyncio
import re
from contextlib import AsyncExitStack, aclosing
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from server.keeping.backup import back_up
from server.settings import Settings
from tests.patience import PATIENCE_S
from tests.web.running import TOPIC, Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
READ = """query { operations { workers { id place figures { name value bound alarm unit points { at } } } } }"""
POST = """mutation P($input: PostIdeaInput!) { postIdea(input: $input) { ... on IdeaSuccess { idea { id } } } }"""


async def figures(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """By worker: figure → what is told of it."""
    workers = (await graphql(client, READ))["operations"]["workers"]
    return [{one["name"]: one for one in worker["figures"]} for worker in workers]


def _are_there(told: list[dict[str, Any]]) -> bool:
    """Whether both workers tell their figures, and the first one's have values."""
    return len(told) == 2 and all((told[0].get(name) or {}).get("value") for name in ("ACTS", "BACKUP_AGE"))


async def test_each_worker_shows_all_of_them(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"data": tmp_path, "theme_workers": 0, "posts_per_minute": 1_000}
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(Settings(port=free_port(), **settings)))
        await open_jam(first)
        await first.store.grant_organizer("porg")
        await back_up(tmp_path, tmp_path / "backup.tar", first.store._clock() - 3_600_000)
        second = await stack.enter_async_context(serving(Settings(port=free_port(), worker=1, **settings)))
        here, there = (Site(one, Sink(), f"http://127.0.0.1:{one.settings.port}") for one in (first, second))
        org = await stack.enter_async_context(aclosing(await there.signed_in("porg")))
        ada = await stack.enter_async_context(aclosing(await here.signed_in("pada")))
        number = count()
        with anyio.fail_after(PATIENCE_S):
            # What people do is told of for some seconds, what the store is like is looked for each ten: they go on meanwhile.
            while not _are_there(told := await figures(org)):
                given = {
                    "commandId": f"an-idea-{next(number)}",
                    "jamId": "jtown",
                    "topicId": TOPIC,
                    "title": "A shade",
                    "body": "",
                }
                await graphql(ada, POST, input=given)
                await asyncio.sleep(0.2)
        mine, other = told
        for name in ("LAG_P50", "LAG_P99", "STORE", "MEMORY"):
            assert mine[name]["value"] > 0
            assert other[name]["value"] > 0
        assert mine["COMMANDS_WAITING"]["bound"] == 20_000
        assert mine["COMMIT_P99"]["value"] > 0
        assert 0 < mine["DISK_FREE"]["value"] < 1
        assert mine["JOURNAL_SIZE"]["value"] > 0
        assert 0.9 < mine["BACKUP_AGE"]["value"] < 1.2
        assert (mine["WEBHOOKS_DEAD"]["value"], mine["CLOCK_LEAPT"]["value"]) == (0, 0)
        assert {"DISK_FREE", "BACKUP_AGE", "MAILS_WAITING"}.isdisjoint(other), "the store is told of once"
        assert "CERTIFICATE" not in mine
        assert mine["LAG_P99"]["points"]
        metrics = (await org.get("/metrics")).text
        assert re.search(r'^hothouse_operations_figure{figure="MEMORY"[^}]*} [1-9]', metrics, re.MULTILINE)
        assert re.search(r'^hothouse_operations_alarm{figure="STORE"[^}]*} 0', metrics, re.MULTILINE)
        refused = (await ada.post("/graphql", json={"query": READ})).json()
        assert refused["data"] is None
        assert refused["errors"][0]["extensions"]["code"] == "NotAllowed"
