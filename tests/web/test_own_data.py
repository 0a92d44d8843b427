"""One's own data through the whole server: the archive, and an erasure that every worker follows at once."""

import asyncio
import io
import json
from contextlib import aclosing
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from server.access.secrets import hashed
from server.app.clock import wall_clock
from server.erasing.traces import traces
from server.settings import Settings
from server.vault.port import Session
from server.verifying import verify
from tests.web.running import OURS, Site, free_port, graphql, serving
from tests.web.test_tokens import BUSY_S, connected, drained, given

pytestmark = pytest.mark.anyio
POST = "mutation($input: PostIdeaInput!) { it: postIdea(input: $input) { __typename ... on IdeaSuccess { idea { id } } ... on Rejection { code } } }"
SEARCH = '{ search(jamId: "jtown", text: "heliotropes") { ideas { id } } }'
READ = "query($id: ID!) { idea(id: $id) { title author { name id } } }"
CONFIRMED = {"typed": "ada@example.org", "withdraw": False}


async def posted(client: httpx.AsyncClient, title: str) -> Any:
    topic = (await graphql(client, '{ jam(slug: "town") { id topics { id } } }'))["jam"]
    given = {"commandId": f"post-{abs(hash(title))}", "jamId": topic["id"], "topicId": topic["topics"][0]["id"]}
    return (await graphql(client, POST, input={**given, "title": title, "body": ""}))["it"]


