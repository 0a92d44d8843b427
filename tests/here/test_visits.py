"""Absences over a real vault: what a person comes back from, whatever becomes of servers meanwhile."""

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest

from server.jam.since import Mark
from server.vault.port import PersonRecord, VaultUnavailable
from server.vault.sqlite import SqliteVault
from server.vault.visits import Visit, VisitKey
from server.visits import LONG_MS, Absence, Visits

pytestmark = pytest.mark.anyio
START = 1_800_000_000_000
MINUTE = 60_000


class Times:
    """A clock and a jam that stand still until told."""

    def __init__(self) -> None:
        self.now = START
        self.seq = 10

    def visits(self, vault: SqliteVault) -> Visits:
        return Visits(vault, lambda jam_id: self.seq, lambda: self.now)

    def pass_by(self, ms: int, events: int = 5) -> None:
        self.now += ms
        self.seq += events


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[SqliteVault]:
    opened = await SqliteVault.open(tmp_path / "vault.db")
    await opened.add_people([PersonRecord(id, None, id, None, "en", START) for id in ("ann", "ben")])
    yield opened
    await opened.close()


@pytest.fixture
def times() -> Times:
    return Times()


async def test_who_was_never_here_was_never_away(vault: SqliteVault, times: Times) -> None:
    visits = times.visits(vault)
    visits.came("ann", "j1")
    assert await visits.absence("ann", "j1") is None
    assert await visits.absence("ben", "j1") is None


async def test_a_long_absence_is_told_of_until_it_is_put_away_and_stays_to_be_looked_at(
    vault: SqliteVault, times: Times
) -> None:
    visits = times.visits(vault)
    visits.came("ann", "j1")
    times.pass_by(MINUTE)
    visits.left("ann", "j1")
    left = Mark(times.seq, times.now)
    times.pass_by(LONG_MS)
    assert await visits.absence("ann", "j1") == Absence(left, True), "asked before the socket is open"
    visits.came("ann", "j1")
    times.pass_by(MINUTE)
    assert await visits.absence("ann", "j1") == Absence(left, True)
    await visits.put_away("ann", "j1")
    assert await visits.absence("ann", "j1") == Absence(left, False)
    visits.left("ann", "j1")
    times.pass_by(MINUTE)
    visits.came("ann", "j1")
    assert await visits.absence("ann", "j1") == Absence(left, False), "a short absence is none"
    assert await visits.absence("ann", "j2") is None


async def test_a_short_absence_does_not_hide_a_long_one_that_is_unread(vault: SqliteVault, times: Times) -> None:
    visits = times.visits(vault)
    visits.left("ann", "j1")
    left = Mark(times.seq, times.now)
    times.pass_by(2 * LONG_MS)
    for _ in range(3):
        visits.came("ann", "j1")
        times.pass_by(MINUTE)
        visits.left("ann", "j1")
        times.pass_by(MINUTE)
    await visits.flush()
    assert await visits.absence("ann", "j1") == Absence(left, True)


async def test_putting_away_before_the_socket_is_open_is_remembered(vault: SqliteVault, times: Times) -> None:
    visits = times.visits(vault)
    visits.left("ann", "j1")
    times.pass_by(LONG_MS)
    await visits.put_away("ann", "j1")
    visits.came("ann", "j1")
    found = await visits.absence("ann", "j1")
    assert found is not None
    assert not found.is_new


async def test_who_connects_while_they_ask_is_told_all_the_same(
    vault: SqliteVault, times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = times.visits(vault)
    visits.left("ann", "j1")
    left = Mark(times.seq, times.now)
    times.pass_by(LONG_MS)
    await visits.flush()
    read = vault.visits

    async def read_meanwhile(keys: Collection[VisitKey]) -> dict[VisitKey, Visit]:
        visits.came("ann", "j1")
        return await read(keys)

    monkeypatch.setattr(vault, "visits", read_meanwhile)
    assert await visits.absence("ann", "j1") == Absence(left, True)


async def test_a_server_that_ends_in_order_remembers_who_was_here(vault: SqliteVault, times: Times) -> None:
    first = times.visits(vault)
    first.came("ann", "j1")
    times.pass_by(3 * LONG_MS)
    await first.close()
    ended = Mark(times.seq, times.now)
    times.pass_by(LONG_MS)
    second = times.visits(vault)
    second.came("ann", "j1")
    assert await second.absence("ann", "j1") == Absence(ended, True)


async def test_who_stayed_at_another_server_was_not_away(vault: SqliteVault, times: Times) -> None:
    here, there = times.visits(vault), times.visits(vault)
    here.came("ann", "j1")
    there.came("ann", "j1")
    here.left("ann", "j1")
    await here.flush()
    times.pass_by(LONG_MS)
    await there._keep([("ann", "j1")])
    times.pass_by(MINUTE)
    here.came("ann", "j1")
    assert await here.absence("ann", "j1") is None


async def test_what_could_not_be_written_is_written_later(
    vault: SqliteVault, times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = times.visits(vault)
    visits.left("ann", "j1")
    left = Mark(times.seq, times.now)

    async def fails(*_: object) -> None:
        raise VaultUnavailable("full")

    with monkeypatch.context() as patch:
        patch.setattr(vault, "leave_visits", fails)
        with pytest.raises(VaultUnavailable):
            await visits.flush()
    visits.left("ben", "j1")
    times.pass_by(LONG_MS)
    assert await visits.absence("ann", "j1") == Absence(left, True)
    assert await visits.absence("ben", "j1") is not None
