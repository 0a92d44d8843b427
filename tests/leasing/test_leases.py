"""Leases: at no moment do two believe, whatever is late; and what nobody holds is held by somebody soon."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Coroutine, Generator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.leasing import leases as module
from server.leasing import machine
from server.leasing.leases import Leases
from server.vault.leases import LiveWorker
from server.vault.port import VaultUnavailable
from server.vault.sqlite import SqliteVault

NAME = "themes:j1"


class Clock:
    """Seconds of one worker: neither its zero nor, by a few in a hundred, its speed is that of others."""

    def __init__(self, zero: float = 0.0, speed: float = 1.0) -> None:
        self.true = 0.0
        self._zero, self._speed = zero, speed

    def __call__(self) -> float:
        return self._zero + self._speed * self.true


def row(number: int, here: str = "a machine") -> LiveWorker:
    return LiveWorker(f"w{number}", 0, here, number, os.getpid(), 0, "secret", number)


# ---------------------------------------------------------------------------------------------------- by hand, step by step


class Step:
    """Where a coroutine that is driven by hand stops."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class StepVault:
    """Workers and leases in memory; each call stops before it takes effect and before it answers, and may be lost there."""

    def __init__(self) -> None:
        self.rows: dict[str, LiveWorker] = {}
        self.held: dict[str, str] = {}

    async def beat_worker(self, worker: LiveWorker) -> bool:
        await Step()
        known = worker.beat == 1 or worker.id in self.rows
        if known:
            self.rows[worker.id] = worker
        await Step()
        return known

    async def end_worker(self, worker: str, beat: int | None = None) -> bool:
        await Step()
        found = self.rows.get(worker)
        is_ended = found is not None and beat in (None, found.beat)
        if is_ended:
            del self.rows[worker]
        await Step()
        return is_ended

    async def live_workers(self) -> list[LiveWorker]:
        await Step()
        found = list(self.rows.values())
        await Step()
        return found

    async def leases(self) -> dict[str, str]:
        await Step()
        found = dict(self.held)
        await Step()
        return found

    async def take_lease(self, name: str, worker: str, before: str | None) -> bool:
        await Step()
        is_taken = self.held.get(name) == before
        if is_taken:
            self.held[name] = worker
        await Step()
        return is_taken

    async def give_back_lease(self, name: str, worker: str) -> None:
        await Step()
        if self.held.get(name) == worker:
            del self.held[name]

    async def drop_free_leases(self) -> None:
        await Step()


class Driven:
    """A worker whose beats are driven by hand."""

    def __init__(self, vault: StepVault, number: int, clock: Clock) -> None:
        ids = (f"w{number}-{again}" for again in count())
        self.clock = clock
        self.leases = Leases(vault, row(number, here=f"machine {number}"), lambda: next(ids), clock)
        self.leases.want(NAME)
        self._beating: Coroutine[Any, Any, None] | None = None

    def step(self) -> None:
        if self._beating is None:
            self._beating = self.leases.beat()
        try:
            self._beating.send(None)
        except StopIteration:
            self._beating = None

    def lose_answer(self) -> None:
        """The store fails in the middle of whatever it was asked."""
        if self._beating is not None:
            with pytest.raises(VaultUnavailable):
                self._beating.throw(VaultUnavailable("away"))
            self._beating = None

    def whole_beat(self) -> None:
        self.step()
        while self._beating is not None:
            self.step()

    def close(self) -> None:
        if self._beating is not None:
            self._beating.close()


SPEEDS = st.floats(0.97, 1.03)
MOVES = st.lists(
    st.tuples(st.sampled_from(["step", "step", "step", "beat", "lose", "wait", "long"]), st.integers(0, 2)), max_size=250
)


@settings(deadline=None, max_examples=300)
@given(MOVES, st.lists(st.tuples(st.floats(-1e6, 1e6), SPEEDS), min_size=3, max_size=3))
def test_never_do_two_believe_and_at_last_one_does(moves: list[tuple[str, int]], clocks: list[tuple[float, float]]) -> None:
    vault = StepVault()
    workers = [Driven(vault, number, Clock(*given)) for number, given in enumerate(clocks)]
    for kind, number in moves:
        worker = workers[number]
        match kind:
            case "step":
                worker.step()
            case "beat":
                worker.whole_beat()
            case "lose":
                worker.lose_answer()
            case _:
                for one in workers:
                    one.clock.true += 0.4 if kind == "wait" else 2.5
        assert sum(one.leases.holds(NAME) for one in workers) <= 1
    # The second never comes back; whatever it held is somebody's soon.
    for _ in range(20):
        for one in workers:
            one.clock.true += 0.9
        for one in (workers[0], workers[2]):
            one.whole_beat()
        assert sum(one.leases.holds(NAME) for one in workers) <= 1
    assert [one.leases.holds(NAME) for one in workers] in ([True, False, False], [False, False, True])
    for one in workers:
        one.close()


