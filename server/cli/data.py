"""Commands that bring jams in and out: import, export, verify, themes, replay."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from server.app.build import Server, build
from server.app.clock_memory import recalled
from server.cli.options import CommandFailed, Data, Jam, JamName, err, jam_called, jam_id_called, run, say, settings_with
from server.cli.organizer import first_organizer
from server.importing.csv_file import CsvOptions, import_csv
from server.importing.json_file import import_json
from server.importing.polis import import_polis
from server.importing.report import ImportReport
from server.jam.entities import Theme
from server.jam.state import JamState
from server.jam_store import PREFIX, JamStore, load_organization, load_state, save_snapshot
from server.progress import Progress, RichProgress
from server.replaying import replay as play_again
from server.replaying.play import address_for
from server.settings import Settings
from server.stores import open_stores
from server.themes.quality_report import quality_of
from server.themes.report import report as theme_report
from server.themes.report_page import page
from server.vault.port import Vault
from server.verifying import verify as verify_jam

imports = typer.Typer(help="Bring a deliberation in as a jam.", no_args_is_help=True)
GROUPING_S = 1_800.0

All = Annotated[bool, typer.Option("--all", help="Say everything about every line, however long that gets.")]

Mapped = Annotated[list[str] | None, typer.Option(help="field=column, such as body=description; guessed where not given.")]


@imports.command("polis")
def polis(
    directory: Annotated[Path, typer.Argument(help="Folder of a Polis export.", exists=True, file_okay=False)],
    jam: JamName,
    everything: All = False,
    data: Data = None,
) -> None:
    """Import a Polis export: authors, times and every vote."""
    _bring_in(
        lambda into: import_polis(into.store, into.vault, directory, jam, into.progress, into.organizer), data, everything
    )


@imports.command("csv")
def csv(
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    jam: JamName,
    map: Mapped = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns; found out by default.")] = None,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding; found out by default.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the texts; found out by default.")] = None,
    topic: Annotated[str | None, typer.Option(help="Title of the one topic, where no column holds topics.")] = None,
    day_first: Annotated[bool | None, typer.Option(help="Whether 01/02/2024 is in February; found out by default.")] = None,
    everything: All = False,
    data: Data = None,
) -> None:
    """Import ideas from a CSV file, and say line by line what could not be taken."""
    options = CsvOptions(delimiter, encoding, language, topic, day_first)

    def bring(into: Into) -> Awaitable[ImportReport]:
        mapping = _mapping(map or [])
        return import_csv(into.store, into.vault, file, jam, mapping, into.now, options, into.progress, into.organizer)

    _bring_in(bring, data, everything)


@imports.command("json")
def json_file(
    file: Annotated[Path, typer.Argument(help="A list of objects, or an object a line.", exists=True, dir_okay=False)],
    jam: JamName,
    member: Annotated[
        str | None, typer.Option("--list", help="The member that holds the ideas, where the file is an object.")
    ] = None,
    map: Mapped = None,
    language: Annotated[str | None, typer.Option(help="Language of the texts; found out by default.")] = None,
    topic: Annotated[str | None, typer.Option(help="Title of the one topic, where nothing holds topics.")] = None,
    day_first: Annotated[bool | None, typer.Option(help="Whether 01/02/2024 is in February; found out by default.")] = None,
    everything: All = False,
    data: Data = None,
) -> None:
    """Import ideas from a JSON file, and say line by line what could not be taken; of an exported jam its ideas."""
    options = CsvOptions(None, None, language, topic, day_first)

    def bring(into: Into) -> Awaitable[ImportReport]:
        mapping, now = _mapping(map or []), into.now
        return import_json(into.store, into.vault, file, jam, mapping, now, member, options, into.progress, into.organizer)

    _bring_in(bring, data, everything)


class Into(NamedTuple):
    """Where an import goes, who runs the jam that it makes, and whom it tells how far it is."""

    store: JamStore
    vault: Vault
    progress: Progress
    organizer: str | None
    now: int


def _bring_in(bring: Callable[[Into], Awaitable[ImportReport]], data: Path | None, everything: bool) -> None:
    """Runs an import, and says what came of it."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, vault):
            clock = recalled(settings.data)
            store = await JamStore.open(journal, clock)
            organizer = await first_organizer(store, vault, clock())
            with RichProgress(err) as progress:
                report = await bring(Into(store, vault, progress, organizer, clock()))
            await store.close()
        for line in report.lines(None) if everything else report.lines():
            say(line)

    run(work(settings_with(data)))


