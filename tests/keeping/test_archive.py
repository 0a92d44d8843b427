"""Archives: a jam on another server is the same jam, to the digest; whatever is wrong with one changes nothing."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.jam.digest import digest
from server.jam_store import PREFIX, JamStore
from server.journal.port import Journal, JournalUnavailable
from server.keeping.archive import MANIFEST, PEOPLE, RECORDS, take_archive, write_archive
from server.keeping.refused import KeepingRefused
from server.sample.load import SLUG
from server.vault.port import Vault
from server.verifying import verify
from tests.keeping.stores import ADDRESS, NOW, opened, sample

pytestmark = pytest.mark.anyio


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    async with sample(tmp_path / "old") as (_, journal, vault):
        await write_archive(journal, vault, SLUG, tmp_path / "jam.zip")
    return tmp_path / "jam.zip"


async def contents(journal: Journal, vault: Vault) -> tuple[list[str], bool]:
    """What a server has: its streams, and whether it knows anybody of the sample."""
    return await journal.streams(), bool(await vault.search_people("noa", 1))


async def test_it_is_the_same_jam_there(archive: Path, tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as (journal, vault):
        store = await JamStore.open(journal, lambda: NOW)
        there = store.by_slug(SLUG)
        assert there is not None
        people = await vault.people([member.person for member in there.members])
        before = digest(there)
        await store.close()
    async with opened(tmp_path / "new") as (journal, vault):
        taken = await take_archive(journal, vault, archive, NOW)
        store = await JamStore.open(journal, lambda: NOW)
        here = store.by_slug(SLUG)
        assert here is not None
        assert digest(here) == before == taken.jam.digest
        assert await vault.people([member.person for member in here.members]) == people
        assert (taken.people, taken.known, taken.nameless) == (len(people), 0, ())
        assert (await verify(journal, None, SLUG)).ok
        await store.close()


async def test_a_second_import_is_refused_and_changes_nothing(archive: Path, tmp_path: Path) -> None:
    async with opened(tmp_path / "new") as (journal, vault):
        taken = await take_archive(journal, vault, archive, NOW)
        with pytest.raises(KeepingRefused, match="here already"):
            await take_archive(journal, vault, archive, NOW)
        assert await journal.last(PREFIX + taken.jam.id) == taken.jam.events
        assert await journal.last("organization") == 1


async def test_an_import_that_was_stopped_goes_on(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path / "new") as (journal, vault):
        append, left = journal.append, 40

        async def failing(*args: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise JournalUnavailable("the disk is full")
            await append(*args)  # type: ignore[arg-type]

        with monkeypatch.context() as broken:
            broken.setattr(journal, "append", failing)
            with pytest.raises(JournalUnavailable):
                await take_archive(journal, vault, archive, NOW)
        taken = await take_archive(journal, vault, archive, NOW)
        assert await journal.last(PREFIX + taken.jam.id) == taken.jam.events
        assert (await verify(journal, None, SLUG)).ok


async def test_who_shares_an_address_with_someone_here_comes_without_it(archive: Path, tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as (_, vault):
        known = await vault.person_by_email(ADDRESS)
        assert known is not None
    async with opened(tmp_path / "new") as (journal, vault):
        await vault.add_person(replace(known, id="someone-else"))
        taken = await take_archive(journal, vault, archive, NOW)
        assert taken.nameless == (known.id,)
        assert await vault.person(known.id) == replace(known, email=None)
        owner = await vault.person_by_email(ADDRESS)
        assert owner is not None
        assert owner.id == "someone-else"


async def test_an_address_that_belongs_to_another_jam_is_not_taken(archive: Path, tmp_path: Path) -> None:
    def other(name: str, data: bytes) -> bytes:
        return data.replace(SLUG.encode(), b"elsewhere") if name == MANIFEST else data

    async with opened(tmp_path / "new") as (journal, vault):
        await take_archive(journal, vault, archive, NOW)
        before = await contents(journal, vault)
        with pytest.raises(KeepingRefused):
            await take_archive(journal, vault, rewritten(archive, tmp_path / "other.zip", other), NOW)
        assert await contents(journal, vault) == before


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def _without_a_record(name: str, data: bytes) -> bytes:
    if name != RECORDS:
        return data
    lines = data.splitlines(keepends=True)
    return b"".join(lines[:3] + lines[4:])


DAMAGE: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a record is missing": _without_a_record,
    "the last record is missing": lambda name, data: data if name != RECORDS else b"".join(data.splitlines(keepends=True)[:-1]),
    "a record is no JSON": lambda name, data: data if name != RECORDS else b"{" + data,
    "no people": lambda name, data: None if name == PEOPLE else data,
    "another digest": lambda name, data: data if name != MANIFEST else data.replace(b'"digest": "', b'"digest": "0'),
    "another format": lambda name, data: data if name != MANIFEST else data.replace(b'"format": 1', b'"format": 9'),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_archive_changes_nothing(damage: str, archive: Path, tmp_path: Path) -> None:
    bad = rewritten(archive, tmp_path / "bad.zip", DAMAGE[damage])
    async with opened(tmp_path / "new") as (journal, vault):
        with pytest.raises(KeepingRefused):
            await take_archive(journal, vault, bad, NOW)
        assert await contents(journal, vault) == ([], False)
