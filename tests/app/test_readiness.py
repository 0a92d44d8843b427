"""`/readyz`: ready with a store that answers and nothing vital failing, and otherwise why not."""

import asyncio
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from server.app import readiness
from server.app.readiness import Readiness
from server.app.supervising import Failure, Work
from server.journal.memory import MemoryJournal
from server.journal.port import JournalUnavailable
from server.journal.sqlite import SqliteJournal


async def _nothing() -> None:
    pass


def asked(journal: object, *failures: Failure, outgrown: int = 0) -> tuple[int, str]:
    ready = Readiness(journal, lambda: list(failures), lambda: outgrown)  # type: ignore[arg-type]
    answer = TestClient(Starlette(routes=[Route("/readyz", ready.serve)])).get("/readyz")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.text


def failure(is_vital: bool) -> Failure:
    return Failure(Work("live updates", _nothing, is_vital), 0.0, 0.0, "OSError")


def test_a_worker_with_a_store_is_ready() -> None:
    assert asked(MemoryJournal()) == (200, "ready\n")


def test_only_what_is_vital_sends_people_elsewhere() -> None:
    assert asked(MemoryJournal(), failure(is_vital=False)) == (200, "ready\n")
    assert asked(MemoryJournal(), failure(is_vital=True)) == (503, "live updates failed: OSError\n")


def test_who_is_outgrown_by_a_newer_version_sends_people_there() -> None:
    status, words = asked(MemoryJournal(), outgrown=1)
    assert (status, words) == (503, "a newer version of Hothouse is taking over: this worker is to be replaced\n")


def test_a_store_that_is_closed_or_away_is_named_without_its_address(tmp_path: Path) -> None:
    class Away(MemoryJournal):
        async def last(self, stream: str) -> int:
            raise JournalUnavailable("mongodb://secret-host:27017 refused", plain="")

    assert asked(Away()) == (503, "the store can't be read\n")

    async def closed() -> SqliteJournal:
        journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
        await journal.close()
        return journal

    assert asked(asyncio.run(closed()))[0] == 503


def test_a_store_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(MemoryJournal):
        async def last(self, stream: str) -> int:
            await asyncio.sleep(60)
            return 0

    monkeypatch.setattr(readiness, "WITHIN_S", 0.05)
    assert asked(Silent()) == (503, "the store does not answer\n")