def _mapping(pairs: list[str]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    if any(not sign or not field for field, sign, _ in split):
        raise CommandFailed("A mapping is field=column, such as --map body=description; field= leaves a field out.")
    return {field: column for field, _, column in split}


def verify(jam: Jam, data: Data = None) -> None:
    """Replay a jam's journal from zero and compare it with the live state."""

    async def work(settings: Settings) -> bool:
        async with open_stores(settings) as (journal, _):
            with RichProgress(err) as progress:
                report = await verify_jam(journal, None, jam, progress)
        for line in report.lines():
            say(line)
        return report.ok

    if not run(work(settings_with(data))):
        raise typer.Exit(1)


def snapshot(jam: Jam, data: Data = None) -> None:
    """Save a snapshot of a jam, from which the next start goes on. A running server does this by itself."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, _):
            stream = PREFIX + jam_id_called(await load_organization(journal), jam)
            await save_snapshot(journal, await load_state(journal, stream))

    run(work(settings_with(data)))


def themes(
    jam: Jam,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    full: Annotated[bool, typer.Option("--report", help="The quality report, in Markdown.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the report to this file, and as JSON beside it.", dir_okay=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="With ideas for some relations; circles stay closed.")] = False,
    data: Data = None,
) -> None:
    """The themes of a jam. Where they have not been grouped, they are now."""
    if (output is not None or everything) and not full:
        raise typer.BadParameter("--output and --all go with --report.")

    async def work(settings: Settings) -> None:
        async with build(settings) as server:
            state = jam_called(server.store, jam)
            if state.ideas and not _is_grouped(server, state):
                with err.status("Grouping the ideas …"):
                    await _grouped(server, state)
        if full:
            _say_quality(quality_of(state, everything), output, as_json)
            return
        if as_json:
            json.dump(themes_as_json(state), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
            return
        for line in theme_report(state):
            say(line)

    run(work(settings_with(data)))


def _say_quality(report: dict[str, object], output: Path | None, as_json: bool) -> None:
    """On the terminal in one form; into files in both."""
    plain = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(plain if as_json else page(report))
        return
    beside = output.with_suffix(".json")
    if beside == output:
        output = output.with_suffix(".md")
    for path, text in ((output, page(report)), (beside, plain)):
        path.write_text(text, encoding="utf-8")
        say(str(path), err)


async def _grouped(server: Server, state: JamState) -> None:
    """Returns when the jam has been grouped."""
    await server.themes.regroup(state.id)
    try:
        async with asyncio.timeout(GROUPING_S):
            while not _is_grouped(server, state):  # noqa: ASYNC110  a grouping has no event of its own
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise CommandFailed("The ideas could not be grouped: there are too few, or HOTHOUSE_THEME_WORKERS is 0.") from error


def _is_grouped(server: Server, state: JamState) -> bool:
    """Whether a run has seen every idea, and no other run is under way."""
    run, waiting = state.theme_run, server.themes.backlog(state.id)
    listed = sum(idea.is_listed and idea.reach.is_public for idea in state.ideas)
    return run is not None and run.ideas >= listed and not waiting and not server.themes.is_grouping(state.id)


def themes_as_json(state: JamState) -> dict[str, object]:
    """The themes of a jam with their sub-themes, largest support first."""
    run = state.theme_run
    boards = sorted(state.board_themes(), key=lambda theme: (-_support(state, theme), theme.id))
    return {
        "jam": state.slug,
        "run": None if run is None else run._asdict(),
        "themes": [
            _theme(state, theme) | {"subthemes": [_theme(state, sub) for sub in state.subthemes(theme)]} for theme in boards
        ],
    }


def _theme(state: JamState, theme: Theme) -> dict[str, object]:
    return {
        "id": theme.id,
        "name": theme.label,
        "keywords": list(theme.keywords),
        "distinctive": list(theme.distinctive),
        "ideas": len(theme.ideas),
        "support": _support(state, theme),
        "cohesion": theme.cohesion,
        "confidence": theme.confidence,
        "central": list(theme.medoids),
    }


def _support(state: JamState, theme: Theme) -> int:
    return sum(state.ideas[number].support for number in theme.ideas)


def replay(
    jam: Jam,
    speed: Annotated[float, typer.Option(help="How many times as fast as it was.", min=0.01)] = 1000.0,
    into: Annotated[str | None, typer.Option(help="Address of the new jam; JAM-replay by default.")] = None,
    data: Data = None,
) -> None:
    """Play a recorded jam again as a new one; start a server on the same store to watch."""

    async def work(settings: Settings) -> None:
        async with open_stores(settings) as (journal, vault):
            store = await JamStore.open(journal, recalled(settings.data))
            jam_called(store, jam)
            address = address_for(store, jam, into)
            say(f"Watch it at {settings.url}/jam/{address} while a server runs on this store.", err)
            with RichProgress(err) as progress:
                report = await play_again(store, vault, jam, speed, address, progress=progress)
            await store.close()
        for line in report.lines():
            say(line)

    run(work(settings_with(data)))
