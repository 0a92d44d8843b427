"""The queues of a worker: how long each is, and how long it may get. All of them are named in `server.app.overload_parts`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from server.vault.backlogs import Backlogs, BacklogVault
from server.vault.port import VaultUnavailable

log = structlog.get_logger()
LOOK_S = 15.0


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits. `most` is its bound; None for what is kept in the store, and bounded by what may be asked for."""

    name: str
    length: Callable[[], int]
    most: int | None = None


class Kept:
    """What waits in the vault, looked at now and then."""

    def __init__(self, vault: BacklogVault) -> None:
        self.found = Backlogs()
        self._vault = vault

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            try:
                self.found = await self._vault.backlogs()
            except VaultUnavailable as error:
                log.warning("what waits in the vault can't be counted", reason=error.reason)
            await asyncio.sleep(LOOK_S)
