"""The write-ahead log is moved into the file beside the appends, and does not grow for ever."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from server.journal import checkpointing
from server.journal.checkpointing import emptied
from server.journal.sqlite import SqliteJournal
from server.journal.sqlite_thread import connect_writer
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.anyio
RECORD = b"x" * 8_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
async def journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SqliteJournal, None]:
    monkeypatch.setattr(checkpointing, "EVERY_S", 0.01)
    monkeypatch.setattr(checkpointing, "MANY_JOBS", 5)
    opened = await SqliteJournal.open(path)
    yield opened
    await opened.close()


def in_the_file(path: Path) -> int:
    """How many records the file itself holds, without its log."""
    file = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        return int(file.execute("SELECT count(*) FROM records").fetchone()[0])
    except sqlite3.OperationalError:
        return -1  # not even the table is there yet
    finally:
        file.close()


def log_of(path: Path) -> int:
    """Bytes of the log."""
    return Path(f"{path}-wal").stat().st_size


async def test_what_is_appended_comes_into_the_file_though_no_append_takes_it_there(path: Path, journal: SqliteJournal) -> None:
    assert await journal._writer.run(lambda db: db.execute("PRAGMA wal_autocheckpoint").fetchone()) == (0,)
    for number in range(20):
        await journal.append("jam", number, 1, RECORD, f"t{number}")
    async with asyncio.timeout(PATIENCE_S):
        while in_the_file(path) <= 20 - checkpointing.MANY_JOBS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await journal.last("jam") == 20


async def test_little_is_moved_after_a_while_and_nothing_where_nothing_was_written(
    path: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal.append("jam", 0, 1, b"one", "t")
    await asyncio.sleep(0.1)
    assert in_the_file(path) < 1
    monkeypatch.setattr(checkpointing, "LONG_S", 0.0)
    async with asyncio.timeout(PATIENCE_S):
        while in_the_file(path) < 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_log_that_is_always_written_to_begins_anew_by_the_writer(
    path: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "MOST_PAGES", 20)
    number = 0
    while number < 100 or len(RECORD) * number < 3 * log_of(path):
        await journal.append("jam", number, 1, RECORD, f"t{number}")
        number += 1
        assert number < 20_000, "the log has grown with every record, to 160 MB"
    assert await journal.last("jam") == number


def test_the_log_is_emptied_when_its_readers_are_gone_and_one_is_told_where_they_are_not(path: Path) -> None:
    writer = connect_writer(path, ["CREATE TABLE texts (text TEXT)"])
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("PRAGMA busy_timeout = 10")
    reader = sqlite3.connect(path, isolation_level=None)
    writer.execute("INSERT INTO texts VALUES ('a secret')")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM texts").fetchall()
    writer.execute("DELETE FROM texts")
    began = time.monotonic()
    assert not emptied(writer, 0.1)
    assert time.monotonic() - began >= 0.1
    reader.execute("COMMIT")
    assert emptied(writer, 0.0)
    assert log_of(path) == 0
    assert b"a secret" not in path.read_bytes()
    reader.close()
    writer.close()
