"""`hothouse store` on the embedded stores: files, layouts, the log, and damage."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.journal.sqlite import SqliteJournal
from server.preparing import sqlite
from server.settings import Settings
from server.stores import check_stores, init_stores, require_set_up

pytestmark = pytest.mark.anyio


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement).fetchall()


async def test_stores_are_made_once_and_then_found_well(tmp_path: Path) -> None:
    data = tmp_path / "new"
    first = await init_stores(Settings(data=data))
    assert first.ok
    assert [line.split(" (")[0] for line in first.done[1:]] == ["made journal.sqlite", "made vault.sqlite"]
    assert data.stat().st_mode & 0o777 == 0o700
    again = await sqlite.init(data)
    assert (again.done, again.ok) == ([], True)
    assert (await check_stores(Settings(data=data))).ok
    await require_set_up(Settings(data=tmp_path / "other"))
    with closing(sqlite3.connect(data / "journal.sqlite")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_check_says_what_is_missing_and_makes_nothing(tmp_path: Path) -> None:
    report = sqlite.check(tmp_path / "none")
    assert [problem.split(" is missing")[0] for problem in report.problems] == [
        str(tmp_path / "none" / "journal.sqlite"),
        str(tmp_path / "none" / "vault.sqlite"),
    ]
    assert "hothouse store init" in report.problems[0]
    assert not (tmp_path / "none").exists()


async def test_a_file_of_a_newer_version_is_said_and_left_alone(tmp_path: Path) -> None:
    await sqlite.init(tmp_path)
    run(tmp_path / "vault.sqlite", "PRAGMA user_version = 999")
    assert "newer version of Hothouse has made it (layout 999): upgrade" in sqlite.check(tmp_path).problems[0]


async def test_another_journal_mode_is_found_and_put_right(tmp_path: Path) -> None:
    await sqlite.init(tmp_path)
    run(tmp_path / "journal.sqlite", "PRAGMA journal_mode = DELETE")
    assert "its journal mode is delete and not wal" in sqlite.check(tmp_path).problems[0]
    assert (await sqlite.init(tmp_path)).ok


async def test_damaged_pages_and_broken_chains_are_found(tmp_path: Path) -> None:
    await sqlite.init(tmp_path)
    journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
    for number in range(3):
        await journal.append("jam", number, 1, b"x" * 9_000, "t")
    await journal.close()
    run(tmp_path / "journal.sqlite", "DELETE FROM records WHERE after = 1", "PRAGMA wal_checkpoint(TRUNCATE)")
    assert sqlite.check(tmp_path).problems == [
        f"{tmp_path / 'journal.sqlite'}: jam: a record follows 2, but the one before it ends at 1"
    ]
    content = bytearray((tmp_path / "journal.sqlite").read_bytes())
    content[4096:8192] = b"\xff" * 4096
    (tmp_path / "journal.sqlite").write_bytes(content)
    assert any("damaged" in problem for problem in sqlite.check(tmp_path).problems)


async def test_a_row_that_belongs_to_nobody_is_found(tmp_path: Path) -> None:
    await sqlite.init(tmp_path)
    run(tmp_path / "vault.sqlite", "INSERT INTO drafts VALUES ('nobody', 'j', 'k', 'b', 1)")
    assert "a row of drafts belongs to nobody" in sqlite.check(tmp_path).problems[0]


async def test_files_that_others_may_read_are_noted(tmp_path: Path) -> None:
    await sqlite.init(tmp_path)
    for name in ("journal.sqlite", "vault.sqlite"):
        (tmp_path / name).chmod(0o600)
    assert sqlite.check(tmp_path).notes == []
    (tmp_path / "vault.sqlite").chmod(0o644)
    assert "chmod 600" in sqlite.check(tmp_path).notes[0]
