"""Stores for the vault's tests, and a way to look through everything a store holds."""

import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import pytest

from server.vault.mongo import MongoVault
from server.vault.port import Vault
from server.vault.sqlite import SqliteVault
from tests.stores.secantus import mongo_server

OpenVault = Callable[[], Awaitable[Vault]]


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MongoDB that lasts as long as the test session."""
    with mongo_server(tmp_path_factory.mktemp("vault-mongo") / "data") as url:
        yield url


@pytest.fixture(params=["sqlite", "mongo"])
def open_vault(request: pytest.FixtureRequest, tmp_path) -> OpenVault:
    """Opens a vault on the test's own store; every call opens another one on the same store."""
    if request.param == "sqlite":
        return partial(SqliteVault.open, tmp_path / "vault.db")
    return partial(MongoVault.open, request.getfixturevalue("mongo_url"), f"test-{uuid.uuid4().hex}")


@pytest.fixture
async def vault(open_vault: OpenVault):
    """One open vault on an empty store."""
    opened = await open_vault()
    yield opened
    await opened.close()


@pytest.fixture
def everything(vault):
    """Returns the text of all that the store holds, to search for what must not be in it."""

    async def look() -> str:
        if isinstance(vault, MongoVault):
            names = await vault._store.list_collection_names()
            return repr({name: await vault._store[name].find().to_list(None) for name in names})
        return await vault._reader.run(dump)

    return look


def dump(db: sqlite3.Connection) -> str:
    """Every row of every table."""
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return repr({name: db.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables})
