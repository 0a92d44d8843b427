"""`hothouse store init` and `hothouse store check`."""

from collections.abc import Awaitable, Callable

import typer

from server.cli.options import CommandFailed, Data, run, say, settings_with
from server.preparing.report import StoreRefused, StoreReport
from server.settings import Settings
from server.stores import check_stores, init_stores

app = typer.Typer(help="Set the stores up, and check them.", no_args_is_help=True)


@app.command("init")
def init(data: Data = None) -> None:
    """Set the stores up: files, or collections, indexes and shard key. Says what it ran; again it changes nothing."""
    _report(init_stores, settings_with(data))


@app.command("check")
def check(data: Data = None) -> None:
    """Check that the stores are set up, sound and writable by a majority. Changes nothing."""
    _report(check_stores, settings_with(data))


def _report(work: Callable[[Settings], Awaitable[StoreReport]], settings: Settings) -> None:
    async def told() -> StoreReport:
        try:
            return await work(settings)
        except StoreRefused as refused:
            raise CommandFailed(str(refused)) from refused

    report = run(told())
    for line in report.lines():
        say(line)
    if not report.ok:
        raise typer.Exit(1)
