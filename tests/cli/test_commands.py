"""The command line, run as people run it: what it prints, its exit code, and never a trace."""

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.app.clock import Course, uptime_ms, wall_clock
from server.app.clock_memory import FILE, ClockMemory
from server.cli import app

CREATE = ("jam", "create", "spring", "--title", "Spring", "--question", "What next?", "--topic", "All")


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def hothouse(data: Path, *words: str, **env: str) -> Done:
    """The command in this process: a child takes seconds to start. What it does not catch itself fails the test."""
    result = CliRunner().invoke(app, [*words, "--data", str(data)], env={"COLUMNS": "60", **env})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    made = hothouse(folder, *CREATE)
    assert (made.returncode, made.stdout) == (0, "http://127.0.0.1:8000/jam/spring\n")
    return folder


def refused(done: Done) -> str:
    """What was said; a refusal is words on standard error and a code."""
    assert done.returncode != 0
    assert done.stdout == ""
    return " ".join(done.stderr.split())


def test_a_jam_is_made_and_listed_on_one_line_each(data: Path) -> None:
    listed = hothouse(data, "jam", "list")
    assert listed.stdout == "spring: ideation, 0 ideas, 0 supports, 0 members\n"


def test_a_server_that_would_trust_nothing_does_not_start(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("server.app.parts"), "FRONTEND", tmp_path)
    said = refused(hothouse(data, "serve", "--port", "8104", HOTHOUSE_TRUSTED_DOCUMENTS_ONLY="true"))
    assert "HOTHOUSE_TRUSTED_DOCUMENTS_ONLY is on" in said
    assert "make setup" in said


def test_an_empty_store_says_how_to_begin(tmp_path: Path) -> None:
    assert "hothouse jam create" in refused(hothouse(tmp_path, "jam", "list"))
    assert "Start the server once" in refused(hothouse(tmp_path, "link"))


def test_an_address_is_taken_once(data: Path) -> None:
    assert "belongs to another jam" in refused(hothouse(data, *CREATE))
    assert hothouse(data, "jam", "list").stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("s-nan", ("--topic", "All", "--hours", "nan")),
        ("s-inf", ("--topic", "All", "--hours", "inf")),
        ("s-minus", ("--topic", "All", "--hours", "-1")),
        ("s-empty", ("--topic", "")),
        ("s-long", ("--topic", "All", "--topic", "x" * 5000)),
        ("S pace", ("--topic", "All")),
        ("s-when", ("--topic", "All", "--opens", "tomorrow")),
    ],
)
def test_a_jam_that_can_not_be_made_leaves_nothing_behind(data: Path, slug: str, words: tuple[str, ...]) -> None:
    refused(hothouse(data, "jam", "create", slug, "--title", "T", "--question", "Q?", *words))
    assert hothouse(data, "jam", "list").stdout == "spring: ideation, 0 ideas, 0 supports, 0 members\n"


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_an_export_is_written(data: Path, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"[out].{format}"
    done = hothouse(data, "export", "spring", "--format", format, "--out", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert file.name in done.stderr
    if format == "csv":
        assert len(list(csv.reader(file.read_text("utf-8-sig").splitlines()))) == 1
    elif format == "json":
        assert json.loads(file.read_text("utf-8"))["jam"]["slug"] == "spring"
    else:
        assert file.read_bytes()[:2] == b"PK"


def test_a_snapshot_reads_its_own_jam_and_no_other(tmp_path: Path) -> None:
    """A server has it saved each minute, beside however many and large jams: here one that can't be read at all."""
    hothouse(tmp_path, *CREATE)
    hothouse(tmp_path, *("other" if word == "spring" else word for word in CREATE))
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db, db:
        spring, other = (
            stream for (stream,) in db.execute("SELECT DISTINCT stream FROM records WHERE stream LIKE 'jam:%' ORDER BY rowid")
        )
        db.execute("UPDATE records SET payload = 'unreadable' WHERE stream = ?", (other,))
    done = hothouse(tmp_path, "snapshot", "spring")
    assert done.returncode == 0
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db:
        assert db.execute("SELECT stream FROM snapshots").fetchall() == [(spring,)]
    assert "There are: other, spring." in refused(hothouse(tmp_path, "snapshot", "none"))


@pytest.mark.parametrize("jam", ["none", "[/x]", "[red]"])
def test_an_unknown_jam_is_named_as_it_was_given(data: Path, tmp_path: Path, jam: str) -> None:
    said = refused(hothouse(data, "export", jam, "--format", "csv", "--out", str(tmp_path / "x.csv")))
    assert repr(jam) in said
    assert "There are: spring." in said
    assert not (tmp_path / "x.csv").exists()


def test_files_that_can_not_be_written_or_used_are_named(data: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "x.csv"
    assert "No such file" in refused(hothouse(data, "export", "spring", "--format", "csv", "--out", str(nowhere)))
    file = tmp_path / "a-file"
    file.touch()
    assert "a-file" in refused(hothouse(file, "jam", "list")).replace(" ", "")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "abc"), ("PORT", "70000"), ("THEME_WORKERS", "-1"), ("PUBLIC_URL", "jam.example.com")]
)
def test_a_setting_that_is_none_is_named(data: Path, name: str, value: str) -> None:
    assert f"HOTHOUSE_{name}" in refused(hothouse(data, "jam", "list", **{f"HOTHOUSE_{name}": value}))


