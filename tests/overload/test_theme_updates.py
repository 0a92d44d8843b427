"""On a pressed server changes of themes are told less often, and all of them in the end, to whoever was cut off as well."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from server.jam import commands as c
from server.jam import ids
from server.overload.levels import Level
from tests.jam.world import grouping
from tests.overload.pressing import press
from tests.patience import PATIENCE_S
from tests.web.running import TOPIC, Site

pytestmark = pytest.mark.anyio
FOLLOW = """subscription ($after: Int!) { jamChanges(jamId: "jtown", afterSeq: $after) {
  seq mustRefetch themes { name } ideas { title } } }"""
RENAMES = 12


async def began(site: Site, token: str, after: int) -> ClientConnection:
    """A socket that follows the jam from a number on."""
    socket = await connect(site.url.replace("http", "ws") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")])
    await socket.send(orjson.dumps({"type": "connection_init", "payload": {"token": token}}).decode())
    await socket.recv()
    payload = {"query": FOLLOW, "variables": {"after": after}}
    await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
    return socket


async def heard(socket: ClientConnection, told: list[dict[str, Any]], until: str = "", seconds: float = PATIENCE_S) -> None:
    """Collects what is told, until a theme has this name, or for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not (until and any(theme["name"] == until for one in told for theme in one["themes"])):
                told.append(orjson.loads(await socket.recv())["payload"]["data"]["jamChanges"])


async def test_fewer_updates_and_none_missed(site: Site) -> None:
    submit = site.server.store.submit
    post = c.PostIdea(actor="pben", id="first", topic=TOPIC, title="A bench", body="")
    await submit("jtown", post)
    fields = grouping({"h1": [post.derived(ids.IDEA)]}, {})
    await submit("jtown", c.RecordGrouping(actor=ids.SYSTEM, id="run", **fields))
    async with aclosing(await site.signed_in("pada")) as ada:
        token = ada.cookies["hothouse_session"]
    state = site.server.store.get("jtown")
    assert state is not None
    press(site, Level.HEAVY)
    assert site.server.overload.pacing.theme_seconds == 5

    steady, cut = await began(site, token, state.seq), await began(site, token, state.seq)
    told: list[dict[str, Any]] = []
    listening = asyncio.create_task(heard(steady, told, f"Name {RENAMES - 1}"))
    for number in range(RENAMES):
        await submit("jtown", c.RenameTheme(actor="pmod", id=f"rename {number}", theme="h1", name=f"Name {number}"))
        await submit("jtown", c.PostIdea(actor="pben", id=f"post {number}", topic=TOPIC, title=f"Idea {number}", body=""))
        await asyncio.sleep(0.25)
        if number == RENAMES // 2:
            before: list[dict[str, Any]] = []
            await heard(cut, before, seconds=0.6)
            await cut.close()
    await listening
    updates = [one for one in told if one["themes"]]
    assert 1 <= len(updates) <= RENAMES / 3, "they are told together"
    assert {idea["title"] for one in told for idea in one["ideas"]} >= {f"Idea {number}" for number in range(RENAMES - 1)}
    assert len([one for one in told if one["ideas"]]) > len(updates), "ideas are told meanwhile"
    assert not any(one["mustRefetch"] for one in told)

    again = await began(site, token, before[-1]["seq"])
    rest: list[dict[str, Any]] = []
    await heard(again, rest, f"Name {RENAMES - 1}")
    assert any(theme["name"] == f"Name {RENAMES - 1}" for one in rest for theme in one["themes"]), (
        "who was cut off misses nothing"
    )
    for socket in (steady, again):
        await socket.close()
