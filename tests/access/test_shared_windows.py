"""Limits over all workers: as one worker would count, whichever worker is asked, and whatever the vault does."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from server.access.shared_windows import Limit, SharedWindows
from server.access.windows import SlidingWindow
from server.vault.counts import Hit
from server.vault.port import VaultUnavailable
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio
LIMIT = Limit("tries", 5, 10.0)
OTHER = Limit("others", 5, 10.0)


class Clock:
    now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
async def vaults(tmp_path: Path) -> AsyncGenerator[list[SqliteVault], None]:
    opened = [await SqliteVault.open(tmp_path / "vault.sqlite") for _ in range(2)]
    yield opened
    for vault in opened:
        await vault.close()


async def test_two_workers_count_as_one(vaults: list[SqliteVault]) -> None:
    clock = Clock()
    workers = [SharedWindows(vault, clock, [LIMIT]) for vault in vaults]
    alone = SlidingWindow(LIMIT.most, LIMIT.seconds, lambda: clock() / 1_000)
    for step in range(60):
        clock.now += 700 * (step % 5)
        assert await workers[step % 2].has_room((LIMIT, "ada")) == alone.has_room("ada"), step
        assert await workers[step // 3 % 2].hit((LIMIT, "ada")) == alone.hit("ada"), step


async def test_limits_and_keys_are_counted_apart_and_no_key_is_kept(vaults: list[SqliteVault], tmp_path: Path) -> None:
    windows = SharedWindows(vaults[0], Clock(), [LIMIT, OTHER])
    for _ in range(5):
        assert await windows.hit((LIMIT, "ada@example.org"))
    assert not await windows.hit((LIMIT, "ada@example.org"), (OTHER, "ada@example.org"))
    assert await windows.hit((LIMIT, "ben@example.org"))
    assert [await windows.hit((OTHER, "ada@example.org")) for _ in range(6)] == [True] * 5 + [False]
    assert b"example.org" not in everything_in(tmp_path)


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


class Away:
    """A vault that can't serve."""

    async def count_hits(self, hits: Sequence[Hit]) -> bool:
        raise VaultUnavailable("gone")

    async def has_room_for(self, hits: Sequence[Hit]) -> bool:
        raise VaultUnavailable("gone")

    async def shared_secret(self, name: str, proposal: bytes) -> bytes:
        raise VaultUnavailable("gone")


async def test_without_a_vault_each_worker_counts_for_itself() -> None:
    windows = SharedWindows(Away(), Clock(), [LIMIT, OTHER])
    assert [await windows.hit((LIMIT, "ada")) for _ in range(6)] == [True] * 5 + [False]
    assert not await windows.has_room((LIMIT, "ada"))
    assert not await windows.hit((OTHER, "ada"), (LIMIT, "ada"))
    assert [await windows.hit((OTHER, "ada")) for _ in range(6)] == [True] * 5 + [False], "what was refused was not counted"
