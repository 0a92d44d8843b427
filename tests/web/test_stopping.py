"""What a server that stops has not recorded yet, and a session that another worker ends, on a whole server."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
import websockets

from server.access.secrets import hashed
from server.app.build import build
from server.jam import commands as c
from server.jam import ids
from server.settings import Settings
from tests.patience import PATIENCE_S
from tests.web.running import TOPIC, Site, free_port, graphql, open_jam, serving

pytestmark = pytest.mark.anyio
SEEN = "mutation ($input: MarkSeenInput!) { markSeen(input: $input) }"


async def test_what_came_onto_screens_is_recorded_when_the_server_stops(site: Site, tmp_path: Path) -> None:
    post = c.PostIdea(actor="pada", id="post", topic=TOPIC, title="A bench in the sun", body="")
    settings = Settings(data=tmp_path / "other", port=free_port(), theme_workers=0)
    async with serving(settings) as server:
        await open_jam(server)
        await server.store.submit("jtown", post)
        other = Site(server, site.sink, settings.url)
        async with aclosing(await other.signed_in("pben")) as client:
            assert (await graphql(client, SEEN, input={"jamId": "jtown", "ideaIds": [post.derived(ids.IDEA)]}))["markSeen"]
    async with build(settings) as server:
        state = server.store.get("jtown")
        assert state is not None
        assert [idea.seen for idea in state.ideas] == [1]


async def test_a_session_that_ends_in_the_store_loses_its_sockets(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as client:
        secret = client.cookies["hothouse_session"]
        headers = {"Cookie": f"hothouse_session={secret}", "Origin": site.url}
        address = site.url.replace("http", "ws") + "/graphql"
        async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
            await socket.send('{"type": "connection_init"}')
            assert "connection_ack" in str(await socket.recv())
            await site.server.vault.end_session(hashed(secret))
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), PATIENCE_S)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
