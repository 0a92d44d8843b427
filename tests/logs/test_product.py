"""A whole server in production, through all that people do and much that fails: nothing of anybody is in what it logged.

Everything personal is unmistakable here: names, addresses, texts, network addresses, secrets. What the process wrote to
standard output and standard error is searched for each of them.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import websockets
from aiosmtpd.controller import Controller

from server.app.build import build
from server.app.clock import wall_clock
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.settings import Settings
from server.vault.port import PersonRecord
from tests.access.authenticator import Authenticator
from tests.access.providing import SECRET, OpenIDProvider, at_provider
from tests.patience import PATIENCE_S
from tests.web.running import OURS, TOPIC, Sink, free_port, graphql, open_jam

pytestmark = pytest.mark.anyio
PLANTED = Path(__file__).parent / "planted.py"
ROOT = Path(__file__).resolve().parents[2]

NAME, ADDRESS = "Zebulon Quagmire", "zebulon.quagmire@unmistakable.example"
GUEST, GUEST_NAME, LINE = "wilhelmina@guesthouse.example", "Wilhelmina Guestley", "Do come along Wilhelmina"
COMPANY, COMPANY_NAME = "persephone@company.example", "Persephone Companyson"
TITLE, BODY, COMMENT = "crash Xylophones on Mars", "Bodytext about quokkas", "Commentary on platypuses"
NETWORK, AGENT = "203.0.113.77", "Unmistakable-Agent"
HOOK = "hookpath-unmistakable"
PASSWORD = "smtp-unmistakable-password"

POST = """mutation ($input: PostIdeaInput!) { it: postIdea(input: $input) {
  ... on IdeaSuccess { idea { id } } ... on Rejection { code message } } }"""
SAY = """mutation ($input: PostCommentInput!) { it: postComment(input: $input) {
  ... on CommentSuccess { comment { id } } ... on Rejection { code } } }"""
INVITE = (
    """mutation ($input: InviteByMailInput!) { it: inviteByMail(input: $input) { __typename ... on Rejection { code } } }"""
)
WEBHOOK = """mutation ($input: CreateWebhookInput!) { it: createWebhook(input: $input) {
  ... on WebhookSuccess { webhook { id secret } } ... on Rejection { code message } } }"""


@dataclass
class World:
    """The server's address, its mails, and every word that must not be in its log."""

    url: str
    sink: Sink
    provider: OpenIDProvider
    out: Path
    secrets: set[str] = field(default_factory=set)

    def client(self) -> httpx.AsyncClient:
        headers = OURS | {"X-Forwarded-For": NETWORK, "User-Agent": AGENT, "Accept-Language": "en"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)

    def log(self) -> str:
        return self.out.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    async def logged(self, *events: str) -> list[dict[str, Any]]:
        """The lines, once each of these events is among them."""
        with anyio.fail_after(PATIENCE_S):
            while not set(events) <= {line["event"] for line in self.lines()}:  # noqa: ASYNC110  another process writes
                await asyncio.sleep(0.05)
        return self.lines()

    def keep_cookies(self, client: httpx.AsyncClient) -> None:
        self.secrets.update(str(cookie.value) for cookie in client.cookies.jar)


async def prepare(settings: Settings) -> str:
    """A jam with somebody unmistakable in it, who organizes; a link that signs them in."""
    async with build(settings) as server:
        await open_jam(server)
        await server.vault.add_person(PersonRecord("pzeb", ADDRESS, NAME, "IL", "en", wall_clock()))
        join = c.AddMember(actor=ids.SYSTEM, id="zeb", person="pzeb", role=Role.ORGANIZER, relation=Relation.EMPLOYEE)
        await server.store.submit("jtown", join)
        await server.store.grant_organizer("pzeb")
        return await server.links.make("pzeb", "/")


@asynccontextmanager
async def world(folder: Path) -> AsyncGenerator[tuple[World, str], None]:
    sink, port = Sink(), free_port()
    mail = Controller(sink, hostname="127.0.0.1", port=free_port())
    mail.start()
    url = f"http://localhost:{port}"
    accounts = {"percy": {"email": COMPANY, "email_verified": True, "name": COMPANY_NAME, "groups": ["everyone"]}}
    provider = OpenIDProvider(free_port(), f"{url}/auth/company/back", accounts)
    provider.start()
    set_up: dict[str, Any] = {
        "data": folder / "data", "port": port, "public_url": url, "smtp_url": f"smtp://127.0.0.1:{mail.port}", "theme_workers": 0,
        "trusted_proxies": "127.0.0.0/8,::1", "webhooks_private": True, "oidc_issuer": provider.issuer, "oidc_client_id": "hothouse",
        "oidc_client_secret": SECRET, "oidc_scopes": "openid email profile groups", "oidc_rules": '[{"relation": "EMPLOYEE"}]',
    }  # fmt: skip
    link = await prepare(Settings(**set_up))
    environment = (
        os.environ | {f"HOTHOUSE_{name.upper()}": str(value) for name, value in set_up.items()} | {"PYTHONPATH": str(ROOT)}
    )
    out = folder / "log"
    with out.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(PLANTED), "serve", env=environment, stdout=file, stderr=file, cwd=folder
        )
    try:
        found = World(url, sink, provider, out)
        await up(found, process)
        yield found, link
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        provider.stop()
        mail.stop()


