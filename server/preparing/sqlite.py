"""Sets the embedded stores up, and checks them: files, their layouts, the write-ahead log, and every page of them."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from server.journal.paged import ChainCheck
from server.journal.sqlite import SCHEMA, SqliteJournal
from server.journal.sqlite_thread import explain
from server.preparing.report import StoreReport
from server.vault.sqlite import LAYOUTS, SqliteVault

LITTLE_SPACE = 1024**3


class _File(NamedTuple):
    name: str
    layouts: Sequence[str]
    has_records: bool


FILES = (_File("journal.sqlite", (SCHEMA,), True), _File("vault.sqlite", LAYOUTS, False))


async def init(data: Path) -> StoreReport:
    """Makes the folder and both files, or brings them to this version's layout, and checks them; again it changes nothing.

    Raises `JournalUnavailable` or `VaultUnavailable`.
    """
    made = await asyncio.to_thread(_make_folder, data)
    before = [_layout(data / file.name) for file in FILES]
    await (await SqliteJournal.open(data / FILES[0].name)).close()
    await (await SqliteVault.open(data / FILES[1].name)).close()
    made += [_made(file, found) for file, found in zip(FILES, before, strict=True) if found != len(file.layouts)]
    report = await asyncio.to_thread(check, data)
    report.done = made
    return report


def _make_folder(data: Path) -> list[str]:
    if data.exists():
        return []
    data.mkdir(parents=True, mode=0o700)
    return [f"made the folder {data}, for its owner only"]


def _made(file: _File, before: int | None) -> str:
    layout = f"layout {len(file.layouts)}"
    return f"made {file.name} ({layout})" if before is None else f"brought {file.name} from layout {before} to {layout}"


def _layout(path: Path) -> int | None:
    """The layout of a file; None where there is none, or none that can be read."""
    if not path.exists():
        return None
    try:
        with closing(_opened(path)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return None


def check(data: Path) -> StoreReport:
    """Reads everything and changes nothing."""
    report = StoreReport()
    for file in FILES:
        path = data / file.name
        if not path.exists():
            report.problems.append(f"{path} is missing: run `hothouse store init`, or restore a backup")
            continue
        try:
            with closing(_opened(path)) as db:
                found = list(_problems(db, file))
        except sqlite3.Error as error:
            found = [explain(error)]
        report.problems += [f"{path}: {problem}" for problem in found]
        if not found:
            report.found.append(f"{path}: {path.stat().st_size:,} bytes, layout {len(file.layouts)}, write-ahead log, whole")
        if path.stat().st_mode & 0o077:
            report.notes.append(f"other users of this machine may read {path}: chmod 600 keeps names and addresses from them")
    _say_space(data, report)
    return report


def _problems(db: sqlite3.Connection, file: _File) -> Iterator[str]:
    layout = int(db.execute("PRAGMA user_version").fetchone()[0])
    if layout > len(file.layouts):
        yield f"a newer version of Hothouse has made it (layout {layout}): upgrade this one"
        return
    if layout < len(file.layouts):
        yield f"it has layout {layout}, this version {len(file.layouts)}: `hothouse store init` or `serve` brings it up to date"
    mode = db.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        yield f"its journal mode is {mode} and not wal: was it opened by another program? `hothouse store init` puts that right"
    damages = [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    yield from (f"damaged: {line}" for line in damages)
    if not damages:
        yield from (f"a row of {row[0]} belongs to nobody" for row in db.execute("PRAGMA foreign_key_check"))
    if file.has_records and not damages and layout:
        yield from _breaks(db)


def _breaks(db: sqlite3.Connection) -> list[str]:
    chains = ChainCheck()
    for header in db.execute("SELECT stream, after, count FROM records ORDER BY stream, after"):
        chains.visit(*header)
    return chains.problems


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _say_space(data: Path, report: StoreReport) -> None:
    if not data.exists():
        return
    free = shutil.disk_usage(data).free
    words = f"{free / 1024**3:,.1f} GB are free beside the stores"
    (report.notes if free < LITTLE_SPACE else report.found).append(words)
