"""Several workers count the same people: each once, whoever is where, whatever is told late, twice or not at all."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.app.exchange import GONE_S, KEEP_S, OLD_MS, Exchange
from server.app.gathering import Gathering, packed, unpacked
from server.live.presence import Presence
from server.vault.notes import WorkerNote
from server.vault.sqlite import SqliteVault

PEOPLE = [f"p{number}" for number in range(12)]


def jam_of(people: Sequence[str]) -> Any:
    """As much of a jam's state as is asked for: its members by number."""
    members = [SimpleNamespace(person=person) for person in people]
    return SimpleNamespace(members=members, member_numbers={person: number for number, person in enumerate(people)})


class Worker:
    def __init__(self, people: Sequence[str] = PEOPLE) -> None:
        self.jam = jam_of(people)
        self.changed = 0
        self.gathering = Gathering(lambda jam_id: self.jam, lambda jam_id: Presence(jam_id), self._note)
        self.open: Counter[str] = Counter()

    def _note(self, jam_id: str) -> None:
        self.changed += 1

    @property
    def presence(self) -> Presence:
        return self.gathering.presence("j1")

    def said(self) -> bytes:
        return self.gathering.tell().get("j1", b"")


@given(st.sets(st.integers(0, 200_000)))
def test_numbers_come_back(numbers: set[int]) -> None:
    assert set(unpacked(packed(numbers)).nonzero()[0].tolist()) == numbers


def test_ten_thousand_of_a_large_jam_take_little() -> None:
    assert len(packed(range(0, 150_000, 15))) < 20_000


ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["enter", "leave"]), st.integers(0, 2), st.sampled_from(PEOPLE)),
        st.tuples(st.sampled_from(["hear", "gone"]), st.integers(0, 2), st.integers(0, 2)),
    ),
    max_size=60,
)


@given(ACTS)
def test_when_all_have_heard_all_each_counts_every_person_once(acts: list[tuple[str, int, Any]]) -> None:
    workers = [Worker() for _ in range(3)]
    for act, which, what in acts:
        worker = workers[which]
        if act == "enter":
            worker.presence.enter(what)
            worker.open[what] += 1
        elif act == "leave" and worker.open[what]:
            worker.presence.leave(what)
            worker.open[what] -= 1
        elif act in ("hear", "gone") and which != what:
            worker.gathering.hear(f"w{what}", "j1", workers[what].said() if act == "hear" else b"")
        assert set(worker.presence.on_this_worker) == {person for person, count in worker.open.items() if count}
    for hearing, worker in enumerate(workers):
        for telling, other in enumerate(workers):
            if hearing != telling:
                worker.gathering.hear(f"w{telling}", "j1", other.said())
    everybody = {person for worker in workers for person in worker.presence.on_this_worker}
    for worker in workers:
        assert worker.gathering.here("j1") == len(everybody)
        assert sum(worker.gathering.origins("j1").values()) == len(everybody)


def test_whoever_joined_a_moment_ago_is_counted_as_soon_as_this_worker_knows_them_too() -> None:
    behind, ahead = Worker(PEOPLE[:3]), Worker()
    for person in (PEOPLE[1], PEOPLE[7]):
        ahead.presence.enter(person)
    behind.gathering.hear("w2", "j1", ahead.said())
    assert behind.gathering.here("j1") == 1
    behind.jam = jam_of(PEOPLE)
    behind.gathering.hear("w2", "j1", ahead.said())
    assert (behind.gathering.here("j1"), behind.changed) == (2, 2)
    behind.gathering.hear("w2", "j1", ahead.said())
    assert behind.changed == 2, "nothing is told again where nothing is different"


def test_jams_nobody_knows_have_nobody() -> None:
    gathering = Gathering(lambda jam_id: None, lambda jam_id: Presence(jam_id), lambda jam_id: None)
    gathering.hear("w2", "nowhere", packed([1]))
    assert (gathering.here("nowhere"), dict(gathering.origins("nowhere")), dict(gathering.tell())) == (0, {}, {})


