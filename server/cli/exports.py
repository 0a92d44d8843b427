"""The command that takes a jam along as a file."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from server.cli.keeping import export_archive
from server.cli.options import CommandFailed, Data, Jam, err, jam_id_called, run, say, settings_with
from server.exporting import collect
from server.exporting.acceptances import collect_acceptances
from server.jam.people import Relation, Role, Viewer
from server.jam.state import JamState
from server.jam_store import PREFIX, load_organization, load_state
from server.settings import Settings
from server.stores import open_stores
from server.vault.port import PersonRecord, Vault

BULK = 5_000
ORGANIZER = Viewer(None, Role.ORGANIZER, Relation.EMPLOYEE)
"""Exports from the command line are an organizer's: everything but what circles keep to themselves."""


class Format(StrEnum):
    csv = "csv"
    json = "json"
    xlsx = "xlsx"
    terms = "terms"
    archive = "archive"


def export(
    jam: Jam,
    format: Annotated[
        Format,
        typer.Option(
            help="csv (ideas), json, xlsx (everything), terms (who accepted them, csv), or archive: the jam itself, to move."
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="The file to write.", dir_okay=False)],
    person: Annotated[
        str | None, typer.Option("--as", help="Id of a member: only what they may see, instead of what organizers may.")
    ] = None,
    data: Data = None,
) -> None:
    """Export a jam: everything its organizers may see; as an archive with its whole history, circles included."""
    if format is Format.archive:
        if person is not None:
            raise typer.BadParameter("An archive is the whole jam: it goes without --as.")
        return export_archive(jam, out_file, data)

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, vault):
            stream = PREFIX + jam_id_called(await load_organization(journal), jam)
            state = await load_state(journal, stream)
            viewer = ORGANIZER if person is None else _member(state, person)
            named = await _named(vault, state, format)
        if format is Format.terms:
            if viewer.role is not Role.ORGANIZER:
                raise CommandFailed("Only organizers may take along who accepted the terms.")
            write = collect_acceptances(state, named.get)
        else:
            write = collect(state, viewer, named.get, format.value)
        with out_file.open("wb") as file:
            write(file)
        say(f"{out_file}: {out_file.stat().st_size:,} bytes", err)

    return run(work(settings_with(data)))


def _member(state: JamState, person: str) -> Viewer:
    viewer = state.viewer(person)
    if viewer.person is None:
        raise CommandFailed(f"Nobody with the id {person!r} takes part in the jam {state.slug!r}.")
    return viewer


async def _named(vault: Vault, state: JamState, format: Format) -> Mapping[str, PersonRecord]:
    """Whoever may be in the file with their name, by id."""
    if format is Format.terms:
        wanted = {member.person for member in state.members if member.accepted}
    else:
        wanted = {idea.author for idea in state.ideas} | {comment.author for comment in state.comments}
    ids, found = sorted(wanted), dict[str, PersonRecord]()
    for start in range(0, len(ids), BULK):
        found |= await vault.people(ids[start : start + BULK])
    return found
