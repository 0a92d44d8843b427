"""`hothouse erase`: it asks, erases, proves, and finishes what was cut short."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from tests.cli.test_commands import hothouse
from tests.erasing.lived import ADDRESS, DANA, NAME, TITLE, live, opened


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def lived() -> None:
        async with opened(tmp_path) as (store, vault, _):
            await live(store, vault)

    asyncio.run(lived())
    return tmp_path


def test_somebody_is_erased_by_their_address_and_nothing_is_found_of_them(data: Path) -> None:
    before = hothouse(data, "erase", "--check", "pnobody", NAME, TITLE)
    assert before.returncode == 1
    assert "found: vault.sqlite" in before.stdout
    done = hothouse(data, "erase", ADDRESS, "--withdraw", "--yes")
    assert done.returncode == 0, done.stderr
    assert "spring: verified" in done.stdout
    assert "1 ideas and 1 comments withdrawn" in done.stdout
    assert "no trace of the name and the address is left" in done.stdout
    after = hothouse(data, "erase", "--check", DANA, NAME, ADDRESS, TITLE)
    assert after.returncode == 0, after.stdout
    assert "no trace" in after.stdout


def test_it_asks_before(data: Path) -> None:
    refused = CliRunner().invoke(app, ["erase", ADDRESS, "--data", str(data)], input="n\n")
    assert refused.exit_code == 1
    assert NAME in refused.stdout
    assert hothouse(data, "erase", "--check", DANA, NAME).returncode == 1


def test_who_is_not_there_is_not_erased(data: Path) -> None:
    for who in ("nobody@example.org", "p0"):
        done = hothouse(data, "erase", who, "--yes")
        assert (done.returncode, "nobody" in done.stderr) == (1, True)


def test_a_check_needs_something_to_look_for(data: Path) -> None:
    assert "letters" in hothouse(data, "erase", "--check", "pnobody", "ab").stderr


def test_what_was_begun_is_finished(data: Path) -> None:
    async def begin() -> None:
        async with opened(data) as (store, _, _):
            await store.begin_erasure(DANA, withdraws=True)

    asyncio.run(begin())
    assert "spring: verified" in hothouse(data, "erase").stdout
    assert "No erasure is unfinished" in hothouse(data, "erase").stdout
    assert hothouse(data, "erase", "--check", DANA, NAME, TITLE).returncode == 0
