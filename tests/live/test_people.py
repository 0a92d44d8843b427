"""Who is told what, who is here, and whose sockets are closed."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.live.conftest import FAST, MINE
from tests.live.toy import Person

pytestmark = pytest.mark.anyio
SEEN = "subscription($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) { visibility mustRefetch seq } }"
OWN = "subscription($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) { ideas { id viewerHasSupported } } }"
HERE = "subscription($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) { hereCount seq } }"


async def test_what_concerns_one_person_goes_to_that_person_only(live: Any) -> None:
    async with live.signed_in("alice") as alice, live.signed_in("bob") as bob:
        await alice.follow(query=MINE)
        await bob.follow(query=MINE)
        await bob.settle()
        live.feed.support("i1", "alice")
        assert await alice.changes() == {"seq": 1, "supportedIdeaIds": ["i1"]}
        await bob.silence()
        assert live.world.executed == ["viewerChanges alice"]


async def test_a_person_idle_for_long_is_not_too_far_behind(start: Any) -> None:
    async with start() as live, live.signed_in("alice") as alice:
        live.feed.memory = 2
        await alice.follow(query=MINE)
        await alice.settle()
        for _ in range(5):
            live.feed.support("i1", "bob")
            await asyncio.sleep(0.03)
        live.feed.support("i2", "alice")
        assert await alice.changes() == {"seq": 6, "supportedIdeaIds": ["i2"]}


async def test_a_personal_subscription_resumes(live: Any) -> None:
    live.feed.support("i1", "alice")
    live.feed.support("i2", "alice")
    async with live.signed_in("alice") as alice:
        await alice.follow(query=MINE, after=1)
        assert await alice.changes() == {"seq": 2, "supportedIdeaIds": ["i2"]}
        await alice.silence()


async def test_a_personal_subscription_needs_a_person(live: Any) -> None:
    async with live.signed_in(None) as nobody:
        await nobody.follow(query=MINE)
        assert (await nobody.read())["payload"][0]["extensions"]["code"] == "SIGN_IN_REQUIRED"


async def test_a_shared_subscription_with_a_personal_field_is_executed_for_each(live: Any) -> None:
    async with live.signed_in("alice") as alice, live.signed_in("bob") as bob:
        await alice.follow(query=OWN)
        await bob.follow(query=OWN)
        await alice.settle()
        await bob.settle()
        live.feed.support("i1", "alice")
        assert await alice.changes() == {"ideas": [{"id": "i1", "viewerHasSupported": True}]}
        assert await bob.changes() == {"ideas": [{"id": "i1", "viewerHasSupported": False}]}
        assert live.world.executed == ["jamChanges", "jamChanges"]


async def test_visibility_classes_do_not_share(live: Any) -> None:
    live.world.people["mod"] = Person("mod", "s-mod", "MODERATOR")
    async with live.signed_in("alice") as alice, live.signed_in("mod") as moderator:
        await alice.follow(query=SEEN)
        await moderator.follow(query=SEEN)
        await alice.settle()
        await moderator.settle()
        live.feed.support("i1")
        assert (await alice.changes())["visibility"] == "PARTICIPANT"
        assert (await moderator.changes())["visibility"] == "MODERATOR"


async def test_jams_do_not_mix(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow(id="one", jam="j1")
        await client.follow(id="two", jam="j2")
        await client.settle()
        live.world.feeds["j2"].support("x")
        message = await client.read()
        assert (message["id"], message["payload"]["data"]["jamChanges"]["ideas"][0]["id"]) == ("two", "x")
        await client.silence()


async def test_one_whose_role_changes_moves_group_and_is_sent_to_fetch_afresh(live: Any) -> None:
    async with live.signed_in("alice") as alice, live.signed_in("bob") as bob:
        await alice.follow(query=SEEN)
        await bob.follow(query=SEEN)
        await alice.settle()
        await bob.settle()
        live.world.people["alice"].role = "MODERATOR"
        await live.hub.reclassify("alice", "j1")
        assert await alice.changes() == {"visibility": "MODERATOR", "mustRefetch": True, "seq": 0}
        live.feed.support("i1")
        assert await alice.changes() == {"visibility": "MODERATOR", "mustRefetch": False, "seq": 1}
        assert await bob.changes() == {"visibility": "PARTICIPANT", "mustRefetch": False, "seq": 1}


async def test_one_who_may_not_see_the_jam_any_more_is_told_nothing_more(live: Any) -> None:
    async with live.signed_in("alice") as alice:
        await alice.follow(id="x")
        await alice.settle()
        live.world.people["alice"].role = "SUSPENDED"
        await live.hub.reclassify("alice", "j1")
        message = await alice.read()
        assert (message["id"], message["type"]) == ("x", "error")
        assert message["payload"][0]["extensions"]["code"] == "NOT_ALLOWED"
        live.feed.support("i1")
        await alice.silence()
        assert live.hub.counters.subscriptions == 0


async def test_ending_a_session_closes_its_sockets_within_a_second(live: Any) -> None:
    live.world.people["laptop"] = Person("alice", "s1")
    live.world.people["phone"] = Person("alice", "s2")
    async with live.signed_in("laptop") as laptop, live.signed_in("phone") as phone, live.signed_in("bob") as bob:
        await laptop.follow()
        live.hub.end_session("s1")
        assert (await laptop.closed(1.0))[0] == 4401
        await phone.settle()
        live.hub.end_person("alice")
        assert (await phone.closed(1.0))[0] == 4401
        await bob.settle()
        assert live.hub.counters.closed == {4401: 2}


async def test_a_session_that_another_worker_ended_loses_its_sockets_and_no_other_does(start: Any) -> None:
    async with start(replace(FAST, session_seconds=0.05)) as live:
        live.world.people["laptop"] = Person("alice", "s1")
        live.world.people["phone"] = Person("alice", "s2")
        async with live.signed_in("laptop") as laptop, live.signed_in("laptop") as window, live.signed_in("phone") as phone:
            await laptop.follow()
            live.world.ended.add("s1")
            assert await laptop.closed() == (4401, "The session has ended: sign in again")
            assert (await window.closed())[0] == 4401
            await phone.settle()
            assert live.hub.counters.subscriptions == 0


async def test_a_person_follows_so_many_different_things_and_may_take_another_after_leaving_one(start: Any) -> None:
    async with (
        start(replace(FAST, subscriptions_per_person=2)) as live,
        live.signed_in("alice") as alice,
        live.signed_in("alice") as window,
        live.signed_in("bob") as bob,
    ):
        await alice.follow(id="1")
        await alice.follow(id="2", query=MINE)
        await alice.settle()
        await window.follow(id="1", jam="j2")
        refused = await window.read()
        assert (refused["id"], refused["type"]) == ("1", "error")
        assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        await window.follow(id="same", after=0)
        await window.follow(id="again", query=MINE)
        await bob.follow(id="1", query=HERE)
        await bob.settle()
        await window.settle()
        assert live.hub.counters.subscriptions == 5
        assert "j2" not in live.hub.stages or not live.hub.stages["j2"].groups
        await alice.send(id="2", type="complete")
        await window.send(id="again", type="complete")
        await alice.settle()
        await window.follow(id="1", jam="j2")
        await window.settle()
        assert live.hub.counters.subscriptions == 4


async def test_draining_sends_everyone_elsewhere_to_resume(live: Any) -> None:
    async with live.signed_in() as client:
        live.hub.drain()
        assert (await client.closed())[0] == 1012
        async with live.client() as late:
            assert (await late.closed())[0] == 1012


async def test_people_here_are_counted_once_each_and_told_at_most_so_often(start: Any) -> None:
    async with start(replace(FAST, here_seconds=0.15)) as live:
        async with live.signed_in("alice") as alice, live.signed_in("alice") as again, live.signed_in("bob") as bob:
            for client in (alice, again, bob):
                await client.follow(query=HERE)
            await again.follow(id="2", query=MINE)
            await bob.settle()
            await again.settle()
            assert live.hub.here("j1") == 2
            assert await alice.changes() == {"hereCount": 2, "seq": 0}
            await alice.silence(0.3)
            await bob.socket.close()
            assert await alice.changes() == {"hereCount": 1, "seq": 0}
        await live.until(lambda: live.hub.here("j1") == 0)
        assert live.hub.here("unknown") == 0


async def test_anonymous_readers_are_told_but_not_counted(live: Any) -> None:
    async with live.signed_in(None) as nobody:
        await nobody.follow(query=SEEN)
        await nobody.settle()
        assert live.hub.here("j1") == 0
        live.feed.support("i1")
        assert (await nobody.changes())["visibility"] == "ANONYMOUS"


async def test_a_client_that_drops_leaves_nothing_behind(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow(id="1")
        await client.follow(id="2", query=MINE)
        await client.settle()
    await live.until(lambda: live.hub.counters.connections == 0)
    assert live.hub.counters.subscriptions == 0
    assert live.hub.connections == set()
    live.feed.support("i1", "alice")
    await asyncio.sleep(0.1)
    assert live.world.executed == []


async def test_quiet_jams_do_not_tick(live: Any) -> None:
    async with live.signed_in() as client:
        await client.follow()
        await client.settle()
        await asyncio.sleep(0.1)
        before = live.hub.counters.ticks
        await asyncio.sleep(0.2)
        assert live.hub.counters.ticks == before


async def test_changes_within_a_tick_are_told_once(start: Any) -> None:
    async with start(replace(FAST, tick_seconds=0.15)) as live, live.signed_in() as client:
        await client.follow()
        await client.settle()
        live.feed.support("i0")
        await client.changes()
        for _ in range(20):
            live.feed.support("i1")
        assert await client.changes() == {
            "fromSeq": 1,
            "seq": 21,
            "mustRefetch": False,
            "ideas": [{"id": "i1", "votes": 20}],
        }
