"""`hothouse erase`: erases somebody who asked whoever runs the server, and proves that nothing is left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from server.app.clock_memory import recalled
from server.cli.options import CommandFailed, Data, run, say, settings_with
from server.erasing.service import Erasing, ErasureReport
from server.erasing.traces import LEAST_LETTERS, needles, traces
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import PersonRecord, Vault
from server.verifying import verify


def erase(
    person: Annotated[
        str | None, typer.Argument(help="Who: an e-mail address, or the id of a person.", show_default=False)
    ] = None,
    texts: Annotated[list[str] | None, typer.Argument(help="With --check: texts that must be nowhere.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take their ideas and comments out as well.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Erase nobody: look for traces of someone erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    data: Data = None,
) -> None:
    """Erase a person for good, also while a server runs; without anybody named, finish what was begun.

    With --check it says where a person's id, or any of the texts (a name, an address, a title), is still found in the stores.
    """
    settings = settings_with(data)
    if check:
        run(_check(settings, person, texts or []))
    elif person is None:
        run(_resume(settings))
    else:
        run(_erase(settings, person, withdraw, yes))


async def _erase(settings: Settings, person: str, withdraws: bool, is_sure: bool) -> None:
    async with open_stores(settings) as (journal, vault):
        store = await JamStore.open(journal, recalled(settings.data))
        erasing = Erasing(store, vault, settings.data, store.save_snapshot)
        found = await _who(vault, person)
        await erasing.check(found.id)
        if not is_sure and not typer.confirm(_question(found, withdraws)):
            raise CommandFailed("Nobody was erased.")
        report = await erasing.erase(found.id, withdraws)
        await erasing.settled()
        await _tell(report, store)
        left = await traces(_folder(settings), journal, vault, [found.name, found.email or ""])
        _tell_traces(left, "the name and the address")
        await store.close()


async def _resume(settings: Settings) -> None:
    async with open_stores(settings) as (journal, vault):
        store = await JamStore.open(journal, recalled(settings.data))
        reports = await Erasing(store, vault, settings.data, store.save_snapshot).resume()
        for report in reports:
            await _tell(report, store)
        if not reports:
            say("No erasure is unfinished.")
        await store.close()


async def _check(settings: Settings, person: str | None, texts: list[str]) -> None:
    if not needles(texts):
        raise CommandFailed(f"Name what to look for: a name, an address, a title, of {LEAST_LETTERS} letters or more.")
    async with open_stores(settings) as (journal, vault):
        record = None if person is None else await vault.person(person)
        if record is not None:
            raise CommandFailed(f"{person} has not been erased.")
        left = await traces(_folder(settings), journal, vault, texts)
    _tell_traces(left, ", ".join(map(repr, texts)))
    if left:
        raise typer.Exit(1)


async def _who(vault: Vault, person: str) -> PersonRecord:
    found = await vault.person_by_email(person) if "@" in person else await vault.person(person)
    if found is None:
        raise CommandFailed(f"There is nobody {person!r}: give an e-mail address, or the id of a person.")
    return found


def _question(person: PersonRecord, withdraws: bool) -> str:
    what = "with all ideas and comments" if withdraws else "keeping ideas and comments under nobody's name"
    return f"Erase {person.name} ({person.email or person.id}), {what}? This can't be undone."


async def _tell(report: ErasureReport, store: JamStore) -> None:
    for line in _lines(report):
        say(line)
    for jam in report.jams:
        state = store.by_slug(jam.slug)
        checked = await verify(store.journal, state, jam.slug)
        say(f"{jam.slug}: verified" if checked.ok else f"{jam.slug}: NOT verified: {checked.problems[0]}")


def _lines(report: ErasureReport) -> Iterator[str]:
    removed = ", ".join(f"{count} {kind}" for kind, count in sorted(report.vault.items())) or "nothing (it was empty already)"
    yield f"vault: removed {removed}"
    for jam in report.jams:
        gone = f"{jam.ideas_withdrawn} ideas and {jam.comments_withdrawn} comments withdrawn, {jam.records} records redacted"
        stays = f"{jam.ideas_kept} ideas, {jam.comments_kept} comments and {jam.votes} votes stay, under nobody's name"
        yield f"{jam.slug}: {gone}; {stays}"
    yield f"what remains is the id {report.person}, which nothing leads to; backups made before still hold what was erased"


def _tell_traces(left: list[str], what: str) -> None:
    for line in left:
        say(f"found: {line}")
    say(f"{len(left)} traces of {what}" if left else f"no trace of {what} is left")


def _folder(settings: Settings) -> Path | None:
    return None if settings.mongo_url else settings.data
