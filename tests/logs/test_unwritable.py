"""Where the log can't be written, because its disk is full: what is done goes on, and the lines that are missing are counted."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest
import structlog

from server.logs import StandardError


@pytest.fixture
def standard_error() -> Iterator[StandardError]:
    """Our log's way out, set up as in production."""
    before, way_out = structlog.get_config(), StandardError()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(way_out),  # type: ignore[arg-type]
    )
    yield way_out
    structlog.configure(**before)


@pytest.fixture
def full() -> Iterator[IO[str]]:
    """A file on a full disk."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    file = io.TextIOWrapper(io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False)), line_buffering=True)
    yield file
    with suppress(OSError):
        file.close()
    os.close(descriptor)


def test_a_full_disk_stops_nothing_and_is_counted(
    standard_error: StandardError, full: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OSError, match="No space left"):
        full.write("as it would be without care\n")
    monkeypatch.setattr(sys, "stderr", full)
    for number in range(3):
        structlog.get_logger().error("a line", number=number)
    assert standard_error.failures == 3


def test_lines_are_written_again_when_there_is_room(
    standard_error: StandardError, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = (tmp_path / "gone").open("w")
    gone.close()
    monkeypatch.setattr(sys, "stderr", gone)
    structlog.get_logger().error("lost")
    with (tmp_path / "log").open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        structlog.get_logger().error("kept")
    assert standard_error.failures == 1
    assert (tmp_path / "log").read_text() == '{"event": "kept"}\n'
