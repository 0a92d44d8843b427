"""Turns of workers that write the same stream: nobody decides in vain, and nobody is held up by one that hangs."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from server.jam import commands as c
from server.jam_store import PREFIX, JamStore, load_state
from server.journal.memory import MemoryJournal, MemoryStore
from server.leasing import turns
from server.leasing.turns import FileTurns, turns_in
from tests.commands.test_command_handler import Clock, found, post, state_of, the_idea

pytestmark = pytest.mark.anyio

HOLDS = """
import fcntl, os, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(file, fcntl.LOCK_EX)
print("holds", flush=True)
time.sleep(600)
"""


def holder_of(path: Path) -> "subprocess.Popen[bytes]":
    """A process that has the turn, and keeps it."""
    other = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"holds\n"
    return other


class Slow(MemoryJournal):
    """A journal that takes a moment, so that others come in between."""

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        await asyncio.sleep(0.001)
        await super().append(stream, after, count, payload, token)


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def workers(shared: MemoryStore, tmp_path: Path) -> AsyncIterator[list[JamStore]]:
    """Three of one store, each with its own view of it."""
    opened = [await JamStore.open(Slow(shared), Clock(), turns_of=turns_in(tmp_path))]
    await found(opened[0])
    opened += [await JamStore.open(Slow(shared), Clock(), turns_of=turns_in(tmp_path)) for _ in range(2)]
    yield opened
    for one in opened:
        await one.close()


async def test_writers_at_full_speed_lose_no_attempt_and_none_is_left_out(
    workers: list[JamStore], shared: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 30.0)
    idea, before = the_idea(workers[0]), state_of(workers[0]).seq
    took: list[list[float]] = [[], [], []]

    async def votes(place: int) -> None:
        for n in range(place * 13, place * 13 + 13):
            began = time.monotonic()
            await workers[place].submit("j", c.SupportIdea(actor=f"p{n}", id=f"v{n}", idea=idea))
            await workers[place].submit("j", c.WithdrawSupport(actor=f"p{n}", id=f"w{n}", idea=idea))
            took[place].append(time.monotonic() - began)

    await asyncio.gather(*map(votes, range(3)))
    lost = [worker.meters["j"].lost for worker in workers]
    # Who has not heard of others for a while may decide once before it reads what they wrote.
    assert sum(lost) < 10, lost
    assert [len(one) for one in took] == [13, 13, 13]
    fresh = await load_state(MemoryJournal(shared), PREFIX + "j")
    assert (fresh.ideas[0].support, fresh.seq) == (0, before + 2 * 39)


async def test_who_has_more_to_write_does_not_keep_others_waiting(
    workers: list[JamStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker has a queue that never ends; the other is let in between, long before it gives up."""
    monkeypatch.setattr(turns, "PATIENCE_S", 30.0)
    busy, other = workers[0], workers[1]
    idea, stop = the_idea(busy), asyncio.Event()

    async def keep_voting(person: str) -> None:
        for n in count():
            if stop.is_set():
                return
            kind = c.WithdrawSupport if n % 2 else c.SupportIdea
            await busy.submit("j", kind(actor=person, id=f"{person}-{n}", idea=idea))

    voters = [asyncio.create_task(keep_voting(f"p{n}")) for n in range(4)]
    await asyncio.sleep(0.05)
    for number in range(5):
        async with asyncio.timeout(10):
            await other.submit("j", post("p9", f"other {number}"))
    stop.set()
    await asyncio.gather(*voters)


async def test_without_turns_the_same_writers_lose_many(shared: MemoryStore) -> None:
    """What turns are for; it shows that the test above can fail."""
    workers = [await JamStore.open(Slow(shared), Clock())]
    await found(workers[0])
    workers += [await JamStore.open(Slow(shared), Clock()) for _ in range(2)]
    idea = the_idea(workers[0])

    async def votes(place: int) -> None:
        for n in range(place * 13, place * 13 + 13):
            await workers[place].submit("j", c.SupportIdea(actor=f"p{n}", id=f"v{n}", idea=idea))

    await asyncio.gather(*map(votes, range(3)))
    assert sum(worker.meters["j"].lost for worker in workers) > 10
    for one in workers:
        await one.close()


async def test_a_killed_holder_gives_its_turn_back_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 60.0)
    path = tmp_path / "one.turn"
    own = FileTurns(path)
    with holder_of(path) as other:
        asyncio.get_running_loop().call_later(0.05, other.kill)
        began = time.monotonic()
        async with own.turn() as had_to_wait:
            assert had_to_wait
            assert _is_locked(path)
        assert time.monotonic() - began < 10
    assert not _is_locked(path)
    own.close()


async def test_a_holder_that_was_stopped_is_waited_for_once_and_trusted_again_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.1)
    path = tmp_path / "one.turn"
    own = FileTurns(path)
    with holder_of(path) as other:
        os.kill(other.pid, signal.SIGSTOP)
        waits = []
        for _ in range(3):
            async with own.turn() as had_to_wait:
                waits.append(had_to_wait)
        assert waits == [True, False, False]
        other.kill()
    async with asyncio.timeout(5):
        while own._is_given_up:  # noqa: ASYNC110  the lock comes to a thread
            await asyncio.sleep(0.01)
    assert not _is_locked(path), "what came too late is given back"
    async with own.turn() as had_to_wait:
        assert not had_to_wait
        assert _is_locked(path)
    own.close()


async def test_who_was_cancelled_while_waiting_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.turn"
    first, second = FileTurns(path), FileTurns(path)

    async def wait() -> None:
        async with second.turn():
            pass

    async with first.turn():
        task = asyncio.create_task(wait())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5):
        while second._is_given_up:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not _is_locked(path)
    first.close()
    second.close()


async def test_a_turn_is_over_whatever_happens_in_it(tmp_path: Path) -> None:
    own = FileTurns(tmp_path / "one.turn")
    with pytest.raises(RuntimeError):
        async with own.turn():
            raise RuntimeError
    assert not _is_locked(tmp_path / "one.turn")
    own.close()


async def test_a_lone_writer_never_waits(shared: MemoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await JamStore.open(MemoryJournal(shared), Clock(), turns_of=turns_in(tmp_path))
    await found(store)
    monkeypatch.setattr(FileTurns, "_waited_for", None)
    for number in range(20):
        await store.submit("j", post("p1", f"post {number}"))
    assert store.meters["j"].lost == 0
    await store.close()


def _is_locked(path: Path) -> bool:
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
