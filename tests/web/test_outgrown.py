"""A server beside a newer one that wrote what this one does not know: it shows what it knows, writes nothing, and says so."""

import asyncio
from contextlib import aclosing

import orjson
import pytest

from server.jam import commands as c
from server.jam_store import PREFIX
from server.journal.sqlite import SqliteJournal
from tests.web.running import TOPIC, Site, graphql

pytestmark = pytest.mark.anyio
POST = """mutation($input: PostIdeaInput!) { postIdea(input: $input) {
  __typename ... on Rejection { code message } } }"""


async def test_people_read_on_and_are_told_to_try_again(site: Site) -> None:
    await site.server.store.submit("jtown", c.PostIdea(actor="pben", id="before", topic=TOPIC, title="Before", body=""))
    newer = await SqliteJournal.open(site.server.settings.data / "journal.sqlite")
    tail = await newer.last(PREFIX + "jtown")
    row = {"t": "idea.levitated", "v": 1, "at": 5, "idea": "i1"}
    await newer.append(PREFIX + "jtown", tail, 1, orjson.dumps([[7, [row]]]), "newer")
    async with aclosing(await site.signed_in("pada")) as ada:
        async with asyncio.timeout(20):
            while (ready := await ada.get("/readyz")).status_code == 200:  # noqa: ASYNC110  the answer has no event
                await asyncio.sleep(0.05)
        assert ready.text == "a newer version of Hothouse is taking over: this worker is to be replaced\n"
        assert (await ada.get("/healthz")).status_code == 200
        command = {"commandId": "too-late-1", "jamId": "jtown", "topicId": TOPIC, "title": "Too late", "body": ""}
        answer = (await graphql(ada, POST, input=command))["postIdea"]
        assert (answer["__typename"], "newer version of Hothouse" in answer["message"]) == ("Unavailable", True)
        page = await graphql(ada, '{ jam(slug: "town") { ideas(first: 5) { edges { node { title } } } } }')
        assert [edge["node"]["title"] for edge in page["jam"]["ideas"]["edges"]] == ["Before"]
    assert await newer.last(PREFIX + "jtown") == tail + 1
    await newer.close()
