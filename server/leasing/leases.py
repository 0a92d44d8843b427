"""Leases: of all workers of a store, one does this, until it ends, gives it back, or is not heard of.

No two clocks need to agree. A worker counts its beats up in the store; whoever sees a beat stand still for `GONE_S` by their
own clock may end the worker, and what it held is free. A worker believes in what it holds only for `BELIEVED_S` from *before*
its last beat was written, which is less: so it has stopped believing before anybody may take over, as long as clocks run
about equally fast. Where all of that fails (a process stopped between the question and the act) two may believe for a
moment: what a lease is used for must be harmless then. Here it is, because the journal refuses what does not follow its end.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from server.leasing import machine
from server.vault.leases import LeaseVault, LiveWorker

log = structlog.get_logger()
BEAT_S = 1.0
"""Between two beats."""

BELIEVED_S = 3.0
"""How long a worker believes in what it holds, from before its last beat that arrived."""

GONE_S = 4.0
"""A worker whose beat stands still for so long is gone. A process of the same machine that ended is known to be at once."""


def steady_seconds() -> float:
    """A clock that only goes forward, and also while the machine sleeps, where the system has one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Leases:
    """What this worker holds and would like to hold. `worker` is its row before the first beat; `new_id` makes an id for when
    it was taken for gone and goes on as another one.
    """

    def __init__(
        self,
        vault: LeaseVault,
        worker: LiveWorker,
        new_id: Callable[[], str],
        seconds: Callable[[], float] = steady_seconds,
    ) -> None:
        self._vault = vault
        self._me = worker
        self._new_id = new_id
        self._seconds = seconds
        self._wanted: dict[str, None] = {}
        self._holders: dict[str, str] = {}
        self._workers: dict[str, LiveWorker] = {}
        self._seen: dict[str, tuple[int, float]] = {}
        self._believed_until = float("-inf")
        self._watchers: list[Callable[[], None]] = []
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()

    # ---------------------------------------------------------------------------------------------------------- answers
    @property
    def me(self) -> LiveWorker:
        """This worker's own row, as of its last beat."""
        return self._me

    @property
    def workers(self) -> Sequence[LiveWorker]:
        """All workers that are there, this one among them once it has beaten; the longest there first."""
        return sorted(self._workers.values(), key=lambda worker: (worker.began, worker.id))

    def holder(self, name: str) -> LiveWorker | None:
        """Who holds a lease, as of the last beat; None where it is free."""
        return self._workers.get(self._holders.get(name, ""))

    def holds(self, name: str) -> bool:
        """Whether this worker holds the lease, and may still believe so now."""
        return self._holders.get(name) == self._me.id and self._seconds() < self._believed_until

    def watch(self, callback: Callable[[], None]) -> None:
        """Call back whenever somebody came or went, or a lease has another holder."""
        self._watchers.append(callback)

    def reached_at(self, port: int) -> None:
        """Others of this machine ask this worker at that port; told with the next beat."""
        self._me = replace(self._me, port=port)

    # ----------------------------------------------------------------------------------------------------------- wishes
    def want(self, name: str) -> None:
        """Hold this lease, as soon as it is free."""
        if name not in self._wanted:
            self._wanted[name] = None
            self._wake.set()

    async def give_back(self, name: str) -> None:
        """Want it no more, and let another one have it at once. Raises `VaultUnavailable`."""
        async with self._turn:
            self._wanted.pop(name, None)
            if self._holders.get(name) == self._me.id:
                del self._holders[name]
                await self._vault.give_back_lease(name, self._me.id)

    # ---------------------------------------------------------------------------------------------------------- beating
    async def run(self) -> None:
        """Beats until it is cancelled. A store that is away ends the belief by itself, and nothing else."""
        while True:
            self._wake.clear()
            try:
                await self.beat()
            except Exception as error:
                log.warning("leases can't be kept; it is tried again", error=type(error).__name__)
            try:
                await asyncio.wait_for(self._wake.wait(), BEAT_S)
            except TimeoutError:
                continue

    async def beat(self) -> None:
        """Says that this worker is there, looks who else is, and takes what is wanted and free. Raises `VaultUnavailable`."""
        async with self._turn:
            before = (self._holders, set(self._workers))
            sent = self._seconds()
            beating = replace(self._me, beat=self._me.beat + 1)
            if not await self._vault.beat_worker(beating):
                self._begin_anew()
                return
            self._me = beating
            # Holders before workers: who holds something had a row before it did, and so is in the later list if it is there.
            holders = await self._vault.leases()
            self._workers = {worker.id: worker for worker in await self._vault.live_workers()}
            await self._end_the_gone()
            self._holders = holders
            self._believed_until = sent + BELIEVED_S
            await self._take(holders)
        if before != (self._holders, set(self._workers)):
            self._tell()

    async def sweep(self) -> None:
        """Forgets leases that nobody holds. Raises `VaultUnavailable`."""
        await self._vault.drop_free_leases()

    async def close(self) -> None:
        """This worker ends: what it held is free at once."""
        self._believed_until = float("-inf")
        try:
            async with self._turn:
                await self._vault.end_worker(self._me.id)
        except Exception as error:
            log.warning("others will wait some seconds for what this worker held", error=type(error).__name__)

    def _begin_anew(self) -> None:
        """Others took this worker for gone: it holds nothing, and goes on as another one."""
        log.warning("this worker was taken for gone by others, and holds nothing any more", beat=self._me.beat)
        self._me = replace(self._me, id=self._new_id(), beat=0)
        self._believed_until = float("-inf")
        self._holders = {}
        self._workers = {}
        self._wake.set()
        self._tell()

    async def _end_the_gone(self) -> None:
        now = self._seconds()
        for worker in list(self._workers.values()):
            beat, since = self._seen.get(worker.id, (0, now))
            if beat != worker.beat:
                since = now
            self._seen[worker.id] = (worker.beat, since)
            is_gone = worker.id != self._me.id and self._is_gone(worker, now - since)
            # Who beats at this very moment is not ended: the store compares.
            if is_gone and await self._vault.end_worker(worker.id, worker.beat):
                log.info("a worker is gone", place=worker.place, beat=worker.beat)
                del self._workers[worker.id]
        self._seen = {id: seen for id, seen in self._seen.items() if id in self._workers}

    def _is_gone(self, worker: LiveWorker, still_s: float) -> bool:
        return still_s >= GONE_S or (worker.machine == self._me.machine and machine.is_gone(worker.pid))

    async def _take(self, holders: dict[str, str]) -> None:
        for name in self._free(holders):
            if await self._vault.take_lease(name, self._me.id, holders.get(name)):
                holders[name] = self._me.id

    def _free(self, holders: dict[str, str]) -> Iterable[str]:
        return [name for name in self._wanted if holders.get(name, "") not in self._workers]

    def _tell(self) -> None:
        for watcher in self._watchers:
            try:
                watcher()
            except Exception:
                log.exception("a watcher of leases failed")
