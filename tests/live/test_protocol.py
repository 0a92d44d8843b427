"""`graphql-transport-ws` to the letter: every close code, and what the protocol allows and forbids."""

import asyncio
from typing import Any

import pytest

from server.live.limits import LiveLimits
from tests.live.toy import Person

pytestmark = pytest.mark.anyio
ECHO = 'query { echo(text: "hello") }'


# ---- closing


async def test_another_subprotocol_is_4406(live: Any) -> None:
    async with live.client(subprotocol=None) as client:
        assert await client.closed() == (4406, "Subprotocol not acceptable")


async def test_no_init_in_time_is_4408(live: Any) -> None:
    async with live.client() as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_an_init_in_time_outlives_the_timeout(live: Any) -> None:
    async with live.signed_in() as client:
        await asyncio.sleep(0.4)
        await client.send(type="ping")
        assert await client.read() == {"type": "pong"}


async def test_a_second_init_is_4429(live: Any) -> None:
    async with live.signed_in() as client:
        await client.send(type="connection_init")
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_subscribing_before_the_acknowledgement_is_4401(live: Any) -> None:
    async with live.client() as client:
        await client.subscribe(ECHO)
        assert await client.closed() == (4401, "Unauthorized")
        assert live.world.executed == []


async def test_an_id_in_use_is_4409(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow(id="same")
        await client.follow(id="same")
        assert await client.closed() == (4409, "Subscriber for this id already exists")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "1",
        '"connection_init"',
        "{}",
        '{"type":null}',
        '{"type":"start"}',
        '{"type":"connection_ack"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"connection_init","payload":[]}',
        '{"type":"ping","payload":"x"}',
        '{"type":"subscribe","payload":{"query":"{echo}"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{echo}"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{echo}"}}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":"{echo}"}',
        '{"type":"subscribe","id":"1","payload":{"query":5}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{echo}","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{echo}","operationName":{}}}',
        '{"type":"complete"}',
        '{"type":"complete","id":7}',
        '{"type":"subscribe","id":"\\ud800","payload":{"query":"{echo}"}}',
        b"\x00\x01",
    ],
)
async def test_what_is_no_message_is_4400_and_executes_nothing(live: Any, message: str | bytes) -> None:
    async with live.signed_in() as client:
        await client.raw(message)
        assert (await client.closed())[0] == 4400
        assert live.world.executed == []


async def test_a_megabyte_is_1009(live: Any) -> None:
    async with live.signed_in() as client:
        await client.raw('{"type":"ping","payload":{"x":"' + "a" * 1_000_000 + '"}}')
        assert (await client.closed())[0] == 1009


async def test_too_many_messages_are_4008(start: Any) -> None:
    async with start(LiveLimits(message_burst=5, messages_per_second=0.001)) as live, live.signed_in() as client:
        for _ in range(5):
            await client.send(type="ping")
        assert (await client.closed())[0] == 4008


@pytest.mark.parametrize(("token", "code", "reason"), [("expired", 4401, "Sign in again"), ("explode", 4403, "BANNED")])
async def test_a_token_that_does_not_open_closes(live: Any, token: str, code: int, reason: str) -> None:
    async with live.client() as client:
        await client.send(type="connection_init", payload={"token": token})
        assert await client.closed() == (code, reason)


async def test_a_cookie_from_a_foreign_page_is_4403(live: Any) -> None:
    async with live.client(Cookie="session=alice", Origin="https://evil.test") as client:
        await client.send(type="connection_init")
        assert (await client.closed())[0] == 4403
        assert live.world.people == {}


@pytest.mark.parametrize("origin", ["https://jam.test", "https://JAM.test"])
async def test_a_cookie_from_our_own_page_opens(live: Any, origin: str) -> None:
    async with live.client(Cookie="session=alice", Origin=origin) as client:
        await client.init(None)
        await client.subscribe("{ whoami }")
        assert (await client.read())["payload"] == {"data": {"whoami": "alice"}}


async def test_a_token_opens_from_any_page(live: Any) -> None:
    async with live.client(Origin="https://elsewhere.test") as client:
        await client.init("alice")


async def test_a_bearer_header_opens(live: Any) -> None:
    async with live.client(Authorization="Bearer bob") as client:
        await client.init(None)
        await client.subscribe("{ whoami }")
        assert (await client.read())["payload"] == {"data": {"whoami": "bob"}}


async def test_the_thirteenth_connection_of_a_person_is_4291(start: Any) -> None:
    async with (
        start(LiveLimits(connections_per_person=2)) as live,
        live.signed_in("alice"),
        live.signed_in("alice") as second,
        live.client() as third,
    ):
        await third.send(type="connection_init", payload={"token": "alice"})
        assert (await third.closed())[0] == 4291
        await second.socket.close()
        await live.until(lambda: live.hub.counters.connections == 1)
        async with live.signed_in("alice") as again:
            await again.settle()


