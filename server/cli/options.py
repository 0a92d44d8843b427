"""Options that several commands take, and what they have in common."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console

from server.importing.report import ImportRefused
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam_store import JamStore
from server.journal.codec import UnknownEvent
from server.journal.port import JournalUnavailable
from server.organization.domain import OrganizationState
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
    """The settings of the environment, with what the command line names. What can't be one is a usage error."""
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings(**given) if data is None else Settings(data=data, **given)
    except ValidationError as refused:
        raise typer.BadParameter("; ".join(map(_what_is_wrong, refused.errors()))) from None


def _what_is_wrong(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else "settings"
    return f"--{name.replace('_', '-')} or HOTHOUSE_{name.upper()}: {error['msg']}"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command; what went wrong is one sentence, not a trace."""
    try:
        return _on_fast_loop(work)
    except (CommandFailed, ImportRefused, Rejection, UnknownEvent) as refused:
        _complain(str(refused))
    except (JournalUnavailable, VaultUnavailable) as broken:
        _complain(f"The store can't be used: {broken}")
    except OSError as failed:
        _complain(f"{failed.strerror or failed}: {failed.filename}" if failed.filename else str(failed))
    except KeyboardInterrupt:
        _complain("Stopped.")
    raise typer.Exit(1)


def _on_fast_loop(work: Coroutine[Any, Any, T]) -> T:
    """On uvloop where there is one: half the CPU of a tick to thousands. `asyncio.run` would take the library's own loop."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    return uvloop.run(work)


def say(words: str, to: Console = out) -> None:
    """A line as it is, not broken at a terminal's width: programs may read it, and what people typed is no markup."""
    to.print(words, markup=False, highlight=False, soft_wrap=True)


def publish(page: str, output: Path | None) -> None:
    """A page to read: into a file, else as it is to the standard output."""
    if output is None:
        typer.echo(page, nl=False)
    else:
        output.write_text(page, "utf-8")


def _complain(words: str) -> None:
    """As it is: what people typed is no markup."""
    err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)


def jam_called(store: JamStore, slug: str) -> JamState:
    """The jam with this address. Raises `CommandFailed` naming those there are."""
    state = store.get(jam_id_called(store.organization, slug))
    if state is None:
        raise CommandFailed(f"The jam {slug!r} was begun and never made: make it again.")
    return state


def jam_id_called(organization: OrganizationState, slug: str) -> str:
    """The id of the jam with this address, of which nothing is loaded. Raises `CommandFailed` naming those there are."""
    id = organization.slugs.get(slug)
    if id is None:
        names = ", ".join(sorted(organization.slugs)) or "none yet"
        raise CommandFailed(f"There is no jam {slug!r}. There are: {names}.")
    return id
