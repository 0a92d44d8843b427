"""An empty server for importers: a journal in memory, a vault on disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.vault.sqlite import SqliteVault

NOW = 1_800_000_000_000
DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture
def data() -> Path:
    """The folder of real data; skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the folder of real data, ../shared/data, is not here")
    return DATA


@pytest.fixture
async def store() -> AsyncIterator[JamStore]:
    opened = await JamStore.open(MemoryJournal(), lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[SqliteVault]:
    opened = await SqliteVault.open(tmp_path / "vault.db")
    yield opened
    await opened.close()