async def test_too_many_connections_of_an_address_are_4291(start: Any) -> None:
    async with start(LiveLimits(connections_per_address=1)) as live:
        async with live.signed_in(), live.client() as second:
            assert (await second.closed())[0] == 4291
        await live.until(lambda: live.hub.counters.connections == 0)
        async with live.signed_in():
            pass


# ---- what is allowed


async def test_ping_is_answered_with_its_payload_before_and_after_init(live: Any) -> None:
    async with live.client() as client:
        await client.send(type="ping", payload={"at": 1})
        assert await client.read() == {"type": "pong", "payload": {"at": 1}}
        await client.init()
        await client.send(type="pong")
        await client.send(type="ping")
        assert await client.read() == {"type": "pong"}


async def test_a_query_is_answered_and_completed(live: Any) -> None:
    async with live.signed_in() as client:
        await client.subscribe(ECHO, id="q")
        assert await client.read() == {"id": "q", "type": "next", "payload": {"data": {"echo": "hello"}}}
        assert await client.read() == {"id": "q", "type": "complete"}
        await client.subscribe(ECHO, id="q")
        assert (await client.read())["type"] == "next"


async def test_a_mutation_acts_as_the_person(live: Any) -> None:
    async with live.signed_in("bob") as client:
        await client.subscribe('mutation { support(jamId: "j1", ideaId: "i1") }')
        assert (await client.read())["payload"] == {"data": {"support": 1}}
        assert list(live.feed.supporters) == ["bob"]


async def test_a_slow_query_holds_up_nothing_and_can_be_completed(live: Any) -> None:
    live.world.slow = asyncio.Event()
    async with live.signed_in() as client:
        await client.subscribe("{ slow }", id="slow")
        await client.subscribe(ECHO, id="quick")
        assert (await client.read())["id"] == "quick"
        assert (await client.read())["type"] == "complete"
        await client.send(id="slow", type="complete")
        await client.send(type="ping")
        assert await client.read() == {"type": "pong"}
        live.world.slow.set()
        await client.silence()


async def test_a_resolver_that_fails_is_masked(live: Any) -> None:
    async with live.signed_in() as client:
        await client.subscribe("{ fail }")
        message = await client.read()
        assert message["type"] == "next"
        assert message["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert "secret" not in str(message)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nope }", "INVALID_DOCUMENT"),
        ("{ echo", "SYNTAX"),
        ("subscription { elsewhere }", "NOT_SERVED"),
        ('subscription { jamChanges(jamId: "none", afterSeq: 0) { seq } }', "NOT_FOUND"),
        ("subscription($a: Int!) { jamChanges(jamId: 1, afterSeq: $a) { seq } }", "BAD_VARIABLES"),
        (
            'subscription { jamChanges(jamId: "j1", afterSeq: 0) { seq } viewerChanges(jamId: "j1", afterSeq: 0) { seq } }',
            "INVALID_DOCUMENT",
        ),
    ],
)
async def test_what_cannot_run_is_an_error_of_its_operation_only(live: Any, query: str, code: str) -> None:
    async with live.signed_in() as client:
        await client.subscribe(query, id="x")
        message = await client.read()
        assert (message["id"], message["type"]) == ("x", "error")
        assert message["payload"][0]["extensions"]["code"] == code
        assert live.world.executed == []
        await client.subscribe(ECHO, id="x")
        assert (await client.read())["type"] == "next"


async def test_the_seventeenth_operation_is_refused_and_the_others_go_on(live: Any) -> None:
    async with live.signed_in() as client:
        for number in range(17):
            await client.follow(id=str(number))
        message = await client.read()
        assert (message["id"], message["type"]) == ("16", "error")
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        live.feed.support("i1")
        assert sorted([(await client.read())["id"] for _ in range(16)], key=int) == [str(n) for n in range(16)]


async def test_after_complete_nothing_comes_and_the_id_is_free(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow(id="1")
        await client.send(id="1", type="complete")
        await client.send(id="unknown", type="complete")
        await client.settle()
        live.feed.support("i1")
        await client.silence()
        await client.follow(id="1", after=0)
        assert (await client.changes())["seq"] == 1


async def test_a_suspended_person_is_refused_the_jam(live: Any) -> None:
    live.world.people["alice"] = Person("alice", "s", "SUSPENDED")
    async with live.signed_in("alice") as client:
        await client.follow()
        assert (await client.read())["payload"][0]["extensions"]["code"] == "NOT_ALLOWED"
        live.feed.support("i1")
        await client.silence()


async def test_ids_are_spliced_whatever_they_hold(live: Any) -> None:
    ids = ['"', "\\", "a\nb", "רעיון", "\u2028", "x" * 200, "}", '","type":"error', "0"]
    async with live.signed_in() as client:
        for one in ids:
            await client.follow(id=one)
        await live.until(lambda: live.hub.counters.subscriptions == len(ids))
        live.feed.support("i1")
        got = [await client.read() for _ in ids]
        assert sorted(message["id"] for message in got) == sorted(ids)
        assert {message["type"] for message in got} == {"next"}
        assert live.world.executed == ["jamChanges"]
