"""Both stores are closed at the end, whatever happened to the other."""

import threading
from pathlib import Path

import pytest

from server.journal.port import JournalUnavailable
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import VaultUnavailable
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if "journal" in thread.name}


async def test_a_vault_that_can_not_be_opened_leaves_no_journal_open(tmp_path: Path) -> None:
    before = threads()
    (tmp_path / "vault.sqlite").write_bytes(b"no database at all" * 400)
    with pytest.raises(VaultUnavailable):
        async with open_stores(Settings(data=tmp_path)):
            pass
    assert _gone(before)


async def test_a_vault_that_fails_to_close_leaves_the_journal_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close = SqliteVault.close

    async def broken(vault: SqliteVault) -> None:
        await close(vault)
        raise RuntimeError("it closes with a fault")

    monkeypatch.setattr(SqliteVault, "close", broken)
    with pytest.raises(RuntimeError):
        async with open_stores(Settings(data=tmp_path)) as (journal, _):
            pass
    with pytest.raises(JournalUnavailable):
        await journal.last("jam:j")


def _gone(before: set[str]) -> bool:
    for thread in threading.enumerate():
        if "journal" in thread.name and thread.name not in before:
            thread.join(5)
    return threads() <= before
