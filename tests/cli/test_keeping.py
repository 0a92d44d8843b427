"""Backup, restore and archives from the command line: what is said, and what is refused in words."""

from pathlib import Path

from tests.cli.test_commands import CREATE, hothouse, refused


def test_a_store_is_backed_up_and_restored(tmp_path: Path) -> None:
    assert hothouse(tmp_path / "data", *CREATE).returncode == 0
    made = hothouse(tmp_path / "data", "backup", str(tmp_path / "one.tar"))
    assert made.returncode == 0
    assert "jam spring: " in made.stdout
    restored = hothouse(tmp_path / "there", "restore", str(tmp_path / "one.tar"))
    assert (restored.returncode, restored.stdout) == (0, made.stdout)
    assert hothouse(tmp_path / "there", "verify", "spring").returncode == 0
    assert "already holds" in refused(hothouse(tmp_path / "there", "restore", str(tmp_path / "one.tar")))


def test_an_empty_folder_is_not_backed_up(tmp_path: Path) -> None:
    assert "nothing to back up" in refused(hothouse(tmp_path / "data", "backup", str(tmp_path / "one.tar")))


def test_mongo_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    environment = {"HOTHOUSE_MONGO_URL": "mongodb://127.0.0.1:1"}
    assert "mongodump" in refused(hothouse(tmp_path, "backup", str(tmp_path / "one.tar"), **environment))


def test_a_jam_moves_by_an_archive(tmp_path: Path) -> None:
    assert hothouse(tmp_path / "data", *CREATE).returncode == 0
    made = hothouse(tmp_path / "data", "export", "spring", "--format", "archive", "--out", str(tmp_path / "spring.zip"))
    assert made.returncode == 0
    taken = hothouse(tmp_path / "there", "import", "archive", str(tmp_path / "spring.zip"))
    assert taken.stdout.splitlines()[0] == made.stdout.splitlines()[0]
    assert hothouse(tmp_path / "there", "jam", "list").stdout == "spring: ideation, 0 ideas, 0 supports, 0 members\n"
    assert "here already" in refused(hothouse(tmp_path / "there", "import", "archive", str(tmp_path / "spring.zip")))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spring.zip").write_text("no archive")
    assert "no archive of a jam" in refused(hothouse(tmp_path / "data", "import", "archive", str(tmp_path / "spring.zip")))
    assert "There is no jam" in refused(
        hothouse(tmp_path / "data", "export", "winter", "--format", "archive", "--out", str(tmp_path / "w.zip"))
    )
