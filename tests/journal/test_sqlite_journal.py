"""What only the SQLite journal promises: it survives kills, is shared by processes, and says what is wrong."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from server.journal.port import SNAPSHOT_GRACE_MS, JournalUnavailable, Record
from server.journal.sqlite import POLL_SECONDS, SqliteJournal

pytestmark = pytest.mark.anyio
APPENDER = Path(__file__).parents[1] / "stores" / "appender.py"
CREATE_AT_ONCE = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from server.journal.sqlite import SqliteJournal
async def main():
    journal = await SqliteJournal.open(sys.argv[1])
    await journal.append(sys.argv[3], 0, 1, b"x", "t")
    await journal.close()
asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
async def journal(path):
    opened = await SqliteJournal.open(path)
    yield opened
    await opened.close()


async def everything(journal, after=0):
    return [record async for record in journal.read("jam", after)]


def start_appender(path, after, most):
    command = [sys.executable, str(APPENDER), str(path), str(after), str(most)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def start_creator(path, stream):
    root = str(Path(__file__).parents[2])
    return subprocess.Popen([sys.executable, "-c", CREATE_AT_ONCE, str(path), root, stream])


def kill_while_appending(path, after, acknowledgements):
    """Run the appender, kill it after some acknowledgements, and return the last one it gave."""
    with start_appender(path, after, 1_000_000) as child:
        lines = [child.stdout.readline() for _ in range(acknowledgements)]
        child.kill()
        lines += child.stdout.readlines()
    return int([line for line in lines if line.endswith("\n")][-1])


async def test_no_acknowledged_record_is_lost_by_a_kill(path):
    tail = 0
    for round_number in range(5):
        acknowledged = kill_while_appending(path, tail, 50 + 37 * round_number)
        journal = await SqliteJournal.open(path)
        records = await everything(journal)
        tail = await journal.last("jam")
        assert await journal.check() == []
        await journal.close()
        assert acknowledged <= tail <= acknowledged + 1
        assert [record.payload for record in records] == [b"event %d" % number for number in range(1, tail + 1)]
    assert tail > 500


async def test_follow_sees_what_another_process_appends(journal, path):
    async with asyncio.timeout(20), aclosing(journal.follow("jam")) as records:
        first = asyncio.create_task(anext(records))
        await asyncio.sleep(0.1)
        with start_appender(path, 0, 300) as child:
            found = [await first] + [await anext(records) for _ in range(299)]
            assert child.wait(10) == 0
    assert [(record.last, record.payload) for record in found] == [(n, b"event %d" % n) for n in range(1, 301)]


async def test_several_processes_may_create_the_file_at_once(path):
    children = [start_creator(path, f"stream-{number}") for number in range(4)]
    assert [child.wait(30) for child in children] == [0, 0, 0, 0]
    journal = await SqliteJournal.open(path)
    assert await journal.streams() == ["stream-0", "stream-1", "stream-2", "stream-3"]
    await journal.close()


async def refused(journal, after=1):
    with pytest.raises(JournalUnavailable) as refusal:
        await journal.append("jam", after, 1, bytes(100_000), "t2")
    assert not refusal.value.uncertain
    return refusal.value.reason


async def test_own_appends_do_not_wake_who_knows_of_them(journal):
    """A worker that follows a jam and writes it would read back each of its records, and throw it away."""
    known, pages, page = {"end": 0}, [], journal._page

    async def counted(stream, after):
        pages.append(after)
        return await page(stream, after)

    async def follow():
        async with aclosing(journal.follow("jam", 0, lambda: known["end"])) as records:
            async for _ in records:
                pass

    journal._page = counted
    follower = asyncio.create_task(follow())
    began = time.monotonic()
    for number in range(300):
        await journal.append("jam", number, 1, b"own", f"t{number}")
        known["end"] = number + 1
    polls = (time.monotonic() - began) / POLL_SECONDS
    assert len(pages) <= 2 * polls + 10
    follower.cancel()
    await asyncio.wait([follower])


async def test_what_is_asked_at_once_is_answered_each_by_itself(journal):
    """It goes to the thread together: a failure among it is one's own, and so is a caller who went away."""
    thread = journal._reader

    def fail(db):
        raise KeyError("mine")

    asked = [asyncio.ensure_future(thread.run(work)) for work in (lambda db: 1, fail, lambda db: 3, lambda db: 4)]
    await asyncio.sleep(0)
    asked[2].cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answers[0], answers[3]] == [1, 4]
    assert isinstance(answers[1], KeyError)
    assert isinstance(answers[2], asyncio.CancelledError)


async def test_what_is_quick_does_not_wait_for_what_is_slow(journal):
    held = threading.Event()
    quick, slow, later = (
        asyncio.ensure_future(journal._reader.run(work))
        for work in (lambda db: time.sleep(0.01), lambda db: held.wait(20), lambda db: "later")
    )
    async with asyncio.timeout(10):
        await quick
    assert not slow.done()
    held.set()
    assert await later == "later"


