"""Names as people type them, in Hebrew and English, through renames."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from server.directory import Directory
from server.jam_store import JamStore
from server.journal.memory import MemoryJournal
from server.vault.port import PersonRecord
from server.vault.sqlite import SqliteVault
from tests.commands.test_command_handler import Clock, found, state_of

pytestmark = pytest.mark.anyio
NAMES = {
    "p0": "Noa Levi",
    "p1": "נועה לוי",
    "p2": "José Álvarez",
    "p3": "דניאל בן-עמי",
    "p4": "Levi Strauss",
    "stranger": "Noa Else",
}


@pytest.fixture
async def store() -> AsyncGenerator[JamStore, None]:
    opened = await JamStore.open(MemoryJournal(), Clock())
    await found(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def people(tmp_path: Path, store: JamStore) -> AsyncGenerator[Directory, None]:
    vault = await SqliteVault.open(tmp_path / "vault.sqlite")
    for id, name in NAMES.items():
        await vault.add_person(PersonRecord(id, f"{id}@example.org", name, "IL", "he", 0))
    directory = Directory(vault, store)
    await directory.load(list(NAMES))
    yield directory
    await vault.close()


@pytest.fixture
async def fresh(tmp_path: Path, people: Directory, store: JamStore) -> AsyncGenerator[Directory, None]:
    """As at the start of a server: names are there, and by what they are found is not worked out yet."""
    vault = await SqliteVault.open(tmp_path / "vault.sqlite")
    directory = Directory(vault, store)
    await directory.load_all(list(NAMES))
    yield directory
    await vault.close()


async def test_at_the_start_names_are_there_and_found_whether_or_not_they_are_sorted_in(
    fresh: Directory, store: JamStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.directory.SLICE", 2)
    view = fresh.person("p1")
    assert view is not None
    assert (view.name, view.country, view.email) == ("נועה לוי", "IL", "p1@example.org")
    assert set(fresh.search(state_of(store), "lev", 10)) == {"p0", "p4"}
    await fresh.load_all(["p1", "p2"])
    assert sorted(fresh.matching("p2@example")) == ["p2"]
    await fresh.sort_in()
    assert set(fresh.search(state_of(store), "lev", 10)) == {"p0", "p4"}


async def test_names_are_sorted_in_beside_other_work_and_who_changed_or_went_meanwhile_is_found_as_they_are(
    fresh: Directory, store: JamStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.directory.SLICE", 1)
    sorting = asyncio.create_task(fresh.sort_in())
    await asyncio.sleep(0)
    await fresh.update("p0", name="Ruth Cohen")
    await fresh.update("p4", name="Ruth Strauss")
    fresh.forget("p3")
    await sorting
    assert set(fresh.search(state_of(store), "ruth", 10)) == {"p0", "p4"}
    for gone in ("noa", "levi", "דניאל"):
        assert list(fresh.search(state_of(store), gone, 10)) == []
    assert list(fresh.matching("p3@example")) == []
    assert list(fresh.matching("noa")) == ["stranger"], "whoever is in no jam is in the directory too"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("noa", {"p0"}),
        ("lev", {"p0", "p4"}),
        ("levi n", {"p0"}),
        ("נועה", {"p1"}),
        ("לו נו", {"p1"}),
        ("עמי", {"p3"}),
        ("alv", {"p2"}),
        ("JOSÉ", {"p2"}),
        ("oa", set()),
        ("", set()),
        ("  ", set()),
        ("levi strauss noa", set()),
    ],
)
async def test_each_typed_word_begins_a_word_of_the_name(
    people: Directory, store: JamStore, typed: str, expected: set[str]
) -> None:
    assert set(people.search(state_of(store), typed, 10)) == expected


async def test_no_more_are_found_than_asked_for(people: Directory, store: JamStore) -> None:
    assert len(people.search(state_of(store), "lev", 1)) == 1


async def test_a_new_name_is_found_and_the_old_one_is_not(people: Directory, store: JamStore) -> None:
    view = await people.update("p0", name="Ruth Cohen")
    assert (view.name, view.country) == ("Ruth Cohen", "IL")
    assert list(people.search(state_of(store), "ruth", 10)) == ["p0"]
    assert list(people.search(state_of(store), "noa", 10)) == []
    assert list(people.search(state_of(store), "lev", 10)) == ["p4"]


async def test_who_is_in_no_vault_has_no_name(people: Directory, store: JamStore) -> None:
    await people.load(["p9"])
    assert people.person("p9") is None
    assert people.missing(["p9", "p0"]) == ["p9"]
    assert people.country("p9") is None


async def test_a_name_changed_by_another_worker_is_known_within_a_second(tmp_path: Path, people: Directory) -> None:
    other = await SqliteVault.open(tmp_path / "vault.sqlite")
    following = asyncio.create_task(people.run())
    try:
        await asyncio.sleep(0.05)
        await other.update_person("p0", name="Noa Katz", country="FR")
        for _ in range(100):
            known = people.person("p0")
            if known is not None and known.name == "Noa Katz":
                break
            await asyncio.sleep(0.01)
        assert (known.name, known.country) == ("Noa Katz", "FR") if known else False
    finally:
        following.cancel()
        await other.close()


async def test_whoever_is_forgotten_stays_so_though_the_vault_still_has_them(people: Directory, store: JamStore) -> None:
    people.forget("p0")
    await people.load(["p0"])
    assert people.person("p0") is None
    assert set(people.search(store.all()[0], "noa", 9)) == set()
