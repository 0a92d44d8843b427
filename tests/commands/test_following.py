"""What keeps a worker alive beside others: faults in one part stay there, and nothing that was written is missed."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.events import Event
from server.jam.state import JamState
from server.jam_store import ORGANIZATION_STREAM, PREFIX, JamStore, load_state
from server.journal.memory import MemoryJournal, MemoryStore
from server.journal.port import Record
from server.snapshots import KIND, dump
from tests.commands.test_command_handler import OPEN, Clock, found, join, post, state_of

pytestmark = pytest.mark.anyio


class Stumbling(MemoryJournal):
    """A real journal that hands its followers a record they can't read, once for each stream."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self.stumbled: set[str] = set()

    async def follow(self, stream: str, after: int = 0, known: Callable[[], int] | None = None) -> AsyncGenerator[Record, None]:
        async for record in super().follow(stream, after, known):
            if stream not in self.stumbled:
                self.stumbled.add(stream)
                yield Record(record.stream, record.after, record.count, b'[[1,[{"t":"from.the.future","v":9}]]]', record.token)
            yield record


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.jam_store.AGAIN_S", 0.01)


def second(slug: str = "second") -> c.CreateJam:
    return c.CreateJam(
        actor=ids.SYSTEM, id="second", jam="k", slug=slug, titles={"en": "B"}, questions={"en": "Why?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=OPEN,
    )  # fmt: skip


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  the thing waited for has no event of its own
            await asyncio.sleep(0.01)


async def test_a_watcher_that_fails_neither_refuses_what_is_durable_nor_silences_the_others(shared: MemoryStore) -> None:
    store = await JamStore.open(MemoryJournal(shared), Clock())
    heard: list[int] = []

    def broken(state: JamState, applied: Sequence[Event]) -> None:
        raise RuntimeError("a watcher's own fault")

    store.watch(broken)
    store.watch(lambda state, applied: heard.append(state.seq))
    await found(store)
    seq = await store.submit("j", post("p1", "heard"))
    assert (seq, heard[-1]) == (state_of(store).seq, state_of(store).seq)
    assert len(state_of(store).ideas) == 2
    await store.close()


async def test_following_goes_on_after_a_record_that_could_not_be_taken(shared: MemoryStore) -> None:
    """A fault that passes (a version of the program that is replaced, a watcher) does not deafen the worker for ever."""
    writer = await JamStore.open(MemoryJournal(shared), Clock())
    await found(writer)
    reader = await JamStore.open(Stumbling(shared), Clock(), follow=True)
    await writer.submit("j", post("p1", "elsewhere"))
    await writer.create(second())
    await until(lambda: len(state_of(reader).ideas) == 2 and reader.by_slug("second") is not None)
    assert dump(state_of(reader)) == dump(state_of(writer))
    for store in (writer, reader):
        await store.close()


async def test_a_store_closes_though_a_follower_failed(shared: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.jam_store.AGAIN_S", 60.0)
    writer = await JamStore.open(MemoryJournal(shared), Clock())
    await found(writer)
    journal = Stumbling(shared)
    reader = await JamStore.open(journal, Clock(), follow=True)
    await writer.submit("j", post("p1", "elsewhere"))
    await until(lambda: PREFIX + "j" in journal.stumbled)
    await reader.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("follow ")]
    await writer.close()


async def test_a_jam_that_another_worker_made_arrives_once_and_whole(shared: MemoryStore) -> None:
    writer = await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    reader = await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    arrived: dict[str, list[str]] = {"writer": [], "reader": []}
    seen: list[Event] = []
    writer.on_arrival(lambda state: arrived["writer"].append(state.id))
    reader.on_arrival(lambda state: arrived["reader"].append(state.id))
    reader.watch(lambda state, applied: seen.extend(applied))
    await writer.create(second())
    await writer.create(second())
    await writer.submit("k", c.AddTopic(actor=ids.SYSTEM, id="topic", titles={"en": "All"}, descriptions={}))
    await until(lambda: (state := reader.get("k")) is not None and len(state.topics) == 1)
    await asyncio.sleep(0.05)
    assert arrived == {"writer": ["k"], "reader": ["k"]}
    state = reader.get("k")
    assert state is not None
    assert len(seen) == state.seq
    for store in (writer, reader):
        await store.close()


async def test_making_a_jam_goes_on_where_a_failure_stopped_it(shared: MemoryStore) -> None:
    """The address was taken, then the server died: the same command finishes the work."""
    died = await JamStore.open(MemoryJournal(shared), Clock())
    await died.create(second())
    del shared.records[PREFIX + "k"]
    store = await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    assert store.by_slug("second") is None
    await store.create(second())
    assert store.by_slug("second") is not None
    assert len(shared.records[ORGANIZATION_STREAM]) == 1
    for one in (died, store):
        await one.close()


@pytest.mark.parametrize("data", [b"", b"no snapshot at all", b"\x80"])
async def test_a_damaged_snapshot_is_passed_over(shared: MemoryStore, data: bytes) -> None:
    journal = MemoryJournal(shared)
    store = await JamStore.open(journal, Clock())
    await found(store)
    state = state_of(store)
    await journal.save_snapshot(PREFIX + "j", state.seq, KIND, data)
    assert dump(await load_state(journal, PREFIX + "j")) == dump(state)
    await store.close()


async def test_a_snapshot_of_what_the_journal_no_longer_has_is_passed_over(shared: MemoryStore) -> None:
    """The journal was restored from an older backup than the snapshot."""
    journal = MemoryJournal(shared)
    store = await JamStore.open(journal, Clock())
    await found(store)
    before = dump(state_of(store))
    await store.submit("j", join("p40"))
    await store.save_snapshot(state_of(store))
    shared.records[PREFIX + "j"].popitem()
    assert dump(await load_state(journal, PREFIX + "j")) == before
    await store.close()


async def test_a_request_that_goes_away_leaves_the_others_alone(shared: MemoryStore) -> None:
    """Cancelled before its turn, a command is not carried out; the one behind it is."""
    store = await JamStore.open(MemoryJournal(shared), Clock())
    await found(store)
    gone = asyncio.create_task(store.submit("j", post("p1", "gone")))
    stays = asyncio.create_task(store.submit("j", post("p2", "stays")))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await stays
    assert [idea.author for idea in state_of(store).ideas][1:] in (["p2"], ["p1", "p2"])
    assert state_of(store).ideas[-1].author == "p2"
    replayed = await load_state(MemoryJournal(shared), PREFIX + "j", from_zero=True)
    assert dump(replayed) == dump(state_of(store))
    await store.close()
