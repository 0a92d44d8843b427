"""Faults of what the embedded stores lie on."""

import asyncio
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.checker import check
from tests.faults.conftest import Line, chance_of
from tests.faults.crowd import DOCUMENTS, Crowd, acting, fresh
from tests.faults.disks import Disk, disk
from tests.faults.site import Prepared, Site, journal_of, prepare, running
from tests.faults.surviving import PEOPLE, caught_up, some_acts, survived
from tests.web.running import OURS, free_port

pytestmark = pytest.mark.anyio
FULL_S = 3.0


async def command(*words: str) -> tuple[int, str]:
    """A `hothouse` command: its exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, " ".join(said.decode().split())


async def remark(prepared: Prepared) -> dict[str, str]:
    """The answer to a comment of the first person."""
    cookie = next(iter(prepared.people.values()))
    async with httpx.AsyncClient(base_url=prepared.url, headers=OURS, cookies={"hothouse_session": cookie}, timeout=30) as http:
        command = f"remark-{time.monotonic_ns()}"
        given = {"commandId": command, "ideaId": prepared.ideas[0], "body": command}
        body = {"query": DOCUMENTS["postComment"], "variables": {"input": given}}
        answer: dict[str, str] = (await http.post("/graphql", json=body)).json()["data"]["postComment"]
        return answer


async def filled(prepared: Prepared, small: Disk) -> None:
    """Fills the disk for a while: what is there can be read, what is sent is refused with why."""
    small.fill()
    began = time.monotonic()
    try:
        refused = await _refused(prepared)
        assert refused["code"] == "Unavailable"
        assert "full" in refused["message"]
        _, board = await fresh(prepared, next(iter(prepared.people.values())))
        assert board
        await asyncio.sleep(max(0.0, FULL_S - (time.monotonic() - began)))
    finally:
        small.empty()


async def _refused(prepared: Prepared) -> dict[str, str]:
    """The first refusal: what the write-ahead log has room for, without growing, is taken all the same."""
    async with asyncio.timeout(60):
        while "code" not in (answer := await remark(prepared)):  # noqa: ASYNC110  it is asked again and again
            await asyncio.sleep(0.02)
    return answer


async def test_the_disk_is_full_for_a_while(tmp_path: Path, lines: list[Line]) -> None:
    with disk(tmp_path / "small") as small:
        prepared = await prepare(small.folder / "store", free_port(), PEOPLE, {})

        async def fill(site: Site, crowd: Crowd) -> None:
            await some_acts(crowd, chance_of(8))
            await filled(prepared, small)
            await some_acts(crowd, chance_of(9))

        await survived("disk full for 3 s or more", 2, prepared, 1, fill, lines)


async def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    with disk(tmp_path / "small") as small:
        prepared = await prepare(small.folder / "store", free_port(), 1, {})
        small.make_read_only()
        code, said = await command("serve", "--data", str(prepared.data), "--port", str(prepared.port))
        assert code == 1
        assert "read-only" in said
        assert "Traceback" not in said


async def test_a_log_that_lost_its_end_leaves_a_whole_jam(tmp_path: Path, lines: list[Line]) -> None:
    """Whoever cuts off SQLite's write-ahead log takes acknowledged events away. What is left must still be whole: the jam as it was
    at an earlier moment, which goes on from there. (Nobody follows here: an open page that had seen what is gone can't be told so
    by numbers that are given out again, and has to be loaded anew.)
    """
    prepared = await prepare(tmp_path / "store", free_port(), PEOPLE, {})
    async with running(prepared, 1) as site, acting(prepared, 0, 300.0) as crowd:
        await some_acts(crowd, chance_of(10))
        await site.kill()
        log = prepared.data / "journal.sqlite-wal"
        with log.open("r+b") as file:
            file.truncate(log.stat().st_size * 2 // 3)
        await site.start()
        for client in crowd.clients:
            client.holds.clear()
        await some_acts(crowd, chance_of(11))
        await caught_up(prepared, crowd)
    entries, totals = await journal_of(prepared)
    found = check(crowd.history, entries, totals)
    lines.append(
        Line("write-ahead log cut off", 1, found.acknowledged, len(found.lost), len(found.doubled), 0, crowd.longest_silence())
    )
    assert (found.doubled, found.denied, found.miscounted) == ([], [], [])
    assert (await command("verify", "town", "--data", str(prepared.data)))[0] == 0


async def test_a_damaged_file_is_named_and_a_backup_put_in_its_place(tmp_path: Path) -> None:
    prepared = await prepare(tmp_path / "store", free_port(), 1, {})
    backup = str(tmp_path / "one.tar")
    assert (await command("backup", backup, "--data", str(prepared.data)))[0] == 0
    journal = prepared.data / "journal.sqlite"
    pages = bytearray(journal.read_bytes())
    pages[-4_096:] = bytes(byte ^ 0x5A for byte in pages[-4_096:])
    journal.write_bytes(pages)

    code, said = await command("verify", "town", "--data", str(prepared.data))
    assert code == 1
    assert "Traceback" not in said
    code, said = await command("serve", "--data", str(prepared.data), "--port", str(prepared.port))
    assert code == 1
    assert "damaged" in said
    assert "Traceback" not in said
    code, said = await command("restore", backup, "--data", str(tmp_path / "restored"))
    assert code == 0, said
    code, said = await command("verify", "town", "--data", str(tmp_path / "restored"))
    assert code == 0, said
