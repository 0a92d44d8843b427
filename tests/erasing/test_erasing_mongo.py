"""The same over MongoDB's wire: no document is left that says who it was."""

from pathlib import Path

import pytest

from server.app.clock import wall_clock
from server.erasing.traces import traces
from server.jam_store import JamStore
from server.journal.mongo import MongoJournal
from server.vault.mongo import MongoVault
from server.verifying import verify
from tests.erasing.lived import DANA, PERSONAL, WRITTEN, erasing, live
from tests.stores.secantus import mongo_server

pytestmark = pytest.mark.anyio


async def test_no_document_is_left_of_someone_erased(tmp_path: Path) -> None:
    with mongo_server(tmp_path / "mongo") as url:
        journal, vault = await MongoJournal.open(url, "erasing"), await MongoVault.open(url, "erasing")
        store = await JamStore.open(journal, wall_clock)
        try:
            await live(store, vault)
            for text in (*PERSONAL, *WRITTEN):
                assert await traces(None, journal, vault, (text,)), text
            await erasing(store, vault, tmp_path).erase(DANA, withdraws=True)
            assert await traces(None, journal, vault, (*PERSONAL, *WRITTEN)) == []
            assert (await verify(journal, store.get("j1"), "spring")).ok
        finally:
            await store.close()
            await journal.close()
            await vault.close()
