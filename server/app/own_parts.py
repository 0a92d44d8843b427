"""What a server is made of for people's own data: its erasure."""

import asyncio
import sys

import structlog

from server.erasing.service import Erasing
from server.jam.state import JamState
from server.jam_store import JamStore
from server.settings import Settings
from server.vault.port import Vault

log = structlog.get_logger()


def erasing_of(settings: Settings, store: JamStore, vault: Vault) -> Erasing:
    """Erases people; new snapshots are made by a process of its own."""

    async def save(state: JamState) -> None:
        if not await snapshot_beside(settings, state):
            await store.save_snapshot(state)

    return Erasing(store, vault, settings.data, save)


async def snapshot_beside(settings: Settings, state: JamState) -> bool:
    """Folds a jam in another process, which keeps the snapshot: votes do not wait for it. False where that failed."""
    command = (sys.executable, "-m", "server", "snapshot", state.slug, "--data", str(settings.data))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait():
        log.error("a snapshot could not be saved; the next start takes longer", jam=state.id)
        return False
    return True
