"""The command line: `hothouse --help` lists what it can do."""

import typer

from server import logs
from server.cli import data, erasing, exports, jams, keeping, permissions, serving, setting_list, sharing, store

app = typer.Typer(
    name="hothouse",
    help="Innovation jams: post, build on each other's ideas and vote, live, while the ideas group themselves into themes.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.command("serve")(serving.serve)
app.add_typer(jams.app, name="jam")
app.add_typer(data.imports, name="import")
data.imports.command("archive")(keeping.import_archive)
app.command("export")(exports.export)
app.command("verify")(data.verify)
app.command("snapshot")(data.snapshot)
app.command("themes")(data.themes)
app.command("replay")(data.replay)
app.command("link")(sharing.link)
app.add_typer(store.app, name="store")
app.command("backup")(keeping.backup)
app.command("restore")(keeping.restore_backup)
app.command("erase")(erasing.erase)
app.command("permissions")(permissions.permissions)
app.command("settings")(setting_list.settings)


def main() -> None:
    """The entry point."""
    logs.configure()
    app()
