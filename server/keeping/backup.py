"""Backups of the embedded stores, taken while servers write to them, and their restoration.

A backup is one tar file: `manifest.json`, then the files it names. The journal is copied before the vault: whoever acts in the
copied journal was in the vault before that, so nobody is missing from the copy.

Errors::

    KeepingRefused   there is nothing to back up, the file is no sound backup, or the folder holds stores already
"""

import hashlib
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, cast

from server.journal.sqlite import SqliteJournal
from server.keeping.jams import JamSum, sum_of_jams
from server.keeping.refused import KeepingRefused
from server.progress import SILENT, Progress

FORMAT = 1
MANIFEST = "manifest.json"
LAST_BACKUP = "last-backup"
STORES = ("journal.sqlite", "vault.sqlite")
PIECE = 1024 * 1024
LARGEST_MANIFEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file of a backup: its size in bytes and its SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `made_at` in milliseconds since 1970."""

    format: int
    made_at: int
    files: tuple[FileSum, ...]
    jams: tuple[JamSum, ...]

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Manifest":
        """Raises `KeepingRefused` for what is no manifest of a format that this program knows."""
        try:
            read = json.loads(data)
            known = read["format"]
            if known != FORMAT:
                raise KeepingRefused(f"The backup has format {known}; this program knows format {FORMAT}.")
            files = tuple(FileSum(**one) for one in read["files"])
            return cls(known, read["made_at"], files, tuple(JamSum(**one) for one in read["jams"]))
        except (ValueError, KeyError, TypeError) as error:
            raise KeepingRefused("The file is no backup: its manifest can't be read.") from error


async def back_up(data: Path, target: Path, now: int, progress: Progress = SILENT) -> Manifest:
    """Writes a backup of the stores in `data` to the file `target`, which appears whole or not at all.

    Every jam of the copy is replayed from zero: a backup that could not be restored is not made. Raises `KeepingRefused`.
    """
    if missing := [name for name in STORES if not (data / name).exists()]:
        raise KeepingRefused(f"There is nothing to back up in {data}: it has no {' and no '.join(missing)}.")
    with _folder_in(target.parent, ".backup-") as folder:
        copies = [_copy(data / name, Path(folder) / name) for name in STORES]
        jams = await _verified(copies[0], progress)
        manifest = Manifest(FORMAT, now, tuple(_sum(path) for path in copies), jams)
        _pack(Path(folder) / "whole.tar", manifest, copies, target)
    with suppress(OSError):
        (data / LAST_BACKUP).write_text(str(now), "ascii")
    return manifest


def last_backup(data: Path) -> int | None:
    """When the stores in `data` were last backed up (ms), as far as it could be noted beside them."""
    try:
        return int((data / LAST_BACKUP).read_text("ascii"))
    except (OSError, ValueError):
        return None


async def restore(backup: Path, data: Path, progress: Progress = SILENT) -> Manifest:
    """Unpacks a backup into the folder `data`, which must hold no stores, after it was checked byte by byte and replayed.

    Raises `KeepingRefused`; then the folder is as it was.
    """
    if present := [name for name in STORES if (data / name).exists()]:
        raise KeepingRefused(f"{data} already holds {' and '.join(present)}: name another folder, or move them away first.")
    with _folder_in(data, ".restore-") as folder:
        manifest = _unpack(backup, Path(folder))
        found = await _verified(Path(folder) / STORES[0], progress)
        if len(found) != len(manifest.jams) or not all(map(JamSum.agrees, found, manifest.jams)):
            raise KeepingRefused("The backup's jams are not what its manifest says: it is damaged, or not of this program.")
        for name in STORES:
            os.replace(Path(folder) / name, data / name)
        _sync_folder(data)
    return manifest


def _folder_in(parent: Path, prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A folder on the same file system, so that what is ready can be renamed into its place."""
    parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=prefix, dir=parent)


def _copy(source: Path, target: Path) -> Path:
    """The store as it is at one moment, without what was deleted; writers do not wait for it."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, isolation_level=None)) as store:
        store.execute("VACUUM INTO ?", (str(target),))
    return target


async def _verified(journal_file: Path, progress: Progress) -> tuple[JamSum, ...]:
    """The sums of all jams of a journal, each replayed from zero."""
    journal = await SqliteJournal.open(journal_file)
    try:
        if problems := await journal.check():
            raise KeepingRefused(f"The journal is damaged: {problems[0]}")
        return await sum_of_jams(journal, progress)
    finally:
        await journal.close()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _sum(path: Path) -> FileSum:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in _pieces(file):
            digest.update(piece)
    return FileSum(path.name, path.stat().st_size, digest.hexdigest())


def _pack(whole: Path, manifest: Manifest, copies: list[Path], target: Path) -> None:
    listing = whole.with_name(MANIFEST)
    listing.write_bytes(manifest.to_json())
    with whole.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        with tarfile.open(fileobj=file, mode="w") as tar:
            for path in (listing, *copies):
                tar.add(path, path.name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(whole, target)
    _sync_folder(target.parent)


def _unpack(backup: Path, folder: Path) -> Manifest:
    """Takes out the files that the manifest names, and nothing else, and compares their sums."""
    try:
        with tarfile.open(backup, "r:") as tar:
            manifest = Manifest.from_json(_read(tar, MANIFEST, LARGEST_MANIFEST))
            if tuple(file.name for file in manifest.files) != STORES:
                raise KeepingRefused("The backup does not hold the stores that it should.")
            for file in manifest.files:
                _take_out(tar, file, folder / file.name)
    except (tarfile.TarError, KeyError) as error:
        raise KeepingRefused(f"{backup} is no backup: {error}") from error
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> BinaryIO:
    found = tar.extractfile(tar.getmember(name))
    if found is None:
        raise KeepingRefused(f"The backup's {name} is no file.")
    return cast("BinaryIO", found)


def _read(tar: tarfile.TarFile, name: str, most: int) -> bytes:
    with _member(tar, name) as file:
        return file.read(most)


def _take_out(tar: tarfile.TarFile, file: FileSum, target: Path) -> None:
    with _member(tar, file.name) as source, target.open("xb") as copy:
        os.fchmod(copy.fileno(), 0o600)
        for piece in _pieces(source):
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    if _sum(target) != file:
        raise KeepingRefused(f"The backup's {file.name} is damaged: its checksum is not the manifest's.")


def _sync_folder(folder: Path) -> None:
    """A new name is durable only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