def test_a_port_that_is_none_is_refused(data: Path) -> None:
    assert "port" in refused(hothouse(data, "serve", "--port", "99999")).lower()


def test_an_honest_journal_is_verified(data: Path) -> None:
    done = hothouse(data, "verify", "spring")
    assert done.returncode == 0
    assert "verified" in done.stdout


def test_a_damaged_journal_fails_with_a_code(tmp_path: Path) -> None:
    assert hothouse(tmp_path, *CREATE).returncode == 0
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE records SET payload = replace(payload, '\"jam.published\"', '\"jam.unknown\"')")
        journal.execute("UPDATE records SET payload = CAST(payload AS BLOB)")
    done = hothouse(tmp_path, "verify", "spring")
    assert done.returncode == 1
    assert "jam.unknown" in done.stdout
    assert "Traceback" not in done.stderr
    assert "jam.unknown" in refused(hothouse(tmp_path, "jam", "list"))


def test_what_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"no database at all" * 400)
    assert "not a database" in refused(hothouse(tmp_path, "verify", "spring"))


def test_a_child_process_says_what_is_wrong_without_a_trace(data: Path, tmp_path: Path) -> None:
    words = ("export", "[/x]", "--format", "csv", "--out", str(tmp_path / "x.csv"), "--data", str(data))
    done = subprocess.run([sys.executable, "-m", "server", *words], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no jam '[/x]'. There are: spring.\n"


def test_a_link_for_nobody_is_refused(data: Path) -> None:
    assert "nobody" in refused(hothouse(data, "link", "nobody@example.org"))


def test_a_command_has_the_time_of_the_servers_while_the_machines_clock_is_off(tmp_path: Path) -> None:
    """They believe it is an hour earlier than the machine says, since it leapt: so the jam that ends in half an hour goes on."""
    begins = datetime.fromtimestamp(wall_clock() / 1000 - 1.5 * 3_600, UTC).isoformat()
    made = hothouse(tmp_path, *CREATE, "--opens", begins, "--hours", "1", "--refinement-hours", "0")
    assert made.returncode == 0
    assert "spring: review" in hothouse(tmp_path, "jam", "list").stdout
    uptime = uptime_ms()
    ClockMemory(tmp_path / FILE).keep(Course(wall_clock() - 3_600_000 - uptime, leapt_at=uptime))
    assert "spring: ideation" in hothouse(tmp_path, "jam", "list").stdout
