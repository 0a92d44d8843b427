"""Erased people leave no byte behind, whatever happens on the way; all others see what they saw."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.app.clock import wall_clock
from server.erasing.traces import traces
from server.jam import commands as c
from server.jam.ids import SYSTEM
from server.jam.minors import MinorPolicy
from server.jam.people import Relation, Role
from server.jam.rejections import Conflict, NotFound
from server.jam.visibility import ContentStatus
from server.jam_store import JamStore
from server.themes.items import key_of
from server.vault.port import PersonRecord
from server.verifying import verify
from tests.erasing.lived import DANA, EDITED, OMER, ORG, PERSONAL, THEIRS, TITLE, WRITTEN, erasing, live, opened

pytestmark = pytest.mark.anyio
STEPS = ("begun", "vault", "jams", "words", "redacted", "snapshots", "texts")


async def lived(data: Path) -> str:
    async with opened(data) as (store, vault, _):
        return await live(store, vault)


async def found(data: Path, texts: tuple[str, ...]) -> list[str]:
    async with opened(data) as (_, vault, journal):
        return await traces(data, journal, vault, texts)


async def test_the_search_for_traces_finds_them_before(tmp_path: Path) -> None:
    await lived(tmp_path)
    for text in (*PERSONAL, *WRITTEN):
        assert await found(tmp_path, (text,)), text


async def test_with_all_they_wrote_no_byte_is_left_in_any_file(tmp_path: Path) -> None:
    idea = await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, journal):
        report = await erasing(store, vault, tmp_path).erase(DANA, withdraws=True)
        assert await traces(tmp_path, journal, vault, (*PERSONAL, *WRITTEN)) == []
        state = store.get("j1")
        assert state is not None
        gone = state.idea(idea)
        assert gone is not None
        assert gone.status is ContentStatus.REMOVED
        assert (gone.support, state.ideas[1].support, state.ideas[1].title) == (1, 1, THEIRS)
        assert [theme.name for theme in state.themes.values()] == ["", "Bicycles"]
        assert report.vault == {"drafts": 1, "images": 1, "links": 1, "people": 1, "sessions": 1, "visits": 1}
        (jam,) = report.jams
        assert (jam.ideas_withdrawn, jam.comments_withdrawn, jam.votes, jam.ideas_kept) == (1, 1, 1, 0)
        assert store.organization.erasures == {}
        checked = await verify(journal, state, "spring")
        assert checked.ok, checked.problems
    assert await found(tmp_path, (*PERSONAL, *WRITTEN)) == []
    async with opened(tmp_path) as (store, _, journal):
        assert (await verify(journal, None, "spring")).ok


async def test_texts_that_are_kept_stay_under_nobodys_name(tmp_path: Path) -> None:
    idea = await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, journal):
        report = await erasing(store, vault, tmp_path).erase(DANA, withdraws=False)
        state = store.get("j1")
        assert state is not None
        kept = state.idea(idea)
        assert kept is not None
        assert (kept.title, kept.author) == (EDITED, DANA)
        assert await traces(tmp_path, journal, vault, PERSONAL) == []
        assert (report.jams[0].ideas_kept, report.jams[0].records) == (1, 0)
        assert (await verify(journal, state, "spring")).ok


@pytest.mark.parametrize("step", STEPS)
async def test_an_erasure_that_was_killed_is_finished_by_whoever_comes_next(tmp_path: Path, step: str) -> None:
    await lived(tmp_path)
    command = [sys.executable, "-m", "tests.erasing.killed", str(tmp_path), step]
    died = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)
    assert died.returncode == -9
    async with opened(tmp_path) as (store, vault, journal):
        assert store.organization.erasures == {DANA: True}
        await erasing(store, vault, tmp_path).resume()
        assert store.organization.erasures == {}
        assert (await verify(journal, store.get("j1"), "spring")).ok
        assert await traces(tmp_path, journal, vault, (*PERSONAL, *WRITTEN)) == []


async def test_a_server_that_had_the_old_state_has_the_new_one_and_forgets_the_name_at_once(tmp_path: Path) -> None:
    await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, _), opened(tmp_path) as (other, _, theirs):
        other.follow()
        forgotten: list[str] = []
        other.on_erasure(forgotten.append)
        await erasing(store, vault, tmp_path).erase(DANA, withdraws=True)
        assert await settled(other)
        assert forgotten == [DANA, DANA], "at the beginning, and when the vault is empty"
        assert (await verify(theirs, other.get("j1"), "spring")).ok


async def settled(store: JamStore) -> bool:
    for _ in range(200):
        state = store.get("j1")
        if state is not None and DANA in state.erased_numbers and not store.organization.erasures:
            return True
        await asyncio.sleep(0.01)
    return False


async def test_two_servers_may_finish_the_same_erasure(tmp_path: Path) -> None:
    await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, journal), opened(tmp_path) as (other, others_vault, _):
        await store.begin_erasure(DANA, True)
        other.follow()
        await asyncio.sleep(0.3)
        await asyncio.gather(erasing(store, vault, tmp_path).resume(), erasing(other, others_vault, tmp_path).resume())
        assert await traces(tmp_path, journal, vault, (*PERSONAL, *WRITTEN)) == []


async def test_vectors_of_the_texts_go_and_those_of_others_stay(tmp_path: Path) -> None:
    await lived(tmp_path)
    with closing(sqlite3.connect(tmp_path / "vectors-e5.sqlite")) as db, db:
        db.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, language TEXT NOT NULL, vector BLOB NOT NULL) WITHOUT ROWID")
        db.execute("CREATE TABLE runs (jam TEXT, run TEXT, note TEXT NOT NULL, PRIMARY KEY (jam, run)) WITHOUT ROWID")
        texts = [f"{title}\nLet the xylophonists play." for title in (TITLE, EDITED)] + [f"{THEIRS}\nWith lamps."]
        db.executemany("INSERT INTO vectors VALUES (?, 'en', 'v')", [(key_of(text),) for text in texts])
        db.execute("INSERT INTO runs VALUES ('j1', 'g', 'words of the jam'), ('j2', 'g', 'another')")
    async with opened(tmp_path) as (store, vault, _):
        await erasing(store, vault, tmp_path).erase(DANA, withdraws=True)
    with closing(sqlite3.connect(tmp_path / "vectors-e5.sqlite")) as db:
        assert db.execute("SELECT key FROM vectors").fetchall() == [(key_of(texts[2]),)]
        assert db.execute("SELECT jam FROM runs").fetchall() == [("j2",)]


async def test_the_last_organizer_hands_over_first(tmp_path: Path) -> None:
    await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, _):
        service = erasing(store, vault, tmp_path)
        with pytest.raises(Conflict, match="Spring"):
            await service.erase(ORG, withdraws=False)
        await store.submit("j1", c.ChangeRole(actor=SYSTEM, id="hand over", person=OMER, role=Role.ORGANIZER))
        await service.erase(ORG, withdraws=False)
        with pytest.raises(Conflict):
            await service.erase(OMER, withdraws=False)


async def test_minors_under_ones_account_go_with_it(tmp_path: Path) -> None:
    await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, journal):
        minors = MinorPolicy(True, relations=tuple(Relation))
        await store.submit("j1", c.SetMinorPolicy(actor=ORG, id="allow", policy=minors))
        born = datetime.fromtimestamp(wall_clock() / 1000, UTC).year - 14
        child = c.AddMinor(
            actor=DANA, id="a child of mine", until=int(datetime(born + 18, 1, 1, tzinfo=UTC).timestamp() * 1000)
        )
        await store.submit("j1", child)
        (minor,) = store.all()[0].minors
        await vault.add_people([PersonRecord(minor, None, "Wombatlet", None, "en", 0)])
        await erasing(store, vault, tmp_path).erase(DANA, withdraws=False)
        assert store.organization.erasures == {}
        assert store.all()[0].member(minor) is None
        assert await traces(tmp_path, journal, vault, ["Wombatlet"]) == []


async def test_nobody_is_erased_twice(tmp_path: Path) -> None:
    await lived(tmp_path)
    async with opened(tmp_path) as (store, vault, _):
        service = erasing(store, vault, tmp_path)
        await service.erase(DANA, withdraws=False)
        with pytest.raises(NotFound):
            await service.erase(DANA, withdraws=True)


async def test_among_many_no_page_of_the_vault_keeps_a_copy(tmp_path: Path) -> None:
    """Names moved between pages as the file grew and shrank."""
    async with opened(tmp_path) as (store, vault, journal):
        names = [f"Person{number} Unusualname{number * 7919 % 1000}" for number in range(1_000)]
        for start in range(0, 1_000, 50):
            await vault.add_people(
                [
                    PersonRecord(f"p{number:016x}", f"mail{number}@example.org", names[number], "IL", "en", 0)
                    for number in range(start, start + 50)
                ]
            )
        gone = range(100, 1_000, 100)
        for number in gone:
            await vault.update_person(f"p{number:016x}", name=f"Renamed{number}", email=f"new{number}@example.org")
            await erasing(store, vault, tmp_path).erase(f"p{number:016x}", withdraws=False)
        wanted = [text for n in gone for text in (names[n], f"mail{n}@", f"Renamed{n}", f"new{n}@example", f"person{n} ")]
        assert await traces(tmp_path, journal, vault, wanted) == []
