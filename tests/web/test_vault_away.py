"""While the store can't say who asks, nobody is told that they are signed out, and nobody that it was a fault."""

from contextlib import aclosing

import httpx
import pytest
import structlog
import websockets

from server.vault.port import VaultUnavailable
from tests.web.running import Site

pytestmark = pytest.mark.anyio
ASKED = {"query": "query { viewer { id } }"}


async def test_who_asks_is_told_to_try_again_and_is_known_again_afterwards(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with aclosing(await site.signed_in("pada")) as client, aclosing(site.client()) as other:
        other.cookies = httpx.Cookies(client.cookies)
        headers = {"Cookie": f"hothouse_session={client.cookies['hothouse_session']}", "Origin": site.url}
        address = site.url.replace("http", "ws") + "/graphql"

        async def away(*_: object) -> None:
            raise VaultUnavailable("the line is cut")

        with monkeypatch.context() as patched, structlog.testing.capture_logs() as logged:
            patched.setattr(site.server.vault, "session", away)
            answers = [await other.post("/graphql", json=ASKED) for _ in range(3)]
            async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:  # type: ignore[list-item]
                await socket.send('{"type": "connection_init"}')
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    await socket.recv()
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["retry-after"] for answer in answers} != {""}
        assert answers[0].json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert [entry["log_level"] for entry in logged] == ["warning"]
        assert (await other.post("/graphql", json=ASKED)).json()["data"]["viewer"]["id"] == "pada"
