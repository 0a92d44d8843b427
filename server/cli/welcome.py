"""What a new server offers at its first start: an organizer's link, and the sample jam."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from server.app.build import Server
from server.cli.options import err
from server.cli.organizer import first_organizer
from server.jam.commands import AddMember
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role
from server.jam.state import JamState
from server.progress import RichProgress
from server.sample.live import play_live
from server.sample.load import SLUG, load_sample

TWELVE_HOURS = 12 * 60
SEED = 2006
LINK_FILE = "organizer-link"


async def offer_sample(server: Server) -> None:
    """Loads the sample jam into an empty store; a store with jams stays as it is."""
    if server.store.all():
        return
    err.print("An empty store: loading the sample jam (SAMPLE=no starts without).")
    with RichProgress(err) as progress:
        await load_sample(server.store, server.vault, server.clock(), SEED, progress)
    sample, organizer = server.store.by_slug(SLUG), await first_organizer(server.store, server.vault, server.clock())
    if sample is not None:
        joins = AddMember(actor=SYSTEM, id="organizer", person=organizer, role=Role.ORGANIZER, relation=Relation.EMPLOYEE)
        await server.store.submit(sample.id, joins)


async def ensure_organizer(server: Server) -> list[str]:
    """The first start makes an organizer; their one-time link is shown until it has been used.

    It opens everything, so what is not a terminal, and may be kept as a log, is told only in which file it is.
    """
    first = await first_organizer(server.store, server.vault, server.clock())
    await server.directory.load([first])
    file = server.settings.data / LINK_FILE
    if await server.vault.sessions(first):
        file.unlink(missing_ok=True)
        return []
    link = await server.links.make(first, "/", TWELVE_HOURS)
    if server.settings.development or sys.stdout.isatty():
        return ["", "Organizer (signs in once, good for 12 hours):", f"  {link}"]
    _keep_secret(file, f"{link}\n")
    return ["", f"The organizer's link (signs in once, good for 12 hours) is in {file}"]


def _keep_secret(file: Path, text: str) -> None:
    """Readable by nobody but who runs the server."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)


async def sample_links(server: Server) -> list[str]:
    """In development: a link for each kind of person of the sample jam."""
    state = server.store.by_slug(SLUG)
    if state is None:
        return []
    path = f"/jam/{SLUG}"
    lines = ["", "The sample jam, as (each link signs in once):"]
    for title, person, page in _personas(server, state, path):
        lines.append(f"  {title:<22} {await server.links.make(person, page, TWELVE_HOURS)}")
    return lines


def _personas(server: Server, state: JamState, path: str) -> list[tuple[str, str, str]]:
    found = [
        ("participant, English", _member(server, state, Role.PARTICIPANT, "en"), path),
        ("participant, Hebrew", _member(server, state, Role.PARTICIPANT, "he"), path),
        ("moderator", _member(server, state, Role.MODERATOR, None), f"{path}/console"),
        ("executive", _member(server, state, Role.SPONSOR, None), f"{path}/briefing"),
        ("organizer", _member(server, state, Role.ORGANIZER, None), f"{path}/organize"),
    ]
    return [(title, person, page) for title, person, page in found if person is not None]


def _member(server: Server, state: JamState, role: Role, language: str | None) -> str | None:
    for member in state.members:
        person = server.directory.person(member.person)
        if member.role is role and person is not None and language in (None, person.language):
            return member.person
    return None


@asynccontextmanager
async def play(server: Server) -> AsyncGenerator[None, None]:
    """Plays the sample jam on while the server runs."""
    stop = asyncio.Event()
    task = asyncio.create_task(play_live(server.store, SLUG, server.directory, 1.0, stop))
    try:
        yield
    finally:
        stop.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
