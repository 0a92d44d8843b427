"""Backups: whole while votes go on, checked byte by byte, replayed, and refused rather than half restored."""

import asyncio
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server.jam.digest import digest
from server.jam_store import JamStore
from server.keeping.backup import MANIFEST, back_up, restore
from server.keeping.refused import KeepingRefused
from server.sample.load import SLUG
from server.verifying import verify
from tests.keeping.stores import NOW, opened, sample, voting

pytestmark = pytest.mark.anyio


async def test_a_backup_made_while_votes_go_on_holds_all_that_was_acknowledged_before(tmp_path: Path) -> None:
    async with sample(tmp_path / "data") as (store, _, vault), voting(store) as acknowledged:
        await asyncio.sleep(0.2)
        before = len(acknowledged), acknowledged[-1]
        manifest = await back_up(tmp_path / "data", tmp_path / "backups" / "one.tar", NOW)
        people = {member.person for member in store.all()[0].members}
    assert before[0] > 0
    assert [jam.slug for jam in manifest.jams] == [SLUG]
    assert manifest.jams[0].events >= before[1]

    assert await restore(tmp_path / "backups" / "one.tar", tmp_path / "restored") == manifest
    async with opened(tmp_path / "restored") as (journal, vault):
        store = await JamStore.open(journal, lambda: NOW)
        state = store.by_slug(SLUG)
        assert state is not None
        assert (state.seq, digest(state)) == (manifest.jams[0].events, manifest.jams[0].digest)
        assert (await verify(journal, None, SLUG)).ok
        assert set(await vault.people(people)) == people
        await store.close()


async def test_the_restored_server_goes_on(tmp_path: Path) -> None:
    async with sample(tmp_path / "data"):
        await back_up(tmp_path / "data", tmp_path / "one.tar", NOW)
    await restore(tmp_path / "one.tar", tmp_path / "restored")
    async with opened(tmp_path / "restored") as (journal, _):
        store = await JamStore.open(journal, lambda: NOW)
        async with voting(store) as acknowledged:
            await asyncio.sleep(0.2)
        assert acknowledged
        assert (await verify(journal, None, SLUG)).ok
        await store.close()


async def test_only_its_owner_may_read_a_backup(tmp_path: Path) -> None:
    async with sample(tmp_path / "data"):
        await back_up(tmp_path / "data", tmp_path / "one.tar", NOW)
    await restore(tmp_path / "one.tar", tmp_path / "restored")
    files = [tmp_path / "one.tar", tmp_path / "restored" / "journal.sqlite", tmp_path / "restored" / "vault.sqlite"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert sorted(os.listdir(tmp_path)) == ["data", "one.tar", "restored"]


async def test_where_there_are_no_stores_nothing_is_backed_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(KeepingRefused, match="nothing to back up"):
        await back_up(tmp_path / "data", tmp_path / "one.tar", NOW)
    assert not (tmp_path / "one.tar").exists()


async def test_stores_are_never_restored_over(tmp_path: Path) -> None:
    async with sample(tmp_path / "data"):
        await back_up(tmp_path / "data", tmp_path / "one.tar", NOW)
    before = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    with pytest.raises(KeepingRefused, match="already holds"):
        await restore(tmp_path / "one.tar", tmp_path / "data")
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()} == before


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The backup with each file as `change` makes it; None leaves it out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            data = change(member.name, file.read())
            if data is not None:
                info = tarfile.TarInfo(member.name)
                info.size = len(data)
                new.addfile(info, io.BytesIO(data))
    return target


def _flipped(name: str) -> Callable[[str, bytes], bytes]:
    return lambda member, data: data if member != name else data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]


def _other_digest(member: str, data: bytes) -> bytes:
    if member != MANIFEST:
        return data
    manifest = json.loads(data)
    manifest["jams"][0]["digest"] = "0" * 64
    return json.dumps(manifest).encode()


def _newer(member: str, data: bytes) -> bytes:
    return json.dumps(json.loads(data) | {"format": 2}).encode() if member == MANIFEST else data


def _outside(member: str, data: bytes) -> bytes:
    return data.replace(b'"journal.sqlite"', b'"../journal.sqlite"') if member == MANIFEST else data


DAMAGE: dict[str, tuple[Callable[[str, bytes], bytes | None], str]] = {
    "a bit of the journal": (_flipped("journal.sqlite"), "checksum"),
    "a bit of the vault": (_flipped("vault.sqlite"), "checksum"),
    "a store missing": (lambda member, data: None if member == "vault.sqlite" else data, "no backup"),
    "no manifest": (lambda member, data: None if member == MANIFEST else data, "no backup"),
    "a manifest that lies": (_other_digest, "not what its manifest says"),
    "a newer format": (_newer, "format 2"),
    "a name outside": (_outside, "does not hold the stores"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")

    async def make() -> None:
        async with sample(folder / "data"):
            await back_up(folder / "data", folder / "one.tar", NOW)

    asyncio.run(make())
    return folder / "one.tar"


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_backup_is_refused_and_leaves_nothing(damage: str, whole: Path, tmp_path: Path) -> None:
    change, words = DAMAGE[damage]
    with pytest.raises(KeepingRefused, match=words):
        await restore(_rewritten(whole, tmp_path / "bad.tar", change), tmp_path / "restored")
    assert list((tmp_path / "restored").iterdir()) == []


async def test_what_is_no_tar_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.tar").write_bytes(b"no tar " * 1_000)
    with pytest.raises(KeepingRefused, match="no backup"):
        await restore(tmp_path / "bad.tar", tmp_path / "restored")
    assert list((tmp_path / "restored").iterdir()) == []
