"""Pushes with a real vault and a push service over HTTP: batched, each once, again after failures, and never lost by a kill."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from server.hooks.guard import Poster
from server.jam import commands as c
from server.jam.people import Relation, Role
from server.jam.standing import RestrictionKind
from server.push.kinds import PushKind
from server.push.outgoing import DEAD_MS, LEASE_MS, LONGEST_PAUSE_S, PAUSES_S, STALE_MS
from server.push.rules import SETTLES_MS
from server.push.service import Choice, device_id
from server.settings import Settings
from server.stores import open_stores
from tests.patience import PATIENCE_S
from tests.push.receiving import pushing
from tests.push.telling import DAY, Desk, posting
from tests.replaying.test_verify import HOUR, NOW, a_jam

pytestmark = pytest.mark.anyio
MINUTE = 60_000


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk, None]:
    async with open_stores(Settings(data=tmp_path)) as (journal, vault), pushing() as service:
        clock = [NOW]
        store = await a_jam(journal, lambda: clock[0])  # type: ignore[arg-type]
        vapid, poster = await posting(vault, lambda: NOW)
        await store.submit("j1", c.AddMember(actor="system", id="ben", person="ben", role="PARTICIPANT", relation="FRIEND"))  # type: ignore[arg-type]
        yield Desk(store, vault, service, vapid, poster)
        await poster.close()
        await store.close()


async def test_a_burst_is_told_at_once_on_every_device(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.browser("desk")
    await desk.comment(3)
    outgoing = desk.outgoing()
    desk.passes(SETTLES_MS - 1)
    await outgoing.turn()
    assert desk.service.told == []
    desk.passes(1)
    await outgoing.turn()
    await outgoing.turn()
    assert sorted(one.path for one in desk.service.told) == ["/push/desk", "/push/phone"]
    [one, other] = desk.service.letters()
    assert one == other
    assert one["body"] == "3 comments on your ideas."
    assert one["path"] == f"/jam/spring/idea/{desk.store.all()[0].ideas[0].id}"
    assert await desk.vault.waiting_pushes() == 0
    assert outgoing.counters.sent == 2
    told = [device.told_at for device in await desk.vault.push_devices("ann", desk.now)]
    assert told == [desk.now, desk.now]


async def test_the_next_comes_after_the_chosen_time_and_tells_all_that_is_unread(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.pushes().choose("ann", Choice(apart_min=60))
    outgoing = desk.outgoing()
    await desk.comment()
    desk.passes(SETTLES_MS)
    await outgoing.turn()
    await desk.comment(2)
    for _ in range(59):
        desk.passes(MINUTE)
        await outgoing.turn()
    assert len(desk.service.told) == 1
    desk.passes(MINUTE)
    await outgoing.turn()
    first, second = desk.service.told
    assert second.letter["body"] == "3 comments on your ideas.", "it takes the place of the first"
    assert first.letter["tag"] == second.letter["tag"]
    assert first.headers["topic"] == second.headers["topic"]
    assert first.letter["id"] != second.letter["id"]


async def test_nothing_comes_unasked_nor_from_before_nor_of_other_kinds(desk: Desk) -> None:
    await desk.comment()
    desk.passes(1)
    outgoing = desk.outgoing()
    await outgoing.turn()
    await desk.browser("phone")
    await desk.pushes().choose("ann", Choice(kinds=[PushKind.BUILT_ON, PushKind.DECISION]))
    await desk.comment()
    desk.passes(HOUR // 3)
    await outgoing.turn()
    assert desk.service.told == []
    assert desk.service.asked == 0


async def test_in_quiet_hours_nothing_comes_and_afterwards_one(desk: Desk) -> None:
    """NOW is a Friday at 08:00 in UTC, 10:00 in Jerusalem."""
    await desk.browser("phone", zone="Asia/Jerusalem")
    await desk.pushes().choose("ann", Choice(quiet=(9 * 60, 12 * 60)))
    outgoing = desk.outgoing()
    for _ in range(5):
        await desk.comment()
        desk.passes(20 * MINUTE)
        await outgoing.turn()
    assert desk.service.told == []
    desk.now = NOW + 2 * HOUR
    await outgoing.turn()
    assert [one["body"] for one in desk.service.letters()] == ["5 comments on your ideas."]


async def test_what_was_read_or_hidden_before_it_was_sent_is_not_told(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers = [503]
    outgoing = desk.outgoing()
    await outgoing.turn()
    assert await desk.vault.waiting_pushes() == 1
    await desk.store.submit("j1", c.ReadNotifications(actor="ann", id="read", up_to=None))
    desk.passes(1_000 * PAUSES_S[0])
    await outgoing.turn()
    assert desk.service.told == []
    assert await desk.vault.waiting_pushes() == 0


async def test_who_is_suspended_while_it_waits_is_told_nothing(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers = [503]
    outgoing = desk.outgoing()
    await outgoing.turn()
    mod = c.AddMember(actor="system", id="mod", person="mod", role=Role.MODERATOR, relation=Relation.EMPLOYEE)
    await desk.store.submit("j1", mod)
    out = c.RestrictMembers(actor="mod", id="out", people=("ann",), kind=RestrictionKind.SUSPENDED, until=None, reason="Rude")
    await desk.store.submit("j1", out)
    desk.passes(HOUR)
    await outgoing.turn()
    assert desk.service.told == []


async def test_what_is_not_taken_is_sent_again_as_asked_for_and_dropped_when_it_is_stale(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers, desk.service.retry_after = [429, 0, 500, 503, 502, 500, 500], 3_000
    outgoing = desk.outgoing()
    begun = desk.now
    for tries in range(1, 6):
        await outgoing.turn()
        assert desk.service.asked == tries
        asked = 3_000 if tries != 2 else 0  # who hangs up asks for nothing
        pause = max(PAUSES_S[tries - 1], asked)
        desk.passes(1_000 * pause - 1)
        await outgoing.turn()
        assert desk.service.asked == tries, "not before its pause is over"
        desk.passes(1)
    assert outgoing.counters.failed == 5
    desk.now = begun + STALE_MS + 1
    await outgoing.turn()
    assert desk.service.asked == 5
    assert await desk.vault.waiting_pushes() == 0
    assert outgoing.counters.stale == 1


async def test_nobody_can_make_it_pause_without_end(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers, desk.service.retry_after = [503], 9_999_999
    outgoing = desk.outgoing()
    await outgoing.turn()
    desk.passes(1_000 * LONGEST_PAUSE_S)
    await outgoing.turn()
    assert len(desk.service.told) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_removed_and_the_others_stay(desk: Desk, status: int) -> None:
    await desk.browser("phone")
    await desk.browser("desk")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers = [status]
    outgoing = desk.outgoing()
    await outgoing.turn()
    assert len(await desk.vault.push_devices("ann", desk.now)) == 1
    assert len(desk.service.told) == 1
    assert outgoing.counters.removed == 1


async def test_a_device_that_takes_nothing_for_a_week_is_removed(desk: Desk) -> None:
    await desk.browser("phone")
    outgoing = desk.outgoing()
    desk.service.answers = [500] * 1_000
    await desk.comment()
    desk.passes(SETTLES_MS)
    await outgoing.turn()
    device = (await desk.vault.push_devices("ann", desk.now))[0]
    assert device.failing_since == desk.now
    await desk.vault.note_push_device(device.id, None, desk.now - DEAD_MS)
    desk.passes(1_000 * PAUSES_S[0])
    await outgoing.turn()
    assert await desk.vault.push_devices("ann", desk.now) == []
    assert outgoing.counters.removed == 1


async def test_who_signs_out_is_told_nothing_there_any_more(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.browser("desk")
    outgoing = desk.outgoing()
    await desk.comment()
    desk.passes(SETTLES_MS)
    await desk.vault.end_session("session of phone")
    await outgoing.turn()
    assert [one.path for one in desk.service.told] == ["/push/desk"]
    await desk.vault.end_sessions("ann")
    await desk.comment()
    desk.passes(DAY)
    await outgoing.turn()
    assert len(desk.service.told) == 1
    assert len(outgoing.readers) == 0 or await desk.vault.waiting_pushes() == 0


async def test_of_who_is_erased_nothing_is_left_to_send(desk: Desk) -> None:
    await desk.browser("phone")
    outgoing = desk.outgoing()
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.service.answers = [503]
    await outgoing.turn()
    await desk.vault.erase_person("ann")
    desk.passes(HOUR)
    await outgoing.turn()
    assert desk.service.told == []
    assert await desk.vault.waiting_pushes() == 0


async def test_one_that_is_down_does_not_hold_up_the_others(desk: Desk) -> None:
    await desk.browser("phone")
    [phone] = await desk.vault.push_devices("ann", desk.now)
    down = replace(phone, id=device_id("http://127.0.0.1:9/"), endpoint="http://127.0.0.1:9/")
    await desk.vault.add_push_device(down)
    await desk.comment()
    desk.passes(SETTLES_MS)
    await desk.outgoing().turn()
    assert len(desk.service.told) == 1
    assert await desk.vault.waiting_pushes() == 1


async def test_an_endpoint_in_a_private_network_is_not_asked(desk: Desk) -> None:
    """Whatever the address was when it was added: the guard looks where it leads when it is asked."""
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    desk.poster = Poster(allow_private=False)
    await desk.outgoing().turn()
    assert desk.service.asked == 0
    assert await desk.vault.waiting_pushes() == 1
    await desk.poster.close()


async def test_several_servers_share_the_work(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.browser("desk")
    await desk.comment()
    desk.passes(SETTLES_MS)
    await asyncio.gather(*(desk.outgoing().turn() for _ in range(4)))
    assert sorted(one.path for one in desk.service.told) == ["/push/desk", "/push/phone"]


async def test_whoever_takes_over_tells_the_rest_and_what_comes_twice_is_the_same(desk: Desk) -> None:
    """The first server is stopped at every await in turn, as by a kill; the next goes on when the lease is over."""
    await desk.browser("phone")
    await desk.browser("desk")
    moments = range(1, 60, 2)
    for moment in moments:
        await desk.comment()
        desk.passes(16 * MINUTE)
        task = asyncio.create_task(desk.outgoing().turn())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        desk.passes(LEASE_MS)
    for _ in range(3):
        desk.passes(16 * MINUTE)
        await desk.outgoing().turn()
    for name in ("phone", "desk"):
        letters = desk.service.letters(name)
        assert letters[-1]["body"] == f"{len(moments)} comments on your ideas.", "nothing is lost"
        bodies = {(one["id"], one["body"]) for one in letters}
        assert len(bodies) == len({id for id, _ in bodies}) <= len(moments), "what comes again says the same"
    assert await desk.vault.waiting_pushes() == 0


@pytest.mark.parametrize("moment", [1, 2, 3])
async def test_a_server_killed_while_it_sends_loses_nothing_and_shows_nothing_twice(
    desk: Desk, tmp_path: Path, moment: int
) -> None:
    """`kill -9` right after the push service took the first, second or third: the most that can come twice is that one, and
    by its id a device knows it again."""
    for name in ("one", "two", "three"):
        await desk.browser(name)
    await desk.comment(2)
    desk.passes(SETTLES_MS)
    command = [sys.executable, "-m", "tests.push.telling", str(tmp_path), str(moment), str(desk.now)]
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    before = len(desk.service.told)
    assert before >= moment
    desk.passes(LEASE_MS)
    await desk.outgoing().turn()
    await desk.outgoing().turn()
    shown = {(one.path, one.letter["id"]) for one in desk.service.told}
    assert {path for path, _ in shown} == {"/push/one", "/push/two", "/push/three"}
    assert len(shown) == 3, "each device shows it once"
    assert len({id for _, id in shown}) == 1
    assert {one.letter["body"] for one in desk.service.told} == {"2 comments on your ideas."}
    assert await desk.vault.waiting_pushes() == 0


async def test_it_runs_by_itself_and_learns_of_new_devices(desk: Desk) -> None:
    outgoing = desk.outgoing()
    desk.store.watch(outgoing.watch)
    running = asyncio.create_task(outgoing.run())
    await asyncio.sleep(0.05)
    await desk.browser("phone")
    await desk.comment()
    desk.passes(SETTLES_MS)
    async with asyncio.timeout(PATIENCE_S):
        while not desk.service.told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(desk.service.told) == 1


async def test_each_in_their_own_language(desk: Desk) -> None:
    await desk.browser("phone")
    desk.language = "he"
    await desk.comment()
    desk.passes(SETTLES_MS)
    await desk.outgoing().turn()
    [letter] = desk.service.letters()
    assert (letter["lang"], letter["dir"], letter["body"]) == ("he", "rtl", "תגובה אחת לרעיון שלך.")


async def test_a_phase_that_closes_soon_does_not_wait_for_the_next_push(desk: Desk) -> None:
    await desk.browser("phone")
    await desk.pushes().choose("ann", Choice(kinds=set(PushKind)))
    outgoing = desk.outgoing()
    desk.now = NOW + HOUR - 31 * MINUTE
    await desk.comment()
    desk.passes(SETTLES_MS)
    await outgoing.turn()
    desk.now = NOW + HOUR - 29 * MINUTE
    await outgoing.turn()
    first, second = desk.service.told
    assert "half an hour more" in second.letter["body"]
    assert (first.headers["urgency"], second.headers["urgency"]) == ("normal", "high")
    assert int(second.headers["ttl"]) == 29 * 60
    assert "topic" not in second.headers
