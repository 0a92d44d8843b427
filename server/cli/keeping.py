"""Commands that keep data: backup and restore, and archives of jams."""

from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from server.app.clock_memory import recalled
from server.cli.options import CommandFailed, Data, err, run, say, settings_with
from server.keeping.archive import Taken, take_archive, write_archive
from server.keeping.backup import Manifest, back_up, restore
from server.keeping.jams import JamSum
from server.keeping.refused import KeepingRefused
from server.progress import RichProgress
from server.settings import Settings
from server.stores import open_stores

T = TypeVar("T")


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as backup.tar.", dir_okay=False)], data: Data = None
) -> None:
    """Back up the embedded stores, also while a server runs on them; the copy is replayed before it is kept."""

    async def work(settings: Settings) -> None:
        _embedded(settings)
        with RichProgress(err) as progress:
            manifest = await _told(back_up(settings.data, file, recalled(settings.data)(), progress))
        _say_backup(manifest)

    run(work(settings_with(data)))


def restore_backup(
    file: Annotated[Path, typer.Argument(help="The backup.", exists=True, dir_okay=False)], data: Data = None
) -> None:
    """Put a backup into an empty folder, after checking it byte by byte and replaying every jam."""

    async def work(settings: Settings) -> None:
        _embedded(settings)
        with RichProgress(err) as progress:
            manifest = await _told(restore(file, settings.data, progress))
        _say_backup(manifest)

    run(work(settings_with(data)))


def export_archive(jam: str, file: Path, data: Path | None) -> None:
    """Write a jam with its whole history and its members to a file, to be moved to another server."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, vault):
            with RichProgress(err) as progress:
                jam_sum = await _told(write_archive(journal, vault, jam, file, progress))
        _say_jams([jam_sum])

    run(work(settings_with(data)))


def import_archive(
    file: Annotated[Path, typer.Argument(help="The archive.", exists=True, dir_okay=False)], data: Data = None
) -> None:
    """Take a jam in from an archive: history, ids and members as they were there."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, vault):
            with RichProgress(err) as progress:
                taken = await _told(take_archive(journal, vault, file, recalled(settings.data)(), progress))
        _say_taken(taken)

    run(work(settings_with(data)))


def _embedded(settings: Settings) -> None:
    if settings.mongo_url is not None:
        raise CommandFailed("These stores are MongoDB's: use `mongodump --oplog`, as docs/operations.md says.")


async def _told(work: Awaitable[T]) -> T:
    try:
        return await work
    except KeepingRefused as refused:
        raise CommandFailed(str(refused)) from refused


def _say_backup(manifest: Manifest) -> None:
    for file in manifest.files:
        say(f"{file.name}: {file.bytes:,} bytes, SHA-256 {file.sha256}")
    _say_jams(manifest.jams)


def _say_jams(jams: Iterable[JamSum]) -> None:
    for jam in jams:
        say(f"jam {jam.slug}: {jam.events:,} events, state {jam.digest}")


def _say_taken(taken: Taken) -> None:
    _say_jams([taken.jam])
    say(f"{taken.people:,} people added, {taken.known:,} known here already")
    for person in taken.nameless:
        say(f"person {person} was added without an address: another person here has it")
