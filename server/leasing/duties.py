"""Who of a store's workers does the heavy work of a jam, and who asks whom.

* the **leader** holds the jam's lease: it places ideas, groups them and records what comes of it. One in the whole store
* the **keeper** has a model of the jam in its processes, to answer what is asked while people type, and reads the votes. One on
  each machine: the leader on its own, elsewhere the worker that has been there longest
* all others ask the keeper of their machine, and have no such processes at all
"""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from server.leasing.leases import Leases
from server.leasing.peers import Answering, NobodyAnswers, Peers
from server.vault.leases import LiveWorker

PREFIX = "themes:"


class Duty(Enum):
    """What a worker does for one jam."""

    LEADS = "leads"
    KEEPS = "keeps"
    ASKS = "asks"


class Duties(Protocol):
    """What theme and opinion services need to know of the other workers."""

    def want(self, jam_id: str) -> None:
        """This worker can lead the jam, and will where nobody else does."""

    def of(self, jam_id: str) -> Duty:
        """What this worker does for a jam."""

    def leads(self, jam_id: str) -> bool:
        """Whether this worker leads the jam and may still believe so at this moment."""

    def watch(self, callback: Callable[[], None]) -> None:
        """Call back whenever that may have changed."""

    def answer(self, name: str, how: Answering) -> None:
        """Answer questions of this name when others ask."""

    async def ask(self, jam_id: str, name: str, body: bytes) -> bytes:
        """What this machine's keeper of the jam answers. Raises `NobodyAnswers`."""


class Alone:
    """The duties of a worker that knows of no other: all of them."""

    def want(self, jam_id: str) -> None:
        """It leads already."""

    def of(self, jam_id: str) -> Duty:
        """It leads every jam."""
        return Duty.LEADS

    def leads(self, jam_id: str) -> bool:
        """It leads every jam, at every moment."""
        return True

    def watch(self, callback: Callable[[], None]) -> None:
        """Nothing ever changes."""

    def answer(self, name: str, how: Answering) -> None:
        """Nobody asks."""

    async def ask(self, jam_id: str, name: str, body: bytes) -> bytes:
        """There is nobody to ask."""
        raise NobodyAnswers


class LeasedDuties:
    """Duties by the lease of each jam."""

    def __init__(self, leases: Leases, peers: Peers) -> None:
        self._leases = leases
        self._peers = peers
        self.watch = leases.watch
        self.answer = peers.answer

    def want(self, jam_id: str) -> None:
        """This worker can lead the jam, and will where nobody else does."""
        self._leases.want(PREFIX + jam_id)

    def of(self, jam_id: str) -> Duty:
        """What this worker does for a jam, as of its last beat."""
        leader, me = self._leases.holder(PREFIX + jam_id), self._leases.me.id
        if leader is not None and leader.id == me:
            return Duty.LEADS
        keeper = self._keeper(leader)
        return Duty.KEEPS if keeper is not None and keeper.id == me else Duty.ASKS

    def leads(self, jam_id: str) -> bool:
        """Whether this worker leads the jam and may still believe so at this moment."""
        return self._leases.holds(PREFIX + jam_id)

    async def ask(self, jam_id: str, name: str, body: bytes) -> bytes:
        """What this machine's keeper of the jam answers. Raises `NobodyAnswers`."""
        keeper = self._keeper(self._leases.holder(PREFIX + jam_id))
        if keeper is None or keeper.id == self._leases.me.id:
            raise NobodyAnswers("there is no keeper but this worker")
        return await self._peers.ask(keeper, name, body)

    def _keeper(self, leader: LiveWorker | None) -> LiveWorker | None:
        """This machine's keeper: nobody while there is no leader at all, for then there will be one in a moment."""
        machine = self._leases.me.machine
        if leader is None or leader.machine == machine:
            return leader
        return next((worker for worker in self._leases.workers if worker.machine == machine), None)