async def test_the_archive_has_ones_own_idea_and_is_for_nobody_else(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pben")) as ben:
        await posted(ada, "Heliotropes everywhere")
        answer = await ada.post("/own/data")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert "no-store" in answer.headers["cache-control"]
        with ZipFile(io.BytesIO(answer.content)) as archive:
            assert "Heliotropes everywhere" in archive.read("data.html").decode()
            assert json.loads(archive.read("data.json"))["person"]["email"] == "ada@example.org"
        bens = await ben.post("/own/data")
        with ZipFile(io.BytesIO(bens.content)) as archive:
            assert b"Heliotropes" not in archive.read("data.json")


@pytest.mark.parametrize("path", ["/own/data", "/own/erasure", "/own/erase"])
async def test_only_people_in_person_who_signed_in_lately_on_a_page_of_ours(site: Site, path: str) -> None:
    now = wall_clock()
    async with site.client() as nobody:
        assert (await nobody.post(path, json=CONFIRMED)).json()["code"] == "SignInRequired"
    secret = await given(site, "pada", ["READ", "ORGANIZE"])
    async with httpx.AsyncClient(base_url=site.url, headers={**OURS, "Authorization": f"Bearer {secret}"}) as program:
        assert (await program.post(path, json=CONFIRMED)).json()["code"] == "InPerson"
    await site.server.vault.add_session(Session(hashed("old"), "pada", now - 3_700_000, now, now + 9_999_999, ""))
    async with httpx.AsyncClient(base_url=site.url, headers=OURS, cookies={"hothouse_session": "old"}) as stale:
        assert (await stale.post(path, json=CONFIRMED)).json()["code"] == "SignInAgain"
    async with aclosing(await site.signed_in("pada")) as ada:
        del ada.headers["X-Hothouse"]
        assert (await ada.post(path, json=CONFIRMED)).status_code == 403
        ada.headers.update({"X-Hothouse": "1", "Origin": "https://elsewhere.example"})
        assert (await ada.post(path, json=CONFIRMED)).status_code == 403
    assert await site.server.vault.person("pada") is not None


async def test_the_archive_can_not_be_asked_for_without_end(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        codes = [(await ada.post("/own/data")).status_code for _ in range(7)]
        assert codes == [200] * 6 + [429]


@pytest.mark.parametrize(
    "body", [{}, {"withdraw": False}, {"typed": "ben@example.org", "withdraw": True}, {"typed": "ada@example.org"}]
)
async def test_an_erasure_that_is_not_confirmed_changes_nothing(site: Site, body: dict[str, Any]) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        assert (await ada.post("/own/erase", json=body)).json()["code"] in ("NotConfirmed", "InvalidInput")
        assert (await graphql(ada, "{ viewer { id } }"))["viewer"]["id"] == "pada"


async def test_the_last_organizer_is_told_to_hand_over_first(site: Site) -> None:
    async with aclosing(await site.signed_in("porg")) as org:
        assert "Our town" in (await org.post("/own/erasure")).json()["obstacle"]
        refused = await org.post("/own/erase", json={"typed": "org@example.org", "withdraw": False})
        assert (refused.status_code, refused.json()["code"]) == (409, "Conflict")
        assert (await graphql(org, "{ viewer { id } }"))["viewer"] is not None


async def test_one_is_told_what_an_erasure_concerns(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        await posted(ada, "Heliotropes")
        told = (await ada.post("/own/erasure")).json()
        assert told == {"ideas": 1, "comments": 0, "votes": 0, "jams": 1, "obstacle": None, "typed": "ada@example.org"}


async def test_erased_on_one_worker_gone_on_all(site: Site) -> None:
    secret = await given(site, "pada", ["READ", "POST"])
    other = Settings(data=site.server.settings.data, port=free_port(), theme_workers=0, worker=1)
    async with (
        serving(other) as second,
        aclosing(await site.signed_in("pada")) as ada,
        aclosing(await site.signed_in("pben")) as ben,
    ):
        elsewhere = f"http://127.0.0.1:{other.port}"
        idea = (await posted(ada, "Heliotropes"))["idea"]["id"]
        cookies = {"hothouse_session": ben.cookies["hothouse_session"]}
        async with (
            httpx.AsyncClient(base_url=elsewhere, headers=OURS, cookies=cookies) as ben_there,
            connected(elsewhere, secret) as socket,
        ):
            await asyncio.sleep(0.3)
            assert (await graphql(ben_there, READ, id=idea))["idea"]["author"]["name"] == "Ada"
            heard = asyncio.create_task(drained(socket))
            await asyncio.sleep(0)
            answer = await ada.post("/own/erase", json=CONFIRMED)
            assert answer.status_code == 200, answer.text
            assert answer.json()["jams"][0]["ideas_kept"] == 1
            assert 'hothouse_session=""' in answer.headers["set-cookie"]
            assert await asyncio.wait_for(heard, BUSY_S) in (4401, 4403)
            assert await nameless(ben_there, idea)
            assert (await graphql(ben, READ, id=idea))["idea"] == {
                "title": "Heliotropes",
                "author": {"name": None, "id": "pada"},
            }
        assert second.directory.person("pada") is None
        late = (await ada.post("/graphql", json={"query": POST, "variables": {"input": {
            "commandId": "queued-on-a-phone", "jamId": "jtown", "topicId": "t", "title": "Late", "body": ""}}})).json()  # fmt: skip
        assert late["data"]["it"]["code"] == "SignInRequired"
        assert await traces(other.data, second.journal, second.vault, ["ada@example.org"]) == []


async def nameless(client: httpx.AsyncClient, idea: str) -> bool:
    """Whether the other worker comes to show the idea under nobody's name."""
    for _ in range(30):
        if (await graphql(client, READ, id=idea))["idea"]["author"]["name"] is None:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_who_withdraws_takes_every_word_along(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pben")) as ben:
        idea = (await posted(ada, "Heliotropes for the schoolyard"))["idea"]["id"]
        found = '{ jam(slug: "town") { ideas(first: 5) { totalCount } } }'
        assert (await graphql(ben, found))["jam"]["ideas"]["totalCount"] == 1
        answer = await ada.post("/own/erase", json={**CONFIRMED, "withdraw": True})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.5)  # answers for many are as old as a tick
        assert (await graphql(ben, READ, id=idea))["idea"] is None
        assert (await graphql(ben, found))["jam"]["ideas"]["totalCount"] == 0
        assert (await graphql(ben, SEARCH))["search"]["ideas"] == []
    server = site.server
    left = await traces(server.settings.data, server.journal, server.vault, ["Heliotropes", "ada@example.org", "schoolyard"])
    assert left == []
    assert (await verify(server.journal, server.store.get("jtown"), "town")).ok


async def test_signing_in_again_finds_nobody(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as ada:
        await ada.post("/own/erase", json=CONFIRMED)
    async with site.client() as client:
        assert (await client.post("/auth/link", json={"email": "ada@example.org"})).status_code == 204
        await site.server.links.settled()
    assert [mail for mail in site.sink.mails if "ada@example.org" in str(mail["To"])] == []
