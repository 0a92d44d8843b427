"""`hothouse store`, run as people run it: what it prints and its exit code; and what `serve` says before a store was set up."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import hothouse, refused
from tests.stores.secantus import free_port, mongo_server


@pytest.fixture(scope="module")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mongo_server(tmp_path_factory.mktemp("cli-mongo") / "data") as url:
        yield url


def test_files_are_made_and_checked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    missing = hothouse(data, "store", "check")
    assert missing.returncode == 1
    assert "problem: " in missing.stdout
    made = hothouse(data, "store", "init")
    assert made.returncode == 0
    assert [line for line in made.stdout.splitlines() if line.startswith("did: made vault.sqlite")]
    again = hothouse(data, "store", "init")
    assert (again.returncode, "did: " in again.stdout) == (0, False)
    assert hothouse(data, "store", "check").returncode == 0


def test_a_database_is_set_up_before_it_is_served(tmp_path: Path, mongo_url: str) -> None:
    names = {"HOTHOUSE_MONGO_URL": mongo_url, "HOTHOUSE_MONGO_DATABASE": f"test-{uuid.uuid4().hex}"}
    for workers in ("1", "2"):
        said = refused(hothouse(tmp_path, "serve", "--workers", workers, "--port", str(free_port()), **names))
        assert "has not been set up: run `hothouse store init` once" in said
    assert hothouse(tmp_path, "store", "check", **names).returncode == 1
    made = hothouse(tmp_path, "store", "init", **names)
    assert made.returncode == 0
    assert "did: createIndexes records: by_number {stream: 1, after: 1} unique" in made.stdout
    assert "ok: writes are confirmed by a majority" in made.stdout
    checked = hothouse(tmp_path, "store", "check", **names)
    assert (checked.returncode, "problem" in checked.stdout) == (0, False)


def test_an_address_with_a_password_is_not_repeated(tmp_path: Path) -> None:
    wrong = {"HOTHOUSE_MONGO_URL": "mongodb://hothouse:topsecret@127.0.0.1:notaport/"}
    for words in (("store", "init"), ("store", "check"), ("serve",), ("jam", "list")):
        assert "topsecret" not in refused(hothouse(tmp_path, *words, **wrong))
