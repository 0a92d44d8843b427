"""`make release-fixture`: writes what this version leaves behind into tests/released/VERSION, for all later versions to read.

Beside the journal of a jam in which everything has happened there are a snapshot from its middle, a vault, the organization's
journal, an archive of the jam, and what is to be found in all of them.
"""

import asyncio
import gzip
import json
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.jam import events
from server.jam.digest import digest
from server.jam.ids import SYSTEM
from server.jam_store import JAM_CODEC, ORGANIZATION, ORGANIZATION_STREAM, PREFIX, JamStore
from server.journal.codec import Entry
from server.journal.port import Journal
from server.keeping.archive import write_archive
from server.keeping.backup import back_up
from server.organization.events import REGISTRY as ORGANIZATION_REGISTRY
from server.organization.events import JamRegistered
from server.settings import Settings
from server.snapshots import KIND, dump
from server.stores import open_stores
from server.vault.port import Vault
from tests.jam.world import T0, fold
from tests.released.lived import GONE, JAM, SLUG, fill, whole_jam
from tests.released.seen import seen
from tests.released.shapes import shapes_of

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
BACKUP, ARCHIVE, EXPECTED = "backup.tar.gz", "jam.zip", "expected.json.gz"
BATCHES = (1, 1, 2, 5, 3)
"""How many commands share a record, over and over."""


def version() -> str:
    """Of the program, as pyproject.toml says."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


async def make(folder: Path) -> None:
    """Writes the three files into a folder that is there."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        async with open_stores(Settings(data=data)) as (journal, vault):
            await fill(vault)
            entries = whole_jam().journal
            await _write_organization(journal)
            await _write_jam(journal, entries)
            await write_archive(journal, vault, SLUG, folder / ARCHIVE)
            expected = await _expected(vault, entries)
        await back_up(data, Path(name) / "backup.tar", T0)
        backup = (Path(name) / "backup.tar").read_bytes()
    (folder / BACKUP).write_bytes(gzip.compress(backup, 9, mtime=0))
    (folder / EXPECTED).write_bytes(gzip.compress(json.dumps(expected, indent=0, sort_keys=True).encode(), 9, mtime=0))


async def _write_organization(journal: Journal) -> None:
    """Registers the jam, then has every other thing happen that can happen to the organization."""
    registered = ORGANIZATION.codec.encode([Entry(None, (JamRegistered(at=T0, jam=JAM, slug=SLUG, by=SYSTEM),))])
    await journal.append(ORGANIZATION_STREAM, 0, 1, registered, "registered")
    store = await JamStore.open(journal, lambda: T0)
    for person in ("org", "ann"):
        await store.grant_organizer(person)
    await store.revoke_organizer("ann")
    await store.begin_erasure(GONE, withdraws=True)
    await store.finish_erasure(GONE)
    await store.close()


async def _write_jam(journal: Journal, entries: Sequence[Entry[events.Event]]) -> None:
    """As records of several sizes, with a snapshot from the middle, so that a start reads both it and what follows."""
    stream, after, place = PREFIX + JAM, 0, 0
    while place < len(entries):
        batch = entries[place : place + BATCHES[place % len(BATCHES)]]
        count = sum(len(entry.events) for entry in batch)
        await journal.append(stream, after, count, JAM_CODEC.encode(batch), f"token-{after}")
        before, after, place = place, after + count, place + len(batch)
        if before < len(entries) // 2 <= place:
            await journal.save_snapshot(stream, after, KIND, dump(fold(entries[:place])))


async def _expected(vault: Vault, entries: Sequence[Entry[events.Event]]) -> dict[str, Any]:
    state = fold(entries)
    return {
        "version": version(),
        "form": KIND,
        "digest": digest(state),
        "events": state.seq,
        "seen": seen(state),
        "belongings": plain(await vault.belongings("ann")),
        "shapes": {"jam": shapes_of(events.REGISTRY), "organization": shapes_of(ORGANIZATION_REGISTRY)},
    }


def plain(value: Any) -> Any:
    """As JSON: bytes in hexadecimal."""
    return json.loads(json.dumps(value, default=lambda one: one.hex() if isinstance(one, bytes) else dict(one)))


def main(arguments: Sequence[str]) -> int:
    """The exit status. With `--again` the files of a version that has not been released yet are written anew."""
    folder = FOLDER / version()
    if (folder / EXPECTED).exists() and "--again" not in arguments:
        sys.stderr.write(
            f"{folder.name} is there. Raise the version in pyproject.toml; or, while it has not been released: AGAIN=yes\n"
        )
        return 1
    folder.mkdir(exist_ok=True)
    asyncio.run(make(folder))
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    sys.stdout.write(f"{folder.name}: {sizes}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
