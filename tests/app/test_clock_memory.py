"""A server that is begun anew goes on in the time of the one before it, however the machine's clock was set meanwhile."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from server.app.clock import BELIEVED_MS, Course
from server.app.clock_memory import BEAT_MS, FILE, ClockMemory, remembered
from server.settings import Settings
from server.stores import open_stores
from tests.app.test_clock import HOUR, START, Machine

pytestmark = pytest.mark.anyio


def memory(folder: Path, machine: Machine, boot: str = "this start") -> ClockMemory:
    return ClockMemory(folder / FILE, lambda: machine.uptime, lambda: boot)


@pytest.mark.parametrize("leap", [HOUR, -HOUR])
def test_who_is_begun_during_a_leap_has_the_time_of_the_others(tmp_path: Path, leap: int) -> None:
    machine = Machine()
    first = machine.clock()
    memory(tmp_path, machine).keep(first.course)
    machine.wall += leap
    machine.passes(5_000)
    second = machine.clock(memory(tmp_path, machine).recall())
    assert second() == first() == START + 5_000
    machine.wall -= leap
    machine.passes(5_000)
    assert second() == first() == machine.wall


@pytest.mark.parametrize("leap", [HOUR, -HOUR])
def test_they_believe_a_leap_that_lasts_at_the_same_instant(tmp_path: Path, leap: int) -> None:
    machine = Machine()
    first = machine.clock()
    first()
    machine.wall += leap
    first()
    machine.passes(BELIEVED_MS - 1_000)
    first()
    memory(tmp_path, machine).keep(first.course)
    second = machine.clock(memory(tmp_path, machine).recall())
    for ms in (1, 998, 1, 1, 10_000, 60_000):
        machine.passes(ms)
        assert second() == first()


def test_what_was_kept_before_another_start_of_the_machine_or_long_ago_is_not_taken(tmp_path: Path) -> None:
    machine = Machine()
    memory(tmp_path, machine).keep(Course(7))
    assert memory(tmp_path, machine).recall() == Course(7)
    assert memory(tmp_path, machine, "another start").recall() is None
    machine.passes(BELIEVED_MS)
    assert memory(tmp_path, machine).recall() is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"boot": "this start"}', '{"boot": "this start", "written_at": "x"}', "\0"]
)
def test_a_file_that_can_not_be_read_is_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert memory(tmp_path, Machine()).recall() is None


def test_it_is_written_when_it_moved_and_each_minute(tmp_path: Path) -> None:
    machine, file = Machine(), tmp_path / FILE
    kept = memory(tmp_path, machine)

    def written(course: Course) -> bool:
        file.unlink(missing_ok=True)
        kept.keep(course)
        return file.exists()

    assert [written(course) for course in (Course(0), Course(99), Course(100), Course(100, 5), Course(100))] == [
        True, False, True, True, True,
    ]  # fmt: skip
    machine.passes(BEAT_MS)
    assert written(Course(100))


def test_where_it_can_not_be_kept_time_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = memory(tmp_path / "file", Machine())
    kept.keep(Course(1))
    assert kept.recall() is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


async def test_a_whole_server_keeps_it_beside_its_stores(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    async with open_stores(settings):
        walls = iter(range(START, START + 10_000_000))
        async with remembered(settings.data, lambda: next(walls)) as clock:
            now = clock()
            assert START <= now < START + 10_000
            while not (settings.data / FILE).exists():  # noqa: ASYNC110  files have no event
                await asyncio.sleep(0.01)
        kept: dict[str, Any] = json.loads((settings.data / FILE).read_text())
        assert kept["leapt_at"] is None
        async with remembered(settings.data, lambda: START + HOUR) as clock:
            assert now <= clock() < START + HOUR // 2
