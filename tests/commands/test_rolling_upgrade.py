"""Workers of two versions beside each other: the older one folds nothing that it does not know, and writes nothing then."""

from collections.abc import Callable

import orjson
import pytest

from server.jam.rejections import Unavailable
from server.jam_store import JAM_CODEC, ORGANIZATION_STREAM, PREFIX, JamStore, load_state
from server.journal.codec import UnknownEvent
from server.journal.memory import MemoryJournal, MemoryStore
from server.snapshots import dump
from tests.commands.test_command_handler import Clock, found, post, state_of
from tests.commands.test_following import until

pytestmark = pytest.mark.anyio
STREAM = PREFIX + "j"
SUPPORTED = {"t": "idea.supported", "v": 1, "at": 5, "idea": "i1", "person": "p1"}
JOINED = {"t": "member.joined", "v": 1, "at": 5, "person": "p9", "relation": "EMPLOYEE", "role": "PARTICIPANT"}
JOINED |= {"invitation": None, "invited_by": None}

NEWER = {
    "a kind of event that is new": {"t": "idea.levitated", "v": 1, "at": 5, "idea": "i1"},
    "a newer version of a kind": SUPPORTED | {"v": 2},
    "a field that is new": SUPPORTED | {"strength": 3},
    "a field that is gone": {name: value for name, value in SUPPORTED.items() if name != "person"},
    "a role that is new": JOINED | {"role": "WIZARD"},
}


def payload(row: dict[str, object]) -> bytes:
    return orjson.dumps([[7, [row]]])


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("row", NEWER.values(), ids=NEWER)
def test_what_is_not_known_is_never_half_read(row: dict[str, object]) -> None:
    with pytest.raises(UnknownEvent, match="please upgrade"):
        JAM_CODEC.decode(payload(row))


@pytest.mark.parametrize("row", [SUPPORTED, JOINED])
def test_what_is_known_is_read(row: dict[str, object]) -> None:
    assert len(JAM_CODEC.decode(payload(dict(row)))) == 1


@pytest.mark.parametrize("row", NEWER.values(), ids=NEWER)
async def test_an_older_worker_stays_where_it_was_and_writes_nothing(
    shared: MemoryStore, monkeypatch: pytest.MonkeyPatch, row: dict[str, object]
) -> None:
    monkeypatch.setattr("server.jam_store.AGAIN_S", 0.01)
    older = await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    await found(older)
    await until(quiet(older))
    before, seq = dump(state_of(older)), state_of(older).seq
    newer = MemoryJournal(shared)
    await newer.append(STREAM, seq, 1, payload(dict(row)), "newer")
    await until(lambda: older.outgrown == 1)
    with pytest.raises(Unavailable, match="a newer version of Hothouse is taking over"):
        await older.submit("j", post("p1", "too late"))
    assert dump(state_of(older)) == before
    assert await newer.last(STREAM) == seq + 1
    with pytest.raises(UnknownEvent, match="please upgrade"):
        await load_state(newer, STREAM)
    with pytest.raises(UnknownEvent):
        await JamStore.open(MemoryJournal(shared), Clock(), follow=True)
    await older.close()


async def test_other_jams_and_what_is_known_go_on(shared: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version that writes nothing new runs beside the older one for as long as one likes."""
    monkeypatch.setattr("server.jam_store.AGAIN_S", 0.01)
    older, other = [await JamStore.open(MemoryJournal(shared), Clock(), follow=True) for _ in range(2)]
    await found(older)
    await until(lambda: other.get("j") is not None and state_of(other).seq == state_of(older).seq)
    await other.submit("j", post("p1", "from the other"))
    await until(lambda: state_of(older).seq == state_of(other).seq)
    await older.submit("j", post("p1", "from the older"))
    organization = MemoryJournal(shared)
    tail = await organization.last(ORGANIZATION_STREAM)
    await organization.append(ORGANIZATION_STREAM, tail, 1, payload({"t": "wing.opened", "v": 1, "at": 5}), "newer")
    await until(lambda: older.outgrown == 1)
    await older.submit("j", post("p1", "of a jam that is not touched"))
    await until(lambda: dump(state_of(older)) == dump(state_of(other)))
    for store in (older, other):
        await store.close()


def quiet(store: JamStore) -> Callable[[], bool]:
    """Whether the store has taken its own last record."""
    return lambda: store.get("j") is not None and store.waiting == 0