class Pair:
    """Two exchanges over one vault, with a clock that is moved by hand."""

    def __init__(self, vault: SqliteVault) -> None:
        self.vault = vault
        self.now = 1_000.0
        self.has: dict[str, bytes] = {}
        self.heard: list[tuple[str, str, bytes]] = []
        self.one = self.exchange("w1")
        self.two = self.exchange("w2")
        self.one.share("what", lambda: self.has, lambda *told: None)
        self.two.share("what", dict, lambda *told: self.heard.append(told))

    def exchange(self, worker: str) -> Exchange:
        return Exchange(self.vault, lambda: int(1000 * self.now), lambda: self.now, worker)

    async def beat(self, after: float = 0.0) -> list[tuple[str, str, bytes]]:
        """Both beat; what the second heard meanwhile."""
        self.now += after
        self.heard.clear()
        await self.one.beat()
        await self.two.beat()
        return self.heard.copy()


@pytest.fixture
async def pair(tmp_path: Path) -> Any:
    vault = await SqliteVault.open(tmp_path / "vault.sqlite")
    yield Pair(vault)
    await vault.close()


pytestmark = pytest.mark.anyio


async def test_what_changed_is_told_at_once_and_what_did_not_only_now_and_then(pair: Pair) -> None:
    assert await pair.beat() == []
    pair.has = {"j1": b"a"}
    assert await pair.beat() == [("w1", "j1", b"a")]
    assert await pair.beat(KEEP_S / 2) == []
    assert await pair.beat(KEEP_S / 2) == [("w1", "j1", b"a")]
    pair.has = {"j1": b"b", "j2": b"c"}
    assert await pair.beat() == [("w1", "j1", b"b"), ("w1", "j2", b"c")]
    pair.has = {"j2": b"c"}
    assert await pair.beat() == [("w1", "j1", b"")]
    assert await pair.beat(2 * KEEP_S) == [("w1", "j2", b"c")]


async def test_a_worker_whose_beats_stay_is_gone_by_the_readers_own_clock(pair: Pair) -> None:
    pair.has = {"j1": b"a"}
    await pair.beat()
    pair.heard.clear()
    pair.now += GONE_S
    await pair.two.beat()
    assert pair.heard == []
    pair.now += 1
    await pair.two.beat()
    await pair.two.beat()
    assert pair.heard == [("w1", "j1", b"")]
    assert await pair.beat() == [("w1", "j1", b"a")], "it was only slow"


async def test_what_a_dead_worker_left_long_ago_counts_for_nobody_who_starts_and_is_swept(pair: Pair) -> None:
    left = WorkerNote("w0", "what:j1", 7, b"old", int(1000 * (pair.now - GONE_S - 1)))
    await pair.vault.put_notes([left])
    assert await pair.beat() == []
    await pair.vault.put_notes([WorkerNote("w0", "what:j1", 8, b"alive", left.written_at)])
    assert await pair.beat() == [("w0", "j1", b"alive")], "its clock is wrong, but it beats"
    pair.now += OLD_MS / 1000
    await pair.one.sweep()
    assert await pair.vault.notes_of_others("w1") == []
    await pair.two.beat()
    assert pair.heard[-1] == ("w0", "j1", b"")


async def test_a_worker_that_ends_in_order_is_gone_at_once(pair: Pair) -> None:
    pair.has = {"j1": b"a"}
    await pair.beat()
    await pair.one.close()
    pair.heard.clear()
    await pair.two.beat()
    assert pair.heard == [("w1", "j1", b"")]


async def test_what_can_not_be_read_harms_nothing_else(pair: Pair) -> None:
    taken: list[str] = []

    def take(worker: str, jam_id: str, body: bytes) -> None:
        if body == b"nonsense":
            raise ValueError("another version's words")
        taken.append(jam_id)

    pair.two.share("what", lambda: cast("dict[str, bytes]", {}), take)
    pair.has = {"j1": b"nonsense", "j2": b"fine"}
    await pair.vault.put_notes([WorkerNote("w1", "unheard-of:j1", 1, b"x", int(1000 * pair.now))])
    await pair.beat()
    assert taken == ["j2"]
