"""Who of the workers does what only one should do, put together."""

import asyncio
import os
import secrets
from collections.abc import Callable
from uuid import uuid4

from server.leasing.duties import LeasedDuties
from server.leasing.leases import Leases
from server.leasing.machine import this_machine
from server.leasing.peers import Peers
from server.vault.leases import LeaseVault, LiveWorker


def _new_id() -> str:
    return uuid4().hex


class Leasing:
    """The leases of this worker, its line to the others of its machine, and its duties."""

    def __init__(self, vault: LeaseVault, clock: Callable[[], int], place: int) -> None:
        secret = secrets.token_urlsafe(32)
        row = LiveWorker(
            id=_new_id(), beat=0, machine=this_machine(), place=place, pid=os.getpid(), port=0, secret=secret, began=clock()
        )
        self.peers = Peers(secret)
        self.leases = Leases(vault, row, _new_id)
        self.duties = LeasedDuties(self.leases, self.peers)

    async def run(self) -> None:
        """Listens to the others and keeps this worker's leases, until it is cancelled. Raises `OSError`."""
        self.leases.reached_at(await self.peers.open())
        await self.leases.run()

    async def answers_of_others(self, question: str, body: bytes = b"") -> dict[int, bytes | None]:
        """What the other workers of this machine answer, by place; None for who does not. Where a worker is being replaced
        there are two of its place for a while: then the newer one is asked.
        """
        me, asked = self.leases.me, dict[int, LiveWorker]()
        for worker in self.leases.workers:
            if worker.machine == me.machine and worker.place != me.place:
                asked[worker.place] = worker
        answers = await asyncio.gather(
            *(self.peers.ask(worker, question, body) for worker in asked.values()), return_exceptions=True
        )
        return {place: one if isinstance(one, bytes) else None for place, one in zip(asked, answers, strict=True)}

    async def close(self) -> None:
        """What this worker held is free, and it answers nobody any more."""
        await self.leases.close()
        await self.peers.close()
