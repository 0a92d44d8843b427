"""The account of an import as it is read, and the progress that is shown meanwhile."""

import io

import pytest
from rich.console import Console

from server.importing.csv_file import import_csv
from server.importing.report import ImportReport, OtherTotal, Remark, VoteAccount
from server.progress import RichProgress


def test_lists_are_cut_short_and_changes_counted_by_kind() -> None:
    report = ImportReport("jam", "CSV file a.csv")
    report.count("a.csv").read = 31
    report.count("a.csv").imported = 30
    report.refuse("a.csv", 3, "it has neither title nor text")
    for line in range(30):
        report.clean("a.csv", line, f"its text is that of line {line + 1}, too: imported")
    lines = list(report.lines(most=2))
    assert "a.csv: 31 read, 30 imported, 1 refused" in lines
    assert "  a.csv, line 3: it has neither title nor text" in lines
    assert "  … and 28 more" in lines
    assert lines[-1] == "  30 × its text is that of line …, too…"
    assert len(list(report.lines(most=None))) == len(lines) + 28 - 1 - 2
    assert report.adds_up


def test_a_missing_line_does_not_add_up() -> None:
    report = ImportReport("jam", "CSV file a.csv")
    report.count("a.csv").read = 2
    report.count("a.csv").imported = 1
    assert not report.adds_up


def test_all_comments_whose_totals_differ_are_named() -> None:
    report = ImportReport("jam", "Polis export p")
    report.votes = VoteAccount(other_totals=[OtherTotal(str(n), n, (2, 0), (1, 0), (2, 0)) for n in range(32)])
    lines = list(report.lines())
    assert sum(line.startswith("  comment ") for line in lines) == 32
    assert "the file counts a repeated vote twice" in lines[-1]
    assert str(OtherTotal("7", 9, (3, 1), (1, 0), (2, 0))).endswith("the file does not say why")
    assert str(Remark("a.csv", 0, "it is large")) == "a.csv: it is large"


@pytest.mark.anyio
async def test_a_bar_shows_every_step_and_ends_full(store, vault, tmp_path) -> None:
    file = tmp_path / "ideas.csv"
    file.write_text("title\n" + "".join(f"Idea number {n}\n" for n in range(50)), "utf-8")
    screen = io.StringIO()
    with RichProgress(Console(file=screen, force_terminal=True, width=100)) as progress:
        await import_csv(store, vault, file, "Bars", {}, 1_800_000_000_000, progress=progress)
    assert "51/51" in screen.getvalue()
    assert "ideas" in screen.getvalue()
