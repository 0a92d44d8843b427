"""Options that several commands take, and what they have in common."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from server.importing.report import ImportRefused
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.port import JournalUnavailable
from server.settings import Settings
from server.vault.port import VaultUnavailable

T = TypeVar("T")
out = Console()
err = Console(stderr=True)

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the stores (HOTHOUSE_DATA, else var).", show_default=False)
]
JamName = Annotated[str, typer.Option("--jam", help="Address (and title) of the new jam, such as town-2050.")]
Jam = Annotated[str, typer.Argument(help="Address of the jam.")]


class CommandFailed(Exception):
    """The command can't do that; the message says why and what to do."""


def settings_with(data: Path | None, **changes: Any) -> Settings:
    """The settings of the environment, with what the command line names."""
    given = {name: value for name, value in changes.items() if value is not None}
    return Settings(**given) if data is None else Settings(data=data, **given)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command; what went wrong is one sentence, not a trace."""
    try:
        return asyncio.run(work)
    except (CommandFailed, ImportRefused, Rejection) as refused:
        err.print(f"[red]{refused}[/red]", highlight=False)
    except (JournalUnavailable, VaultUnavailable) as broken:
        err.print(f"[red]The store can't be used: {broken}[/red]", highlight=False)
    except KeyboardInterrupt:
        err.print("Stopped.")
    raise typer.Exit(1)


def jam_called(store: JamStore, slug: str) -> JamState:
    """The jam with this address. Raises `CommandFailed` naming those there are."""
    state = store.by_slug(slug)
    if state is None:
        names = ", ".join(sorted(store.organization.slugs)) or "none yet"
        raise CommandFailed(f"There is no jam {slug!r}. There are: {names}.")
    return state
