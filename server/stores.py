"""Opens, sets up and checks the stores that the settings name: embedded SQLite files, or MongoDB."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from server.journal.port import Journal
from server.preparing.report import StoreReport
from server.settings import Settings
from server.vault.port import Vault


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncGenerator[tuple[Journal, Vault], None]:
    """The journal and the vault, closed at the end."""
    async with AsyncExitStack() as stack:
        journal = await (_mongo_journal(settings) if settings.mongo_url else _sqlite_journal(settings))
        stack.push_async_callback(journal.close)
        vault = await (_mongo_vault(settings) if settings.mongo_url else _sqlite_vault(settings))
        stack.push_async_callback(vault.close)
        yield journal, vault


async def _sqlite_journal(settings: Settings) -> Journal:
    from server.journal.sqlite import SqliteJournal

    settings.data.mkdir(parents=True, exist_ok=True)
    return await SqliteJournal.open(settings.data / "journal.sqlite")


async def _sqlite_vault(settings: Settings) -> Vault:
    from server.vault.sqlite import SqliteVault

    return await SqliteVault.open(settings.data / "vault.sqlite")


async def _mongo_journal(settings: Settings) -> Journal:
    from server.journal.mongo import MongoJournal

    return await MongoJournal.open(_mongo_url(settings), settings.mongo_database)


async def _mongo_vault(settings: Settings) -> Vault:
    from server.vault.mongo import MongoVault

    return await MongoVault.open(_mongo_url(settings), settings.mongo_database)


def _mongo_url(settings: Settings) -> str:
    assert settings.mongo_url is not None
    return settings.mongo_url.get_secret_value()


async def init_stores(settings: Settings) -> StoreReport:
    """Sets the stores up that the settings name; again it changes nothing.

    Raises `StoreRefused`, `JournalUnavailable` or `VaultUnavailable`.
    """
    if settings.mongo_url:
        from server.preparing import mongo

        return await mongo.init(_mongo_url(settings), settings.mongo_database)
    from server.preparing import sqlite

    return await sqlite.init(settings.data)


async def check_stores(settings: Settings) -> StoreReport:
    """Whether the stores are set up and sound. Raises `StoreRefused` or `JournalUnavailable`."""
    if settings.mongo_url:
        from server.preparing import mongo

        return await mongo.check(_mongo_url(settings), settings.mongo_database)
    from server.preparing import sqlite

    return await asyncio.to_thread(sqlite.check, settings.data)


async def require_set_up(settings: Settings) -> None:
    """Raises `StoreRefused` for a MongoDB database that nobody has set up: made by a first write it would lack its shard key.

    The embedded stores are made when they are opened.
    """
    if settings.mongo_url:
        from server.preparing import mongo

        await mongo.require_set_up(_mongo_url(settings), settings.mongo_database)
