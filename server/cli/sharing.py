"""`hothouse link`: a sign-in link without mail, for whoever runs the server."""

from typing import Annotated

import typer

from server.access.magic_link import MagicLinks
from server.access.mailer import Mailer
from server.app.clock_memory import recalled
from server.cli.options import CommandFailed, Data, run, say, settings_with
from server.jam_store import JamStore
from server.settings import Settings
from server.stores import open_stores


def link(
    email: Annotated[str | None, typer.Argument(help="Whose link; the first organizer's by default.")] = None,
    data: Data = None,
) -> None:
    """Print a sign-in link that works once, for an hour."""
    run(_link(settings_with(data), email))


async def _link(settings: Settings, email: str | None) -> None:
    clock = recalled(settings.data)
    async with open_stores(settings) as (journal, vault):
        store = await JamStore.open(journal, clock)
        links = MagicLinks(vault, store, Mailer(settings), settings, clock)
        person = next(iter(store.organization.organizers), None)
        if email is not None:
            found = await vault.person_by_email(email)
            person = None if found is None else found.id
        if person is None:
            raise CommandFailed(
                "There is nobody with that address." if email else "Start the server once: it makes the organizer."
            )
        say(await links.make(person, "/", 60))
        await store.close()
