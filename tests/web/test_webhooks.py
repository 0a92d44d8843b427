"""Webhooks through the whole server: made by organizers, told over HTTP, looked through and sent again; nobody else finds them."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.hooks.signing import is_genuine, signature
from server.settings import Settings
from tests.hooks.receiving import Receiver, receiving
from tests.web.running import TOPIC, Sink, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
WHOLE = "webhook { id url kinds isPaused waitingCount secret dead { kind error } }"
CREATE = f"""mutation ($input: CreateWebhookInput!) {{ it: createWebhook(input: $input) {{
  ... on WebhookSuccess {{ {WHOLE} }} ... on Rejection {{ code message }} }} }}"""
ACT = """mutation ($input: {kind}!) {{ it: {name}(input: $input) {{
  ... on {success} ... on Rejection {{ code message }} }} }}"""
PAUSE = ACT.format(kind="PauseWebhookInput", name="pauseWebhook", success=f"WebhookSuccess {{ {WHOLE} }}")
AGAIN = ACT.format(kind="WebhookInput", name="sendWebhookAgain", success=f"WebhookSuccess {{ {WHOLE} }}")
END = ACT.format(kind="WebhookInput", name="endWebhook", success="WebhookEndSuccess { webhookId }")
POST = "mutation ($input: PostIdeaInput!) { it: postIdea(input: $input) { ... on IdeaSuccess { idea { id } } ... on Rejection { code } } }"
MINE = "query ($jam: ID!) { viewer { webhookKinds webhooks(jamId: $jam) { id isPaused waitingCount secret } } }"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site, None]:
    settings = Settings(data=tmp_path, port=free_port(), theme_workers=0, webhooks_private=True)
    async with serving(settings) as server:
        await open_jam(server)
        yield Site(server, Sink(), f"http://127.0.0.1:{settings.port}")


async def asked(client: httpx.AsyncClient, document: str, **given: Any) -> Any:
    return (await graphql(client, document, input=given))["it"]


async def created(client: httpx.AsyncClient, receiver: Receiver, command: str = "make-one") -> Any:
    return await asked(
        client, CREATE, commandId=command, jamId="jtown", url=receiver.url, kinds=["idea.posted", "comment.posted"]
    )


async def test_an_organizer_has_a_program_told(site: Site) -> None:
    async with receiving() as receiver:
        org, ada = await site.signed_in("porg"), await site.signed_in("pada")
        hook = (await created(org, receiver))["webhook"]
        assert (hook["url"], hook["kinds"], hook["isPaused"]) == (receiver.url, ["idea.posted", "comment.posted"], False)
        idea = (await asked(ada, POST, commandId="an-idea-now", jamId="jtown", topicId=TOPIC, title="Shade", body=""))["idea"][
            "id"
        ]
        async with asyncio.timeout(10):
            while not receiver.told:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        headers, body = receiver.told[0]
        assert json.loads(body)["idea"] == idea
        assert b"Shade" not in body
        assert is_genuine(hook["secret"], headers["hothouse-signature"], body, json.loads(body)["at"] // 1_000)
        await org.aclose()
        await ada.aclose()


async def test_the_secret_is_told_once_and_a_repetition_makes_no_second_one(site: Site) -> None:
    async with receiving() as receiver:
        org = await site.signed_in("porg")
        first, again = (await created(org, receiver))["webhook"], (await created(org, receiver))["webhook"]
        assert len(first["secret"]) >= 32
        assert again == first | {"secret": None}
        viewer = (await graphql(org, MINE, jam="jtown"))["viewer"]
        assert [one["secret"] for one in viewer["webhooks"]] == [None]
        assert "idea.posted" in viewer["webhookKinds"]
        await org.aclose()


@pytest.mark.parametrize("person", ["pada", "pmod", "pexec"])
async def test_nobody_else_makes_finds_or_ends_one(site: Site, person: str) -> None:
    async with receiving() as receiver:
        org, other = await site.signed_in("porg"), await site.signed_in(person)
        hook = (await created(org, receiver))["webhook"]["id"]
        assert (await created(other, receiver, "make-another"))["code"] == "NotAllowed"
        given = {"commandId": "about-a-webhook", "jamId": "jtown", "webhookId": hook}
        assert (await asked(other, PAUSE, **given, isPaused=True))["code"] == "NotAllowed"
        assert (await asked(other, AGAIN, **given))["code"] == "NotAllowed"
        assert (await asked(other, END, **given))["code"] == "NotAllowed"
        assert (await graphql(other, MINE, jam="jtown"))["viewer"]["webhooks"] == []
        [kept] = await site.server.vault.hooks("jtown")
        assert not kept.is_paused
        await org.aclose()
        await other.aclose()


async def test_it_is_paused_goes_on_and_ends(site: Site) -> None:
    async with receiving() as receiver:
        org = await site.signed_in("porg")
        given = {"commandId": "about-a-webhook", "jamId": "jtown", "webhookId": (await created(org, receiver))["webhook"]["id"]}
        assert (await asked(org, PAUSE, **given, isPaused=True))["webhook"]["isPaused"] is True
        assert (await asked(org, PAUSE, **given, isPaused=False))["webhook"]["isPaused"] is False
        assert (await asked(org, AGAIN, **given))["webhook"]["dead"] == []
        assert await asked(org, END, **given) == {"webhookId": given["webhookId"]}
        for document, more in ((PAUSE, {"isPaused": True}), (AGAIN, {}), (END, {})):
            assert (await asked(org, document, **given, **more))["code"] == "NotFound"
        await org.aclose()


async def test_bad_addresses_and_kinds_are_refused_in_words(site: Site) -> None:
    org = await site.signed_in("porg")
    good = {"url": "https://hooks.example.com", "kinds": ["idea.posted"]}
    for wrong in (
        {"url": "ftp://x"},
        {"url": "nowhere"},
        {"url": "https://" + "a" * 3_000},
        {"kinds": []},
        {"kinds": ["idea.eaten"]},
    ):
        refused = await asked(org, CREATE, commandId="make-wrong", jamId="jtown", **good | wrong)
        assert refused["code"] == "InvalidInput"
        assert refused["message"]
    assert await site.server.vault.hooks() == []
    await org.aclose()


async def test_there_are_at_most_ten(site: Site) -> None:
    async with receiving() as receiver:
        org = await site.signed_in("porg")
        for number in range(10):
            assert "webhook" in await created(org, receiver, f"make-one-{number}")
        assert (await created(org, receiver, "make-one-more"))["code"] == "Conflict"
        assert "webhook" in await created(org, receiver, "make-one-3"), "one that is there already"
        await org.aclose()


def test_the_guides_check_of_signatures_is_right() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    [example] = re.findall(r"^```py\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    checks: dict[str, Any] = {}
    exec(example, checks)
    header = signature("our secret", 1_000, b"{}")
    assert checks["is_genuine"]("our secret", header, b"{}", 1_300)
    assert not checks["is_genuine"]("our secret", header, b"{}", 1_301)
    assert not checks["is_genuine"]("our secret", header, b"{ }", 1_000)
    assert not checks["is_genuine"]("another", header, b"{}", 1_000)