def test_belief_would_not_be_safe_without_its_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the property above is worth: a worker that believes for longer is caught."""
    monkeypatch.setattr(module, "BELIEVED_S", 6.0)
    with pytest.raises(AssertionError):
        test_never_do_two_believe_and_at_last_one_does()


# ----------------------------------------------------------------------------------------------------- over a real vault


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[SqliteVault]:
    opened = await SqliteVault.open(tmp_path / "vault.sqlite")
    yield opened
    await opened.close()


def waiting_process() -> "subprocess.Popen[bytes]":
    """One that ends when it is killed, or nobody holds its input any more."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


def leases_on(vault: SqliteVault, number: int, clock: Clock, here: str = "a machine") -> Leases:
    made = Leases(vault, row(number, here), lambda: f"again-{number}", clock)
    made.want(NAME)
    return made


@pytest.mark.anyio
async def test_the_first_holds_and_hands_over_when_it_ends(vault: SqliteVault) -> None:
    clock = Clock()
    first, second = leases_on(vault, 1, clock), leases_on(vault, 2, clock)
    await first.beat()
    await second.beat()
    await first.beat()
    assert (first.holds(NAME), second.holds(NAME)) == (True, False)
    assert [worker.id for worker in first.workers] == ["w1", "w2"]
    assert (held := second.holder(NAME)) is not None
    assert held.id == first.me.id
    await first.close()
    assert not first.holds(NAME)
    await second.beat()
    assert second.holds(NAME)


@pytest.mark.anyio
async def test_a_silent_worker_is_gone_after_a_while_and_goes_on_as_another_one(vault: SqliteVault) -> None:
    clocks = Clock(), Clock(zero=9_999.0)
    first, second = (leases_on(vault, number, clock, f"machine {number}") for number, clock in enumerate(clocks))
    await first.beat()
    await second.beat()
    told: list[bool] = []
    first.watch(lambda: told.append(first.holds(NAME)))
    for clock in clocks:
        clock.true = module.GONE_S - 0.1
    await second.beat()
    assert (first.holds(NAME), second.holds(NAME)) == (False, False), "nobody believes before anybody may take over"
    for clock in clocks:
        clock.true = module.GONE_S
    await second.beat()
    assert second.holds(NAME)
    await first.beat()
    assert (first.me.id, first.me.beat, first.holder(NAME), told) == ("again-0", 0, None, [False])
    await first.beat()
    assert (held := first.holder(NAME)) is not None
    assert held.id == second.me.id
    assert not first.holds(NAME)


@pytest.mark.anyio
async def test_what_a_killed_process_held_is_free_at_once(vault: SqliteVault) -> None:
    with waiting_process() as process:
        killed = replace(row(1), pid=process.pid, beat=1)
        await vault.beat_worker(killed)
        await vault.take_lease(NAME, killed.id, None)
        survivor = leases_on(vault, 2, Clock())
        await survivor.beat()
        assert not survivor.holds(NAME)
        process.kill()
    await survivor.beat()
    assert survivor.holds(NAME)


@pytest.mark.anyio
async def test_a_lease_that_is_given_back_is_free(vault: SqliteVault) -> None:
    first, second = leases_on(vault, 1, Clock()), leases_on(vault, 2, Clock())
    await first.beat()
    await first.give_back(NAME)
    await second.beat()
    await first.beat()
    assert (first.holds(NAME), second.holds(NAME)) == (False, True)
    await second.sweep()
    assert await vault.leases() == {NAME: "w2"}


@pytest.mark.anyio
async def test_a_store_that_is_away_ends_the_belief_and_it_comes_back_by_itself(
    vault: SqliteVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_S", 0.02)
    monkeypatch.setattr(module, "BELIEVED_S", 0.2)
    held = Leases(vault, row(1), lambda: "again")
    held.want(NAME)
    running = asyncio.create_task(held.run())

    async def until(holds: bool) -> None:
        async with asyncio.timeout(10):
            while held.holds(NAME) is not holds:  # noqa: ASYNC110  belief ends by the clock
                await asyncio.sleep(0.01)

    await until(True)
    beat = vault.beat_worker

    async def away(worker: LiveWorker) -> bool:
        raise VaultUnavailable("away")

    monkeypatch.setattr(vault, "beat_worker", away)
    await until(False)
    monkeypatch.setattr(vault, "beat_worker", beat)
    await until(True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_process_that_ended_is_gone_and_one_that_runs_is_not() -> None:
    with waiting_process() as process:
        assert not machine.is_gone(process.pid)
    assert machine.is_gone(process.pid)
    assert machine.this_machine() == machine.this_machine() != ""
