"""A whole server on a free port of this machine, with a real mail sink beside it."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch

import httpx
import uvicorn

from server.app.build import Server, build
from server.app.clock import wall_clock
from server.app.trusted import TrustedDocuments
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.settings import Settings
from server.vault.port import PersonRecord

OURS = {"X-Hothouse": "1"}
HOUR = 3_600_000
SHORT = httpx.Limits(keepalive_expiry=1.0)
"""The server ends a connection that says nothing for five seconds: nobody may begin to use it again just then."""

PEOPLE = {
    "ada": (Role.PARTICIPANT, Relation.EMPLOYEE),
    "ben": (Role.PARTICIPANT, Relation.FAMILY),
    "mod": (Role.MODERATOR, Relation.EMPLOYEE),
    "exec": (Role.SPONSOR, Relation.EMPLOYEE),
    "org": (Role.ORGANIZER, Relation.EMPLOYEE),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Sink:
    """Takes every mail, as a mail server would."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 taken"


@dataclass
class Site:
    """The server under test."""

    server: Server
    sink: Sink
    url: str

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=OURS, limits=SHORT)

    async def signed_in(self, person: str, page: str = "/") -> httpx.AsyncClient:
        """A browser of that person."""
        client = self.client()
        link = await self.server.links.make(person, page)
        answer = await client.post("/auth/enter", json={"token": link.split("#")[1]})
        assert answer.status_code == 200
        return client


async def graphql(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]


class _WhenAskedFor(TrustedDocuments):
    """Nothing of the page's documents is made ready ahead: hundreds of servers would each spend half a second on it."""

    async def _make_ready(self) -> None:
        return


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Server, None]:
    async with AsyncExitStack() as stack:
        # Only while it is built: the servers of one test overlap, and end in any order.
        with patch("server.app.parts.TrustedDocuments", _WhenAskedFor):
            server = await stack.enter_async_context(build(settings))
        web = uvicorn.Server(
            uvicorn.Config(
                server.app, host="127.0.0.1", port=settings.port, http="server.api.wire:Protocol",
                ws="server.live.wire:Protocol", lifespan="off", log_level="error", ws_per_message_deflate=False,
                proxy_headers=False, timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        web.install_signal_handlers = lambda: None  # type: ignore[method-assign]
        task = asyncio.create_task(web._serve())
        try:
            while not web.started:  # noqa: ASYNC110  uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield server
        finally:
            web.should_exit = True
            with suppress(asyncio.CancelledError):
                await task


async def open_jam(server: Server, now: int | None = None) -> None:
    """A running jam "town" with two topics, and a member of each role; since an hour before `now` (ms)."""
    now = wall_clock() if now is None else now
    schedule = Schedule(now - HOUR, now - HOUR, now + 10 * HOUR, now + 11 * HOUR, now + 12 * HOUR)
    await server.store.create(
        c.CreateJam(
            actor=ids.SYSTEM, id="create", jam="jtown", slug="town", titles={"en": "Our town"}, questions={"en": "What next?"},
            descriptions={}, rules={}, languages=("en", "he"), main_language="en", schedule=schedule,
        )
    )  # fmt: skip
    for topic in ("all", "more"):
        await server.store.submit("jtown", c.AddTopic(actor=ids.SYSTEM, id=topic, titles={"en": topic}, descriptions={}))
    await server.store.submit("jtown", c.PublishJam(actor=ids.SYSTEM, id="publish"))
    for name, (role, relation) in PEOPLE.items():
        await server.vault.add_person(PersonRecord(f"p{name}", f"{name}@example.org", name.title(), "IL", "en", now))
        await server.store.submit(
            "jtown", c.AddMember(actor=ids.SYSTEM, id=f"join-{name}", person=f"p{name}", role=role, relation=relation)
        )
    await server.directory.load([f"p{name}" for name in PEOPLE])


TOPIC = ids.derive_id("t", ids.SYSTEM, "all")
