"""Stores for the journal's tests, and a way to open any number of journals on one store."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial

import pytest

from server.journal.memory import MemoryJournal, MemoryStore
from server.journal.mongo import MongoJournal
from server.journal.port import Journal
from server.journal.sqlite import SqliteJournal
from tests.stores.secantus import mongo_server

OpenJournal = Callable[[], Awaitable[Journal]]


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MongoDB that lasts as long as the test session."""
    with mongo_server(tmp_path_factory.mktemp("journal-mongo") / "data") as url:
        yield url


@pytest.fixture(params=["memory", "sqlite", "mongo"])
def open_one(request: pytest.FixtureRequest, tmp_path) -> OpenJournal:
    """Opens a journal on the test's own store; every call opens another one on the same store."""
    if request.param == "sqlite":
        return partial(SqliteJournal.open, tmp_path / "journal.db")
    if request.param == "mongo":
        return partial(MongoJournal.open, request.getfixturevalue("mongo_url"), f"test-{uuid.uuid4().hex}")
    store = MemoryStore()

    async def open_memory() -> Journal:
        return MemoryJournal(store)

    return open_memory


@pytest.fixture
async def open_journal(open_one: OpenJournal) -> AsyncIterator[OpenJournal]:
    """Like `open_one`, and closes at the end what was opened."""
    async with AsyncExitStack() as stack:

        async def opened() -> Journal:
            journal = await open_one()
            stack.push_async_callback(journal.close)
            return journal

        yield opened


@pytest.fixture
async def journal(open_journal: OpenJournal) -> Journal:
    """One open journal on an empty store."""
    return await open_journal()
