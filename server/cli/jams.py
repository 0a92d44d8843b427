"""`hothouse jam create` and `hothouse jam list`."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from server.access.secrets import new_person_id
from server.app.clock_memory import recalled
from server.cli.options import CommandFailed, Data, run, say, settings_with
from server.jam.commands import AddTopic, CreateJam, PublishJam
from server.jam.ids import JAM, SYSTEM, derive_id
from server.jam.phases import Schedule
from server.jam.texts import TITLE, clean_local
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores

app = typer.Typer(help="Make and list jams.", no_args_is_help=True)
HOUR_MS = 3_600_000
MOST_HOURS = 24 * 366


@app.command("create")
def create(
    slug: Annotated[str, typer.Argument(help="Address of the jam, such as spring-2027.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    question: Annotated[str, typer.Option(help="The question it asks.")],
    topic: Annotated[list[str], typer.Option(help="A topic's title; give it once for each topic.")],
    language: Annotated[str, typer.Option(help="Its main language.")] = "en",
    opens: Annotated[
        str | None, typer.Option(help="When ideation opens, such as 2027-03-01T09:00+02:00; now by default.")
    ] = None,
    hours: Annotated[float, typer.Option(help="How long ideation lasts.")] = 72.0,
    lobby_hours: Annotated[float, typer.Option(help="How long before that the lobby opens.")] = 0.0,
    refinement_hours: Annotated[float, typer.Option(help="How long the refinement phase lasts.")] = 24.0,
    review_hours: Annotated[float, typer.Option(help="How long the review phase lasts.")] = 168.0,
    data: Data = None,
) -> None:
    """Make a jam, with its topics and schedule, and publish it."""
    lengths = (lobby_hours, hours, refinement_hours, review_hours)
    if not all(0 <= length <= MOST_HOURS for length in lengths):
        raise typer.BadParameter(f"A phase lasts from 0 to {MOST_HOURS:,} hours.")
    run(
        _create(
            settings_with(data), slug, title, question, topic, language, None if opens is None else _instant(opens), lengths
        )
    )


async def _create(
    settings: Settings,
    slug: str,
    title: str,
    question: str,
    topics: list[str],
    language: str,
    opens: int | None,
    lengths: tuple[float, float, float, float],
) -> None:
    for name in topics:  # before the address is taken
        clean_local("topic", {language: name}, TITLE, language)
    clock = recalled(settings.data)
    async with open_stores(settings) as (journal, _):
        store = await JamStore.open(journal, clock)
        id = new_person_id()
        jam = derive_id(JAM, SYSTEM, id)
        await store.create(
            CreateJam(
                actor=SYSTEM, id=id, jam=jam, slug=slug, titles={language: title}, questions={language: question},
                descriptions={}, rules={}, languages=tuple(dict.fromkeys((language, "en", "he"))), main_language=language,
                schedule=_schedule(clock() if opens is None else opens, *lengths),
            )
        )  # fmt: skip
        for number, name in enumerate(topics):
            await store.submit(jam, AddTopic(actor=SYSTEM, id=f"{id}-{number}", titles={language: name}, descriptions={}))
        await store.submit(jam, PublishJam(actor=SYSTEM, id=f"{id}-publish"))
        await store.close()
    say(f"{settings.url}/jam/{slug}")


def _schedule(opens: int, lobby: float, ideation: float, refinement: float, review: float) -> Schedule:
    instants = [opens - int(lobby * HOUR_MS), opens]
    for hours in (ideation, refinement, review):
        instants.append(instants[-1] + int(hours * HOUR_MS))
    return Schedule(*instants)


def _instant(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 date; one without a zone is in UTC."""
    try:
        parsed = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date such as 2027-03-01T09:00+02:00") from error
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)


@app.command("list")
def show(data: Data = None) -> None:
    """The jams of a store, with their phase and size."""
    run(_show(settings_with(data)))


async def _show(settings: Settings) -> None:
    clock = recalled(settings.data)
    async with open_stores(settings) as (journal, _):
        store = await JamStore.open(journal, clock)
        if not store.all():
            raise CommandFailed("There is no jam yet: make one with `hothouse jam create`.")
        for state in store.all():
            votes = sum(idea.support for idea in state.ideas)
            phase = state.phase(clock()).lower()
            say(f"{state.slug}: {phase}, {len(state.ideas)} ideas, {votes} supports, {len(state.members)} members")
        await store.close()
