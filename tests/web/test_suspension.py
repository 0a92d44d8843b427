"""Whoever is suspended is out on every worker within a second, and back at the instant it ends; old rights are not kept."""

import asyncio
import math
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server.settings import Settings
from tests.patience import PATIENCE_S
from tests.web.running import OURS, TOPIC, Server, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio

REASON = "Because it is so"
SEEN = '{ viewer { id } jam(slug: "town") { id seq } }'
SUSPENDED = '{ viewer { id suspensions { jamSlug jamTitle reason until appealTo } } jam(slug: "town") { id } }'
JAM_CHANGES = 'subscription { jamChanges(jamId: "jtown", afterSeq: 0) { seq mustRefetch } }'
MINE = 'subscription { viewerChanges(jamId: "jtown", afterSeq: 0) { seq } }'
QUEUE = 'subscription { moderationChanges(jamId: "jtown", afterSeq: 0) { seq } }'
REPORTS = '{ jam(id: "jtown") { viewerCanModerate reports { id } } }'
SEQ = '{ jam(slug: "town") { seq } }'


@dataclass
class Two:
    """One worker in this process, another in a process of its own, both on one SQLite store."""

    server: Server
    urls: tuple[str, str]

    async def signed_in(self, person: str) -> str:
        """The secret of a new session."""
        async with self.client(0) as client:
            link = await self.server.links.make(person, "/")
            answer = await client.post("/auth/enter", json={"token": link.split("#")[1]})
            assert answer.status_code == 200
            return next(value for name, value in client.cookies.items() if "session" in name)

    def client(self, worker: int, secret: str | None = None) -> httpx.AsyncClient:
        headers = OURS if secret is None else OURS | {"Authorization": f"Bearer {secret}"}
        return httpx.AsyncClient(base_url=self.urls[worker], headers=headers)

    async def ask(self, worker: int, secret: str, query: str, **variables: Any) -> Any:
        async with self.client(worker, secret) as client:
            return await graphql(client, query, **variables)

    async def code(self, worker: int, secret: str, query: str) -> Any:
        """Why a question is not answered; None where it is."""
        async with self.client(worker, secret) as client:
            answer = (await client.post("/graphql", json={"query": query})).json()
            return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None

    async def act(self, worker: int, secret: str, command: str, input_type: str, /, **fields: Any) -> Any:
        query = f"""mutation($input: {input_type}!) {{ {command}(input: $input) {{
          __typename ... on Rejection {{ code message }} ... on NotAllowed {{ action }} }} }}"""
        fields |= {"commandId": f"command-{time.time_ns()}"}
        return (await self.ask(worker, secret, query, input=fields))[command]

    async def suspend(self, moderator: str, *people: str, until: int | None = None) -> None:
        answer = await self.act(
            0, moderator, "restrictMembers", "RestrictMembersInput", jamId="jtown", personIds=list(people), kind="SUSPENDED",
            reason=REASON, until=until,
        )  # fmt: skip
        assert answer["__typename"] == "MemberActSuccess", answer
        await self.caught_up(moderator)

    async def caught_up(self, moderator: str) -> None:
        """Until the other worker has all that the first one has: it hears of it within a moment, not at once."""
        seqs = [(await self.ask(0, moderator, SEQ))["jam"]["seq"], 0]
        async with asyncio.timeout(PATIENCE_S):
            while seqs[1] < seqs[0]:
                seqs[1] = (await self.ask(1, moderator, SEQ))["jam"]["seq"]


@asynccontextmanager
async def other_worker(data: Path, port: int) -> AsyncGenerator[None, None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port),
        env=os.environ | {"HOTHOUSE_THEME_WORKERS": "0"}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            async with asyncio.timeout(150):
                while not await _answers(client):  # noqa: ASYNC110  it has no event for it
                    await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def two(tmp_path: Path) -> AsyncGenerator[Two, None]:
    here, there = free_port(), free_port()
    async with serving(Settings(data=tmp_path, port=here, theme_workers=0)) as server:
        await open_jam(server)
        async with other_worker(tmp_path, there):
            yield Two(server, (f"http://127.0.0.1:{here}", f"http://127.0.0.1:{there}"))


@asynccontextmanager
async def following(url: str, secret: str, *documents: str) -> AsyncGenerator[ClientConnection, None]:
    """A socket with these subscriptions, each of which has told something."""
    address = url.replace("http", "ws") + "/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], origin=None) as socket:
        await socket.send(orjson.dumps({"type": "connection_init", "payload": {"token": secret}}).decode())
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        for number, document in enumerate(documents):
            message = {"id": str(number), "type": "subscribe", "payload": {"query": document}}
            await socket.send(orjson.dumps(message).decode())
        told: set[str] = set()
        async with asyncio.timeout(PATIENCE_S):
            while len(told) < len(documents):
                message = orjson.loads(await socket.recv())
                assert message["type"] == "next", message
                told.add(message["id"])
        yield socket


