"""What only the SQLite vault promises: a whole company fits, what is erased is off the disk, trouble has a name."""

import time

import pytest

from server.vault.port import Image, PersonRecord, VaultUnavailable
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio
FIRST = ["Dana", "Omer", "Noa", "Daniel", "Maya", "יוסי", "רונית", "Amit", "Zoë", "Priya"]
LAST = ["Levi", "Cohen", "Mizrahi", "כהן", "Smith", "García", "Peretz"]


@pytest.fixture
async def vault(tmp_path):
    opened = await SqliteVault.open(tmp_path / "vault.db")
    yield opened
    await opened.close()


def crowd(count):
    return [
        PersonRecord(f"p{n}", f"u{n}@example.com", f"{FIRST[n % 10]} {LAST[n % 7]} {n}", "IL", "he", n) for n in range(count)
    ]


async def test_people_stay_fast_with_150000_of_them(vault):
    await vault.add_people(crowd(150_000))
    started = time.perf_counter()
    assert len(await vault.search_people("d", 10)) == 10
    assert [person.id for person in await vault.search_people("רונ 149996", 10)] == ["p149996"]
    assert [person.id for person in await vault.search_people("u149999@", 10)] == ["p149999"]
    assert await vault.search_people("dana zzz", 10) == []
    assert (await vault.person_by_email("u77777@example.com")).id == "p77777"
    assert len(await vault.people([f"p{n}" for n in range(1000)])) == 1000
    await vault.erase_person("p149999")
    assert time.perf_counter() - started < 2.0


async def test_what_is_erased_is_nowhere_in_the_files(vault, tmp_path):
    secret = b"\x89PNG-secret-picture"
    await vault.add_people(crowd(50))
    await vault.add_person(PersonRecord("gone", "vanishing@example.com", "Vanishing Person", None, "en", 1))
    await vault.put_image(Image("i", "gone", "image/png", secret * 1000, 1, 1, 1))
    await vault.put_image(Image("j", "p1", "image/png", secret * 1000, 1, 1, 1))
    await vault.delete_image("j")
    await vault.erase_person("gone")
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"u1@example.com" in content
    assert [trace for trace in (b"vanishing", b"Vanishing", secret) if trace in content] == []


async def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / "bad.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(VaultUnavailable, match="not a database"):
        await SqliteVault.open(tmp_path / "bad.db")


async def test_a_full_disk_is_said_so_and_nothing_is_added(vault):
    pages = await vault._writer.run(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    await vault._writer.run(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall())
    with pytest.raises(VaultUnavailable, match="full"):
        await vault.add_people(crowd(1000))
    assert await vault.people([f"p{n}" for n in range(1000)]) == {}
    await vault.add_people(crowd(1))
    assert await vault.person("p0") == crowd(1)[0]
