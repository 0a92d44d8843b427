"""Opens the stores that the settings name: embedded SQLite files, or MongoDB."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from server.journal.port import Journal
from server.settings import Settings
from server.vault.port import Vault


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncGenerator[tuple[Journal, Vault], None]:
    """The journal and the vault, closed at the end."""
    journal, vault = await _mongo(settings) if settings.mongo_url else await _sqlite(settings)
    try:
        yield journal, vault
    finally:
        await vault.close()
        await journal.close()


async def _sqlite(settings: Settings) -> tuple[Journal, Vault]:
    from server.journal.sqlite import SqliteJournal
    from server.vault.sqlite import SqliteVault

    settings.data.mkdir(parents=True, exist_ok=True)
    return await SqliteJournal.open(settings.data / "journal.sqlite"), await SqliteVault.open(settings.data / "vault.sqlite")


async def _mongo(settings: Settings) -> tuple[Journal, Vault]:
    from server.journal.mongo import MongoJournal
    from server.vault.mongo import MongoVault

    assert settings.mongo_url is not None
    url = settings.mongo_url.get_secret_value()
    return await MongoJournal.open(url, settings.mongo_database), await MongoVault.open(url, settings.mongo_database)