async def closed_after(socket: ClientConnection, since: float) -> tuple[float, int | None]:
    """Seconds until the server closed the socket, and its code; nothing is told on it meanwhile but what was on its way."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return time.monotonic() - since, closed.rcvd.code if closed.rcvd is not None else None


async def out_after(two: Two, moderator: str, person: str, other: str) -> float:
    """Seconds until someone suspended was out on both workers, for ever if a question was answered after one; another stays."""
    theirs, others = await two.signed_in(person), await two.signed_in(other)
    here = following(two.urls[0], theirs, JAM_CHANGES, MINE)
    there = following(two.urls[1], theirs, JAM_CHANGES, MINE)
    elsewhere = following(two.urls[1], others, JAM_CHANGES)
    async with here as first, there as second, elsewhere as kept:
        for worker in (0, 1):
            assert (await two.ask(worker, theirs, SEEN))["jam"] is not None
        since = time.monotonic()
        await two.suspend(moderator, person)
        (soon, code), (also_soon, other_code) = await asyncio.gather(closed_after(first, since), closed_after(second, since))
        assert (code, other_code) == (4401, 4401)
        await asyncio.sleep(max(0.0, since + 1 - time.monotonic()))
        codes = [await two.code(worker, theirs, SEEN) for worker in (0, 1)]
        for worker in (0, 1):
            assert (await two.ask(worker, others, SEEN))["jam"] is not None
        assert kept.close_code is None
    return max(soon, also_soon) if codes == ["BAD_TOKEN"] * 2 else math.inf


async def test_a_suspended_person_is_out_on_both_workers_within_a_second(two: Two) -> None:
    moderator = await two.signed_in("pmod")
    took = [await out_after(two, moderator, person, "porg") for person in ("pada", "pben")]
    assert min(took) < 1, f"the best of two, since a busy machine may stand still: {took}"


async def test_signing_in_again_tells_why_and_opens_nothing(two: Two) -> None:
    mod = await two.signed_in("pmod")
    await two.suspend(mod, "pada")
    ada = await two.signed_in("pada")
    for worker in (0, 1):
        answer = await two.ask(worker, ada, SUSPENDED)
        appeal = "Hothouse <jam@localhost>"
        told = {"jamSlug": "town", "jamTitle": "Our town", "reason": REASON, "until": None, "appealTo": appeal}
        assert answer == {"viewer": {"id": "pada", "suspensions": [told]}, "jam": None}
        refused = await two.act(
            worker, ada, "postIdea", "PostIdeaInput", jamId="jtown", topicId=TOPIC, title="An idea", body=""
        )
        assert refused["code"] == "NotFound"


async def test_it_ends_by_itself_to_the_second_on_both_workers(two: Two) -> None:
    mod = await two.signed_in("pmod")
    now = (await two.ask(0, mod, "{ serverTime }"))["serverTime"]
    until = now + 5_000
    await two.suspend(mod, "pada", until=until)
    ada = await two.signed_in("pada")
    assert (await two.ask(1, ada, SUSPENDED))["viewer"]["suspensions"][0]["until"] == until
    back: list[int] = []
    for worker in (0, 1):
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await two.ask(worker, ada, '{ serverTime jam(slug: "town") { id } }'))["jam"] is None:  # noqa: ASYNC110  asked from outside
                await asyncio.sleep(0.02)
        back.append(answer["serverTime"])
    assert until <= back[0] < until + 1_000
    async with asyncio.timeout(PATIENCE_S):
        while two.server.store.all()[0].endings:  # noqa: ASYNC110  the clock tells nobody but the journal
            await asyncio.sleep(0.02)


async def test_a_role_that_was_taken_moderates_no_more_on_any_worker(two: Two) -> None:
    """Not by a socket that is still open, not by an answer that was kept, and not by a command."""
    mod, org = await two.signed_in("pmod"), await two.signed_in("porg")
    idea = await two.server.store.submit("jtown", _post())
    assert idea
    id = two.server.store.all()[0].ideas[0].id
    async with following(two.urls[1], mod, QUEUE, JAM_CHANGES) as socket:
        for worker in (0, 1):
            assert (await two.ask(worker, mod, REPORTS))["jam"]["viewerCanModerate"]
        answer = await two.act(0, org, "changeRoles", "ChangeRolesInput", jamId="jtown", personIds=["pmod"], role="PARTICIPANT")
        assert answer["__typename"] == "MemberActSuccess"
        stopped = await _until(socket, lambda message: message["id"] == "0" and "data" not in (message.get("payload") or {}))
        assert "MODERATE" in str(stopped) or "NotAllowed" in str(stopped) or stopped["type"] == "complete"
    for worker in (0, 1):
        async with asyncio.timeout(PATIENCE_S):
            while (await two.ask(worker, mod, REPORTS))["jam"]["viewerCanModerate"]:  # noqa: ASYNC110  asked from outside
                await asyncio.sleep(0.02)
        refused = await two.act(worker, mod, "hideIdea", "ModerateInput", targetId=id, reason=REASON)
        assert (refused["code"], refused["action"]) == ("NotAllowed", "MODERATE")


def _post() -> Any:
    from server.jam import commands as c

    return c.PostIdea(actor="pada", id="an-idea", topic=TOPIC, title="An idea", body="")


async def _until(socket: ClientConnection, is_it: Any) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            message = orjson.loads(await socket.recv())
            if is_it(message):
                return message
