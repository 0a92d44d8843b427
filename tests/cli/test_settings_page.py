"""The page about settings has every one of them, as it is."""

from pathlib import Path

from typer.testing import CliRunner

from server.cli import app
from server.cli.setting_list import INTERNAL, rendered
from server.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_that_of_the_class() -> None:
    assert PAGE.read_text("utf-8") == rendered(), "make it anew: hothouse settings --output docs/settings.md"


def test_no_setting_is_missing_and_each_is_explained() -> None:
    page = rendered()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert (f"`HOTHOUSE_{name.upper()}`" in page) == (name not in INTERNAL)


def test_the_command_prints_the_page() -> None:
    assert CliRunner().invoke(app, ["settings"]).stdout == rendered()
