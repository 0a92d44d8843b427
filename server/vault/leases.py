"""Who of the workers is there, and which of them holds what: the part of the vault port that leases use.

It holds no time. A worker counts its beats up; whoever sees a worker's beat stand still for long enough, by their own clock,
may end it. A lease belongs to a worker and not to a moment, and is free once its worker has no row any more: so to keep any
number of leases takes one write, and no two clocks have to agree. None of this is anybody's, and none of it need outlive the
workers.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """One process of a server. `id` is never used again; `beat` counts from 1. `machine` is the same for those that reach each
    other at the loopback address; there `port` is where it listens to them, and `secret` what they have to show. `place` is
    its number among those of one parent, `pid` that of its process, `began` when it began (ms since 1970, by its own clock).
    """

    id: str
    beat: int
    machine: str
    place: int
    pid: int
    port: int
    secret: str
    began: int


class LeaseVault(Protocol):
    """Workers and leases. Each call is whole by itself; of several who do the same at once, one does it."""

    async def beat_worker(self, worker: LiveWorker) -> bool:
        """Keep the worker's row as it is given. The first beat makes it; later ones return False, and keep nothing, where
        somebody has ended the worker meanwhile: then it holds nothing any more, and goes on under another id.
        """

    async def end_worker(self, worker: str, beat: int | None = None) -> bool:
        """Remove a worker's row, which frees what it holds; with `beat`, unless it has beaten since. Whether it did."""

    async def live_workers(self) -> list[LiveWorker]:
        """All rows, by id."""

    async def leases(self) -> dict[str, str]:
        """Holder by name of the lease, holders without a row among them."""

    async def take_lease(self, name: str, worker: str, before: str | None) -> bool:
        """Have the worker hold a lease in place of `before` (None: of nobody); False, and nothing done, where another one
        holds it.
        """

    async def give_back_lease(self, name: str, worker: str) -> None:
        """Free a lease, if it is this worker's."""

    async def drop_free_leases(self) -> None:
        """Forget leases whose holders have no row any more."""
