"""A small disk of its own for a store: it can be filled, and made read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE_MB = 24


class Disk:
    """A file system in memory, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leaves not a byte."""
        with self._filler.open("ab", buffering=0) as file:
            for piece in (1 << 16, 1 << 10, 1):
                while self._took(file.fileno(), piece):
                    pass

    def empty(self) -> None:
        self._filler.unlink()

    def make_read_only(self) -> None:
        _mount("-o", "remount,ro", str(self.folder))

    def _took(self, descriptor: int, count: int) -> bool:
        try:
            return os.write(descriptor, bytes(count)) == count
        except OSError:
            return False


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Mounted inside. Skips the test where this process may not mount anything."""
    folder.mkdir()
    if _mount("-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)):
        pytest.skip("no disk can be mounted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=False, capture_output=True)


def _mount(*words: str) -> int:
    try:
        return subprocess.run(("mount", *words), check=False, capture_output=True).returncode
    except FileNotFoundError:
        return 1
