"""`hothouse themes --report`: on the terminal in one form, into files in both."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app


def hothouse(data: Path, *words: str) -> tuple[int, str, str]:
    """The command in this process: its exit code, output and errors."""
    result = CliRunner().invoke(app, [*words, "--data", str(data)], env={"COLUMNS": "60", "HOTHOUSE_THEME_WORKERS": "0"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    made = hothouse(folder, "jam", "create", "spring", "--title", "Spring", "--question", "What next?", "--topic", "All")
    assert made[0] == 0
    return folder


def test_a_report_goes_to_the_terminal_in_either_form(data: Path) -> None:
    code, shown, _ = hothouse(data, "themes", "spring", "--report")
    assert code == 0
    assert shown.startswith("# Themes of spring\n")
    code, shown, _ = hothouse(data, "themes", "spring", "--report", "--json")
    assert json.loads(shown)["themes"] == []


@pytest.mark.parametrize("name", ["report.md", "report.json"])
def test_a_report_is_written_as_markdown_and_json(data: Path, tmp_path: Path, name: str) -> None:
    code, shown, _ = hothouse(data, "themes", "spring", "--report", "--output", str(tmp_path / name))
    assert (code, shown) == (0, "")
    assert (tmp_path / "report.md").read_text().startswith("# Themes of spring\n")
    assert json.loads((tmp_path / "report.json").read_text())["scope"] == "what is for everyone"


@pytest.mark.parametrize("option", [["--output", "x.md"], ["--all"]])
def test_what_only_a_report_has_is_refused_without_it(data: Path, option: list[str]) -> None:
    code, _, said = hothouse(data, "themes", "spring", *option)
    assert code == 2
    assert "--report" in said
