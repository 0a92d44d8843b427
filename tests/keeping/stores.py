"""Stores with the sample jam, and a jam that grows while something else happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from server.jam import commands as c
from server.jam.rejections import Rejection
from server.jam_store import JamStore
from server.journal.port import Journal
from server.sample.load import SLUG, load_sample
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import Vault

NOW = 1_795_000_000_000
ADDRESS = "someone@example.com"
"""Of the first member: people of the sample have none."""


@asynccontextmanager
async def opened(data: Path) -> AsyncIterator[tuple[Journal, Vault]]:
    async with open_stores(Settings(data=data)) as pair:
        yield pair


@asynccontextmanager
async def sample(data: Path) -> AsyncIterator[tuple[JamStore, Journal, Vault]]:
    """A store with the sample jam, open."""
    async with opened(data) as (journal, vault):
        store = await JamStore.open(journal, lambda: NOW)
        await load_sample(store, vault, NOW, 1)
        await vault.update_person(store.all()[0].members[0].person, email=ADDRESS)
        yield store, journal, vault
        await store.close()


@asynccontextmanager
async def voting(store: JamStore) -> AsyncIterator[list[int]]:
    """Votes come in all the while; the list grows by the number of each that was acknowledged."""
    state = store.by_slug(SLUG)
    assert state is not None
    acknowledged: list[int] = []

    async def vote() -> None:
        for turn in range(100_000):
            member, idea = state.members[turn % len(state.members)], state.ideas[turn * 7 % len(state.ideas)]
            kind = c.WithdrawSupport if idea.number in member.supports else c.SupportIdea
            with suppress(Rejection):
                acknowledged.append(await store.submit(state.id, kind(actor=member.person, id=f"v{turn}", idea=idea.id)))
            await asyncio.sleep(0)

    task = asyncio.create_task(vote())
    try:
        yield acknowledged
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
