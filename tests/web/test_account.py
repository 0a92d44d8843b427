"""One's own sessions and passkeys, through the whole server."""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
import pytest
import websockets

from server.vault.credentials import Passkey
from tests.web.running import Site, graphql

pytestmark = pytest.mark.anyio
MINE = "{ viewer { sessions { id userAgent isThisOne beganAt usedAt } passkeys { id name isSynced madeAt usedAt } } }"
END = "mutation($input: SessionInput!) { it: endSession(input: $input) { __typename ... on ViewerSuccess { viewer { sessions { id } } } } }"
OTHERS = "mutation { it: endOtherSessions { __typename ... on ViewerSuccess { viewer { sessions { id isThisOne } } } } }"
RENAME = "mutation($input: RenamePasskeyInput!) { it: renamePasskey(input: $input) { __typename ... on ViewerSuccess { viewer { passkeys { name } } } } }"
REMOVE = "mutation($input: PasskeyInput!) { it: removePasskey(input: $input) { __typename ... on ViewerSuccess { viewer { passkeys { name } } } } }"
KEY = Passkey("Y3JlZA", "pada", b"key", 0, "internal", "Phone", True, 1_790_000_000_000, None)


async def sessions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await graphql(client, MINE))["viewer"]["sessions"]
    return found


async def test_one_sees_where_one_is_signed_in_and_ends_it(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as here, aclosing(await site.signed_in("pada")) as there:
        mine = await sessions(here)
        assert [one["isThisOne"] for one in mine].count(True) == 1
        assert len(mine) == 2
        other = next(one["id"] for one in mine if not one["isThisOne"])
        left = (await graphql(here, END, input={"sessionId": other}))["it"]["viewer"]["sessions"]
        assert [one["id"] for one in left] == [one["id"] for one in mine if one["isThisOne"]]
        assert (await graphql(there, "{ viewer { id } }"))["viewer"] is None
        assert (await graphql(here, "{ viewer { id } }"))["viewer"] is not None


async def test_a_session_that_ends_hangs_up_its_open_pages(site: Site) -> None:
    async with aclosing(await site.signed_in("pada")) as here, aclosing(await site.signed_in("pada")) as there:
        cookie = f"hothouse_session={there.cookies['hothouse_session']}"
        address = site.url.replace("http", "ws") + "/graphql"
        headers = {"Cookie": cookie, "Origin": site.url}
        async with websockets.connect(address, subprotocols=["graphql-transport-ws"], additional_headers=headers) as socket:
            await socket.send('{"type": "connection_init"}')
            assert "connection_ack" in str(await socket.recv())
            assert (await graphql(here, OTHERS))["it"]["viewer"]["sessions"][0]["isThisOne"]
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code in (4401, 4403)


async def test_nobody_ends_or_touches_what_belongs_to_another(site: Site) -> None:
    await site.server.vault.add_passkey(KEY)
    async with aclosing(await site.signed_in("pada")) as ada, aclosing(await site.signed_in("pben")) as ben:
        hers = (await sessions(ada))[0]["id"]
        assert (await graphql(ben, END, input={"sessionId": hers}))["it"]["__typename"] == "NotFound"
        for document, more in ((RENAME, {"name": "Mine now"}), (REMOVE, {})):
            answer = await graphql(ben, document, input={"passkeyId": KEY.id, **more})
            assert answer["it"]["__typename"] == "NotFound"
        assert len(await sessions(ada)) == 1
    assert await site.server.vault.passkeys("pada") == [KEY]


async def test_passkeys_are_shown_renamed_and_removed(site: Site) -> None:
    await site.server.vault.add_passkey(KEY)
    await site.server.vault.add_passkey(replace(KEY, id="b3RoZXI", name="Key", is_synced=False, created_at=KEY.created_at + 1))
    async with aclosing(await site.signed_in("pada")) as ada:
        shown = (await graphql(ada, MINE))["viewer"]["passkeys"]
        assert [(one["name"], one["isSynced"], one["usedAt"]) for one in shown] == [("Phone", True, None), ("Key", False, None)]
        renamed = await graphql(ada, RENAME, input={"passkeyId": KEY.id, "name": "  Old phone "})
        assert [one["name"] for one in renamed["it"]["viewer"]["passkeys"]] == ["Old phone", "Key"]
        refused = await graphql(ada, RENAME, input={"passkeyId": KEY.id, "name": " "})
        assert refused["it"]["__typename"] == "InvalidInput"
        removed = await graphql(ada, REMOVE, input={"passkeyId": KEY.id})
        assert [one["name"] for one in removed["it"]["viewer"]["passkeys"]] == ["Key"]


@pytest.mark.parametrize("document", [END, OTHERS, RENAME, REMOVE])
async def test_nobody_signed_in_is_told_so(site: Site, document: str) -> None:
    inputs = {END: {"sessionId": "x"}, RENAME: {"passkeyId": "x", "name": "y"}, REMOVE: {"passkeyId": "x"}}
    variables = {"input": inputs[document]} if document in inputs else {}
    async with site.client() as client:
        assert (await graphql(client, document, **variables))["it"]["__typename"] == "SignInRequired"
