"""A vault whose line to MongoDB stalls: nobody waits for long, and it goes on once the line is mended."""

import asyncio
import time
import uuid
from pathlib import Path

import pytest
from pymongo.uri_parser import parse_uri

from server.journal.mongo_calls import BULK_S, CALL_S
from server.vault.mongo import MongoVault
from server.vault.port import PersonRecord, VaultUnavailable
from tests.faults.links import linked

pytestmark = pytest.mark.anyio
MANY = 60
ADA = PersonRecord("pada", "ada@example.org", "Ada", None, "en", 0)


async def test_a_stalled_store_holds_up_nobody_for_long(mongo_url: str) -> None:
    """Sixty people sign in at once, which ten threads ask for: each is answered within a deadline of their own."""
    async with linked(parse_uri(mongo_url)["nodelist"][0], 1) as (link, port):
        vault = await MongoVault.open(f"mongodb://127.0.0.1:{port}/?directConnection=true", f"test-{uuid.uuid4().hex}")
        await vault.add_person(ADA)
        link.flows.clear()
        began = time.monotonic()
        answers = await asyncio.gather(*(vault.session(f"s{number}", 0) for number in range(MANY)), return_exceptions=True)
        assert time.monotonic() - began < 2 * CALL_S
        assert {type(answer) for answer in answers} == {VaultUnavailable}
        assert "does not answer in time" in str(answers[0])
        with pytest.raises(VaultUnavailable):
            await vault.update_person("pada", name="Ada L.")
        link.mend()
        assert await vault.session("s0", 0) is None
        assert (await vault.update_person("pada", name="Ada Lovelace")).name == "Ada Lovelace"
        await vault.close()


def test_no_part_of_the_vault_asks_without_a_bound_but_what_reads_everything() -> None:
    folder = Path(__file__).parents[2] / "server" / "vault"
    unbounded = [path.name for path in folder.glob("mongo*.py") if "_reached(None)" in path.read_text("utf-8")]
    assert unbounded == ["mongo_own.py"]
    assert CALL_S < BULK_S <= 60