async def test_a_full_disk_is_said_so_and_the_journal_goes_on_when_there_is_room(journal):
    await journal.append("jam", 0, 1, b"x", "t1")
    pages = await journal._writer.run(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    await journal._writer.run(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall())
    assert "full" in await refused(journal)
    assert await everything(journal) == [Record("jam", 0, 1, b"x", "t1")]
    await journal._writer.run(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
    await journal.append("jam", 1, 1, b"y", "t2")
    assert await journal.last("jam") == 2


async def test_a_read_only_file_is_said_so(journal):
    await journal.append("jam", 0, 1, b"x", "t1")
    await journal._writer.run(lambda db: db.execute("PRAGMA query_only = ON").fetchall())
    assert "read-only" in await refused(journal)
    assert await everything(journal) == [Record("jam", 0, 1, b"x", "t1")]


async def test_a_file_that_is_no_database_is_said_so(path):
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(JournalUnavailable, match="not a database"):
        await SqliteJournal.open(path)
    assert path.read_bytes() == b"not a database" * 1000


async def test_a_missing_folder_is_said_so(tmp_path):
    with pytest.raises(JournalUnavailable, match="can't be opened"):
        await SqliteJournal.open(tmp_path / "none" / "journal.db")


async def test_a_newer_layout_is_refused_and_left_alone(journal, path):
    await journal._writer.run(lambda db: db.execute("PRAGMA user_version = 99"))
    with pytest.raises(JournalUnavailable, match="upgrade"):
        await SqliteJournal.open(path)
    assert await journal._reader.run(lambda db: db.execute("PRAGMA user_version").fetchone()) == (99,)


async def test_check_finds_a_damaged_file(path):
    journal = await SqliteJournal.open(path)
    for number in range(50):
        await journal.append("jam", number, 1, bytes(2000), "t")
    await journal.close()
    damaged = bytearray(path.read_bytes())
    damaged[5 * 4096 : 9 * 4096] = b"\xaa" * (4 * 4096)
    path.write_bytes(damaged)
    journal = await SqliteJournal.open(path)
    assert await journal.check() != []
    with pytest.raises(JournalUnavailable, match="damaged"):
        await everything(journal)
    await journal.close()


async def test_check_and_read_find_a_missing_record(journal):
    for number in range(3):
        await journal.append("jam", number, 1, b"x", "t")
    await journal._writer.run(lambda db: db.execute("DELETE FROM records WHERE after = 1"))
    assert await journal.check() == ["jam: a record follows 2, but the one before it ends at 1"]
    with pytest.raises(JournalUnavailable, match="missing"):
        await everything(journal)


async def test_redacted_text_is_nowhere_in_the_files(journal, path):
    secret = b"this must vanish from the disk"
    await journal.append("jam", 0, 1, secret * 500, "t1")
    for number in range(1, 20):
        await journal.append("jam", number, 1, b"innocent" * 100, "t")
    await journal.save_snapshot("jam", 20, "v1", secret * 1000)
    assert any(secret in file.read_bytes() for file in path.parent.iterdir())
    await journal.replace("jam", 0, b"[removed]")
    await journal.drop_snapshots("jam")
    assert [file.name for file in path.parent.iterdir() if secret in file.read_bytes()] == []


async def bodies(journal):
    query = "SELECT DISTINCT body FROM snapshot_chunks"
    return {body for (body,) in await journal._reader.run(lambda db: db.execute(query).fetchall())}


async def test_chunks_of_a_writer_who_died_are_removed_and_of_a_living_one_kept(journal):
    insert = "INSERT INTO snapshot_chunks VALUES (?, 0, CAST(unixepoch() AS INTEGER) * 1000 - ?, 'x')"
    await journal._writer.run(lambda db: db.execute(insert, ("dead", SNAPSHOT_GRACE_MS + 60_000)))
    await journal._writer.run(lambda db: db.execute(insert, ("alive", 60_000)))
    await journal.save_snapshot("jam", 1, "v1", b"one")
    await journal.save_snapshot("jam", 2, "v1", b"two")
    left = await bodies(journal)
    assert "dead" not in left
    assert "alive" in left
    assert len(left) == 2


async def test_an_append_waits_for_another_process_that_is_writing(journal, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    appending = asyncio.create_task(journal.append("jam", 0, 1, b"x", "t"))
    await asyncio.sleep(0.2)
    assert not appending.done()
    other.execute("ROLLBACK")
    other.close()
    await appending
    assert await journal.last("jam") == 1


async def test_a_cancelled_append_is_found_by_its_token(journal):
    appending = asyncio.create_task(journal.append("jam", 0, 1, b"x", "mine"))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    await journal.append("jam", 0, 1, b"x", "mine")
    assert await everything(journal) == [Record("jam", 0, 1, b"x", "mine")]
