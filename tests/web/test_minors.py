"""Minors over HTTP: a link for the child's own device, what a pause ends at once, and what removing leaves."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from server.jam import commands as c
from server.jam.minors import MinorPolicy
from tests.web.running import TOPIC, Site, graphql

pytestmark = pytest.mark.anyio

ADD = """mutation($input: AddMinorInput!) { it: addMinor(input: $input) {
  __typename ... on MinorSuccess { minor { id person { name } } } ... on InvalidInput { field } } }"""
LINK = """mutation($input: MinorInput!) { it: makeMinorLink(input: $input) {
  __typename ... on MinorLinkSuccess { url expiresAt } } }"""
PAUSE = "mutation($input: PauseMinorInput!) { it: pauseMinor(input: $input) { __typename } }"
REMOVE = "mutation($input: MinorInput!) { it: removeMinor(input: $input) { __typename } }"
POST = "mutation($input: PostIdeaInput!) { it: postIdea(input: $input) { __typename ... on IdeaSuccess { idea { id } } } }"
UPDATE = "mutation($input: UpdateViewerInput!) { it: updateViewer(input: $input) { __typename ... on InvalidInput { field } } }"
ME = '{ viewer { name email country } jam(slug: "town") { viewerMembership { isMinor relation guardian { name } } } }'


def coming() -> int:
    """The first of a month, four years from now."""
    return int(datetime(datetime.now(UTC).year + 4, 1, 1, tzinfo=UTC).timestamp()) * 1000


async def allowed(site: Site) -> None:
    await site.server.store.submit("jtown", c.SetMinorPolicy(actor="porg", id="policy", policy=MinorPolicy(True)))


async def a_child(guardian: httpx.AsyncClient, name: str = "Noa") -> str:
    given = {"commandId": f"add-{name}-0001", "jamId": "jtown", "name": name, "language": "he", "until": coming()}
    told = await graphql(guardian, ADD, input=given)
    assert told["it"]["__typename"] == "MinorSuccess"
    assert (await graphql(guardian, ADD, input=given)) == told, "sent again, it is the same child"
    return str(told["it"]["minor"]["id"])


async def link_of(guardian: httpx.AsyncClient, child: str) -> Any:
    return (await graphql(guardian, LINK, input={"commandId": "link-0001", "jamId": "jtown", "personId": child}))["it"]


async def entered(site: Site, url: str) -> httpx.AsyncClient:
    client = site.client()
    assert (await client.post("/auth/enter", json={"token": url.split("#")[1]})).status_code == 200
    return client


async def signed_out(client: httpx.AsyncClient) -> bool:
    """Whether the session is over within two seconds."""
    for _ in range(40):
        if (await graphql(client, "{ viewer { name } }"))["viewer"] is None:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_child_signs_in_once_by_the_guardians_link(site: Site) -> None:
    await allowed(site)
    ada = await site.signed_in("pada")
    child = await a_child(ada)
    url = (await link_of(ada, child))["url"]
    noa = await entered(site, url)
    told = await graphql(noa, ME)
    assert told["viewer"] == {"name": "Noa", "email": None, "country": None}
    assert told["jam"]["viewerMembership"] == {"isMinor": True, "relation": "FAMILY", "guardian": {"name": "Ada"}}
    async with site.client() as again:
        assert (await again.post("/auth/enter", json={"token": url.split("#")[1]})).status_code == 410
    await noa.aclose()
    await ada.aclose()


async def test_nobody_else_makes_a_link_for_them(site: Site) -> None:
    await allowed(site)
    ada, org = await site.signed_in("pada"), await site.signed_in("porg")
    child = await a_child(ada)
    assert (await link_of(org, child))["__typename"] == "NotFound"
    assert (await link_of(ada, "pben"))["__typename"] == "NotFound"
    await ada.aclose()
    await org.aclose()


async def test_only_a_first_name_is_kept_and_shown(site: Site) -> None:
    await allowed(site)
    ada = await site.signed_in("pada")
    given = {"commandId": "add-both-0001", "jamId": "jtown", "name": "Noa Levi", "language": "he", "until": coming()}
    assert (await graphql(ada, ADD, input=given))["it"] == {"__typename": "InvalidInput", "field": "name"}
    noa = await entered(site, (await link_of(ada, await a_child(ada)))["url"])
    for wrong in ({"name": "Noa Levi"}, {"country": "IL"}):
        assert (await graphql(noa, UPDATE, input=wrong))["it"]["__typename"] == "InvalidInput"
    assert (await graphql(noa, UPDATE, input={"name": "Noam"}))["it"]["__typename"] == "ViewerSuccess"
    await noa.aclose()
    await ada.aclose()


async def test_a_pause_signs_them_out_and_removing_erases_them(site: Site) -> None:
    await allowed(site)
    ada = await site.signed_in("pada")
    child = await a_child(ada)
    noa = await entered(site, (await link_of(ada, child))["url"])
    idea = {"commandId": "post-0001", "jamId": "jtown", "topicId": TOPIC, "title": "A swing", "body": ""}
    assert (await graphql(noa, POST, input=idea))["it"]["__typename"] == "IdeaSuccess"

    pause = {"commandId": "pause-0001", "jamId": "jtown", "personId": child, "paused": True}
    assert (await graphql(ada, PAUSE, input=pause))["it"]["__typename"] == "MinorSuccess"
    assert await signed_out(noa)
    await noa.aclose()
    noa = await entered(site, (await link_of(ada, child))["url"])
    assert (await graphql(noa, ME))["jam"] is None, "signed in again, the jam is not there for them"
    refused = await graphql(noa, POST, input=idea | {"commandId": "post-0002"})
    assert refused["it"]["__typename"] in ("NotAllowed", "NotFound")

    gone = {"commandId": "remove-0001", "jamId": "jtown", "personId": child}
    assert (await graphql(ada, REMOVE, input=gone))["it"]["__typename"] == "MinorRemovedSuccess"
    assert await site.server.vault.person(child) is None
    told = await graphql(
        ada, '{ jam(slug: "town") { viewerMinors { id } ideas(order: NEW) { edges { node { title author { name } } } } } }'
    )
    assert told["jam"]["viewerMinors"] == []
    assert told["jam"]["ideas"]["edges"] == [{"node": {"title": "A swing", "author": {"name": None}}}]
    await noa.aclose()
    await ada.aclose()
