"""A fault while a durable record is applied: nobody reads what it left behind, and the journal makes the state anew."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.events import Event
from server.jam.rejections import InvalidInput, Unavailable
from server.jam.state import JamState
from server.jam_store import PREFIX, JamStore, load_state
from server.journal.memory import MemoryJournal, MemoryStore
from server.journal.port import JournalUnavailable, Record
from server.snapshots import dump
from tests.commands.test_command_handler import Clock, Flaky, entries, found, join, post, state_of, votes

pytestmark = pytest.mark.anyio


class Torn(Exception):
    """A fault of the program, half-way through a record."""


class Applying:
    """Applies as it should, but for the next `faults` times: then it leaves half of an event behind."""

    def __init__(self) -> None:
        self.faults = 0

    def __call__(self, state: JamState, key: int | None, events: Iterable[Event]) -> None:
        if self.faults:
            self.faults -= 1
            state.seq += 1
            state.ideas[0].title = "torn"
            state.ideas[0].supporters.append(99)
            raise Torn
        apply_all(state, key, events)


class Held(Flaky):
    """A journal whose reading waits until it may go on, or fails so many times first."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.failures = 0

    async def _page(self, stream: str, after: int) -> list[Record]:
        await self.may_read.wait()
        if self.failures:
            self.failures -= 1
            raise JournalUnavailable("away")
        return await super()._page(stream, after)


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def journal(shared: MemoryStore) -> Held:
    return Held(shared)


@pytest.fixture
async def store(journal: Held) -> AsyncIterator[JamStore]:
    opened = await JamStore.open(journal, Clock())
    await found(opened)
    yield opened
    await opened.close()


def tearing(store: JamStore) -> Applying:
    applying, handler = Applying(), store._handlers["j"]
    handler._domain = replace(handler._domain, apply_all=applying)
    return applying


async def is_as_its_journal(store: JamStore, journal: MemoryJournal) -> bool:
    return dump(state_of(store)) == dump(await load_state(journal, PREFIX + "j", from_zero=True))


async def test_a_fault_is_mended_from_the_journal_and_the_command_is_in_effect(store: JamStore, journal: Held) -> None:
    state, heard = state_of(store), list[Event]()
    store.watch(lambda state, applied: heard.extend(applied))
    tearing(store).faults = 1
    seqs = await asyncio.gather(*(store.submit("j", vote) for vote in votes(store, 3)))
    assert set(seqs) == {state.seq}
    assert state is state_of(store)
    assert (state.is_sound, state.ideas[0].title, state.ideas[0].support) == (True, "A bus at night", 3)
    assert [type(event).__name__ for event in heard] == ["IdeaSupported"] * 3
    assert await is_as_its_journal(store, journal)
    await store.submit("j", post("p1", "afterwards"))
    assert await is_as_its_journal(store, journal)


async def test_what_another_worker_wrote_may_tear_it_too(store: JamStore, journal: Held, shared: MemoryStore) -> None:
    other = await JamStore.open(MemoryJournal(shared), Clock())
    tearing(store).faults = 1
    await other.submit("j", post("p1", "elsewhere"))
    await store.submit("j", post("p2", "here"))
    assert len(state_of(store).ideas) == 3
    assert await is_as_its_journal(store, journal)
    await other.close()


async def test_until_it_is_mended_it_says_that_it_is_not_sound(store: JamStore, journal: Held) -> None:
    tearing(store).faults = 1
    journal.may_read.clear()
    first, second = (asyncio.ensure_future(store.submit("j", vote)) for vote in votes(store, 2))
    await asyncio.sleep(0.05)
    assert not state_of(store).is_sound
    assert store.due_for_snapshot(1) == []
    assert not first.done()
    journal.may_read.set()
    assert await first <= await second == state_of(store).seq
    assert state_of(store).is_sound


async def test_a_store_that_is_away_meanwhile_is_waited_for(
    store: JamStore, journal: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.command_handler.MEND_AGAIN_S", 0.01)
    tearing(store).faults = 1
    journal.failures = 2
    await store.submit("j", votes(store)[0])
    assert journal.failures == 0
    assert await is_as_its_journal(store, journal)


async def test_a_fault_that_comes_again_closes_the_jam_and_no_other(
    store: JamStore, journal: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = c.CreateJam(
        actor=ids.SYSTEM, id="k", jam="k", slug="second", titles={"en": "B"}, questions={"en": "Why?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=state_of(store).schedule,  # type: ignore[arg-type]
    )  # fmt: skip
    await store.create(create)
    applying = tearing(store)
    applying.faults = 9
    monkeypatch.setattr("server.jam_store.apply.apply_all", applying)
    with pytest.raises(Unavailable):
        await store.submit("j", votes(store)[0])
    assert not state_of(store).is_sound
    with pytest.raises(Unavailable):
        await store.submit("j", votes(store)[1])
    assert sum(b"supported" in record.payload for record in await entries(journal)) == 1
    monkeypatch.undo()
    assert await store.submit("k", join("p0")) > 0
    # Another version of the program finds what was written.
    mended = await JamStore.open(journal, Clock())
    assert state_of(mended).ideas[0].support == 1
    await mended.close()


async def test_a_server_starts_though_one_jam_can_not_be_read(store: JamStore, journal: Held, shared: MemoryStore) -> None:
    create = c.CreateJam(
        actor=ids.SYSTEM, id="k", jam="k", slug="second", titles={"en": "B"}, questions={"en": "Why?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=state_of(store).schedule,  # type: ignore[arg-type]
    )  # fmt: skip
    await store.create(create)
    last = (await entries(journal))[-1]
    await journal.replace(last.stream, last.after, last.payload.replace(b'"topic":"t', b'"topic":"gone'))
    with pytest.raises(KeyError):
        await JamStore.open(MemoryJournal(shared), Clock())
    serving = await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    assert (state_of(serving).is_sound, state_of(serving).slug) == (False, "jam")
    with pytest.raises(Unavailable):
        await serving.submit("j", votes(store)[0])
    other = serving.by_slug("second")
    assert other is not None
    assert other.is_sound
    assert await serving.submit("k", join("p0")) == other.seq
    await serving.close()


# ------------------------------------------------------------------------------------------------ what can't be written down
async def test_what_can_not_be_encoded_is_refused_alone(store: JamStore, journal: Held) -> None:
    """A lone surrogate has no UTF-8: its command fails, and those that came with it do not."""
    before = len(journal.appends)
    poison = join("p\ud800")
    answers = await asyncio.gather(
        *(store.submit("j", one) for one in (*votes(store, 5), poison, *votes(store, 9)[5:])), return_exceptions=True
    )
    assert isinstance(answers.pop(5), TypeError)
    assert [type(answer) for answer in answers] == [int] * 9
    assert journal.appends[before:] == [9]
    assert state_of(store).ideas[0].support == 9
    assert state_of(store).member("p\ud800") is None
    assert await is_as_its_journal(store, journal)


async def test_what_is_too_much_for_a_record_is_refused_alone(
    store: JamStore, journal: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.command_batch.MOST_BYTES_OF_ONE", 2_000)
    large = post("p1", "large")
    large = replace(large, body="x" * 3_000)
    answers = await asyncio.gather(*(store.submit("j", one) for one in (*votes(store, 2), large)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, int, InvalidInput]
    assert len(state_of(store).ideas) == 1
    assert await is_as_its_journal(store, journal)