async def up(found: World, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(2 * PATIENCE_S), httpx.AsyncClient(base_url=found.url) as client:
        while True:
            assert process.returncode is None, found.log()
            try:
                await client.get("/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


# ---------------------------------------------------------------------------------------------------------- what people do
async def sign_in_by_mail(site: World, client: httpx.AsyncClient) -> None:
    for address in (ADDRESS, "stranger@unmistakable.example", "no address at all unmistakable"):
        await client.post("/auth/link", json={"email": address})
    async with asyncio.timeout(PATIENCE_S):
        while not site.sink.mails:  # noqa: ASYNC110  the mail server is another thread
            await asyncio.sleep(0.05)
    body = site.sink.mails[0].get_body(("plain",))
    assert body is not None
    token = body.get_content().split("#")[1].split()[0]
    site.secrets.add(token)
    assert (await client.post("/auth/enter", json={"token": token})).status_code == 200
    assert (await client.post("/auth/enter", json={"token": token + "x"})).status_code >= 400


async def sign_in_by_company(site: World) -> None:
    async with site.client() as client:
        gone = await client.get("/auth/company", params={"next": "/"})
        back = await at_provider(client, gone.headers["location"], "percy")
        site.secrets.add(back.split("code=")[1].split("&")[0])
        assert (await client.get(back)).status_code in (302, 303)
        site.keep_cookies(client)
        assert (await client.get(back)).status_code in (302, 303)  # once more: refused
        gone = await client.get("/auth/company", params={"next": "/"})
        back = await at_provider(client, gone.headers["location"], "percy")
        site.provider.stop()
        assert (await client.get(back)).status_code in (302, 303)  # the provider is away


async def use_a_passkey(site: World, client: httpx.AsyncClient) -> None:
    device = Authenticator(site.url)
    offered = await client.post("/auth/passkey/new/offer", json={})
    assert offered.status_code == 200, offered.text
    made = await client.post("/auth/passkey/new", json={"name": f"{NAME}'s phone", "credential": device.create(offered.json())})
    assert made.status_code == 201, made.text
    async with site.client() as other:
        offered = await other.post("/auth/passkey/offer", json={})
        credential = device.get(offered.json())
        assert (await other.post("/auth/passkey/enter", json={"credential": credential})).status_code == 204
        assert (await other.post("/auth/passkey/enter", json={"credential": credential})).status_code >= 400
        site.keep_cookies(other)


async def invite(site: World, client: httpx.AsyncClient) -> None:
    given = {
        "commandId": "invite-them",
        "jamId": "jtown",
        "relation": "FRIEND",
        "guests": [{"address": GUEST, "name": GUEST_NAME}],
        "line": LINE,
    }
    done = (await graphql(client, INVITE, input=given))["it"]
    assert done["__typename"] == "InviteSuccess", done
    bad = f'address,name,relation\n{GUEST},{GUEST_NAME},FRIEND\nno-address {GUEST_NAME},,NOBODY\n"{GUEST}'
    params = {"id": "guests-of-zeb", "relation": "FRIEND"}
    csv = {"Content-Type": "text/csv"}
    for content in (bad.encode(), b"\xff\xfe\x00 " + GUEST.encode()):
        await client.post("/invitations/town/list", params=params, content=content, headers=csv)
    far_too_long = await client.post("/invitations/town/list", params=params, content=bad.encode() * 100_000, headers=csv)
    assert far_too_long.status_code == 413


async def have_a_program_told(site: World, client: httpx.AsyncClient) -> None:
    given = {
        "commandId": "hook-one-1",
        "jamId": "jtown",
        "url": f"http://127.0.0.1:{free_port()}/{HOOK}",
        "kinds": ["idea.posted"],
    }
    made = (await graphql(client, WEBHOOK, input=given))["it"]
    site.secrets.add(made["webhook"]["secret"])


async def post(client: httpx.AsyncClient, title: str, command: str) -> dict[str, Any]:
    given = {"commandId": command, "jamId": "jtown", "topicId": TOPIC, "title": title, "body": BODY}
    answer: dict[str, Any] = (await client.post("/graphql", json={"query": POST, "variables": {"input": given}})).json()
    return answer


async def be_refused(site: World, client: httpx.AsyncClient) -> None:
    await client.post("/graphql", content=f'{{"query": "{BODY}'.encode(), headers={"Content-Type": "application/json"})
    await client.post("/graphql", json={"query": f'{{ jam(slug: "{BODY}") {{ {TITLE} }} }}'})
    await client.post("/graphql", json={"query": POST, "variables": {"input": {"title": TITLE}}})
    await client.post("/graphql", json={"query": "{ viewer { id } }"}, headers={"Authorization": f"Bearer {PASSWORD}"})
    for page in (
        f"/jam/{BODY}",
        "/..%2f..%2fetc",
        f"/export/{BODY}.csv",
        "/export/town.csv",
        f"/metrics?{BODY}",
        "/own/archive",
    ):
        await client.get(page)
    await client.request("DELETE", f"/{BODY}")
    reader, writer = await asyncio.open_connection("localhost", int(site.url.rsplit(":", 1)[1]))
    writer.write(f"GET /{BODY} {ADDRESS}\r\n\x00: {NAME}\r\n\r\n".encode())
    await writer.drain()
    await reader.read()
    writer.close()


async def talk_live(site: World, client: httpx.AsyncClient) -> dict[str, Any]:
    """A crash behind the websocket, and nonsense; the crash's error."""
    cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    address, headers = (
        f"{site.url.replace('http', 'ws')}/graphql",
        {"Cookie": cookie, "Origin": site.url, "X-Forwarded-For": NETWORK},
    )
    given = {"commandId": "crash-live", "jamId": "jtown", "topicId": TOPIC, "title": TITLE, "body": BODY}
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": {}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        asked = {"type": "subscribe", "id": "1", "payload": {"query": POST, "variables": {"input": given}}}
        await socket.send(json.dumps(asked))
        answer: dict[str, Any] = json.loads(await socket.recv())
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
        await socket.send(f"{BODY} is no message")
    return answer


# ------------------------------------------------------------------------------------------------------------------- tests
async def test_nothing_of_anybody_is_in_the_log_whatever_happens(tmp_path: Path) -> None:
    async with world(tmp_path) as (site, link), site.client() as client:
        site.secrets.add(link.split("#")[1])
        await sign_in_by_mail(site, client)
        await use_a_passkey(site, client)
        await sign_in_by_company(site)
        await invite(site, client)
        await have_a_program_told(site, client)
        assert (await post(client, "Xylophones for all", "fine-one-1"))["data"]["it"]["idea"]["id"]
        crash = await post(client, TITLE, "crash-one")
        live = await talk_live(site, client)
        broken = await client.get(f"/crash/{BODY}", params={"who": NAME}, headers={"Connection": "close"})
        await be_refused(site, client)
        site.keep_cookies(client)
        lines = await site.logged(
            "a request failed", "nobody caught this", "a warning", "Exception in ASGI application", "refused %s",
            "a library has something to say", "a webhook was not taken", "the company's provider can't be used",
        )  # fmt: skip
        text = site.log()

    for word in (
        NAME, "Zebulon", ADDRESS, "zebulon", GUEST, "Wilhelmina", LINE, COMPANY, "Persephone", TITLE, "Xylophones", BODY, "quokkas", COMMENT,
        NETWORK, AGENT, HOOK, PASSWORD, SECRET, "unmistakable", "guesthouse", "pzeb", *site.secrets,
    ):  # fmt: skip
        where = text.lower().find(word.lower())
        assert where < 0, f"{word} in the log: …{text[max(0, where - 600) : where + 100]}"
    number_of(crash["errors"][0], lines)
    number_of(live["payload"]["errors"][0] if "payload" in live and "errors" in live["payload"] else live["payload"][0], lines)
    assert broken.status_code == 500
    told = broken.json()["requestId"]
    assert {line["event"] for line in lines if line.get("request") == told} == {"Exception in ASGI application"}
    assert any("errno ENOSPC" in line.get("exception", "") for line in lines)


def number_of(error: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Support finds what happened by the number in the answer: every line that this request caused, the fault's among them."""
    number = error["extensions"]["requestId"]
    mine = [line for line in lines if line.get("request") == number]
    assert "a request failed" in {line["event"] for line in mine}
    assert any("planted.py" in line.get("exception", "") and "KeyError" in line["exception"] for line in mine)


async def test_every_line_of_production_is_one_json_object(tmp_path: Path) -> None:
    async with world(tmp_path) as (site, _), site.client() as client:
        await post(client, TITLE, "no-session")
        await client.get("/crash")
        await site.logged("Exception in ASGI application")
        text = site.log()
        kept = tmp_path / "data" / "organizer-link"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.read_text().split("#")[1].strip() not in text
        assert str(kept) in text.replace("\n", "")
    heading, _, rest = text.partition("{")
    assert "Traceback" not in text
    assert "Serving on" in heading
    for line in ("{" + rest).splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))
