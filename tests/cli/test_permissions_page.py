"""The page about permissions says what the table says."""

from pathlib import Path

from typer.testing import CliRunner

from server.cli import app
from server.cli.permissions import MEANINGS, rendered
from server.jam.permissions import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_page_is_that_of_the_table():
    assert PAGE.read_text("utf-8") == rendered(), "make it anew: hothouse permissions --output docs/permissions.md"


def test_every_action_is_explained():
    assert MEANINGS.keys() == TABLE.keys()


def test_the_command_prints_the_page():
    assert CliRunner().invoke(app, ["permissions"]).stdout == rendered()
