"""What was seen plus what was told since is what there is: no gap, no double, whatever happens in between."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.api.execution import Engine
from server.live.answers import lowered, lowered_little
from server.live.groups import Member
from server.live.limits import LiveLimits
from server.live.line import Line
from server.live.metrics import LiveCounters
from server.live.stage import Stage, Tools
from server.live.target import target_of
from tests.live.toy import ToyFeed, World, documents

CHANGES = """subscription($jam: ID!, $after: Int!) {
  jamChanges(jamId: $jam, afterSeq: $after) { fromSeq seq mustRefetch ideas { id votes } }
}"""
HIGH = LiveLimits().high_water_bytes


class Reader:
    """An outlet whose reader reads at once, or, while `is_asleep`, not at all; it folds what it is told."""

    def __init__(self, has_wire: bool) -> None:
        self.send_now: Callable[[bytes], int] | None = self._send_now if has_wire else None
        self.buffered: Callable[[], int] = lambda: HIGH + 1 if self.is_asleep else 0
        self.is_asleep = False
        self.told: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.writes = 0

    def post(self, message: bytes) -> None:
        self.writes += 1
        self.told.append(orjson.loads(message))

    async def ready(self) -> None:
        return

    async def finish(self) -> None:
        return

    def close(self, code: int, reason: str, linger: float) -> None:
        raise AssertionError("nobody is closed here")

    def _send_now(self, data: bytes) -> int:
        if self.is_asleep:
            raise BlockingIOError
        self.meanwhile()
        self.push(data)
        return len(data)

    def push(self, data: bytes) -> bool:
        assert self.send_now is not None
        self.writes += 1
        while data:
            short = data[1] & 127
            start = 2 if short < 126 else 4
            size = short if short < 126 else int.from_bytes(data[2:4], "big")
            self.told.append(orjson.loads(data[start : start + size]))
            data = data[start + size :]
        return True


class Client:
    """Keeps votes by idea and the number up to which it knows them, across connections."""

    def __init__(self, room: "Room", has_wire: bool, extra: bool) -> None:
        self.room = room
        self.has_wire = has_wire
        self.extra = extra
        self.seq = 0
        self.votes: dict[str, int] = {}
        self.also = 0
        self.line: Line | None = None
        self.reader = Reader(has_wire)

    async def connect(self) -> None:
        self.reader = Reader(self.has_wire)
        self.line = Line(self.reader)
        await self.room.follow(self.line, "a", self.seq)
        if self.extra:
            await self.room.follow(self.line, "b", self.room.feed.seq, "second")

    async def toggle(self) -> None:
        """The same once more on the same connection, or not any more: the first one moves between being alone and not."""
        if self.line is None:
            return
        if "also" in self.line.operations:
            self.line.end("also")
            self.reader.told = [message for message in self.reader.told if message["id"] != "also"]
        else:
            self.also = self.room.feed.seq
            await self.room.follow(self.line, "also", self.also)

    def drop(self) -> None:
        if self.line is not None:
            self.line.end_all()
            self.line = None

    def fold(self) -> None:
        told = self.reader.told.copy()
        self.reader.told.clear()
        for message in told:
            assert message["type"] == "next"
            changes = message["payload"]["data"]["jamChanges"]
            if message["id"] == "a":
                self._take(changes)
            elif message["id"] == "also":
                assert changes["mustRefetch"] or changes["fromSeq"] == self.also, "a gap, or told twice"
                self.also = changes["seq"]

    def _take(self, changes: dict[str, Any]) -> None:
        if changes["mustRefetch"]:
            self.votes, self.seq = dict(self.room.feed.votes), changes["seq"]
            return
        assert changes["fromSeq"] == self.seq, "a gap, or told twice"
        self.votes |= {idea["id"]: idea["votes"] for idea in changes["ideas"]}
        self.seq = changes["seq"]


class Room:
    """A stage with its feed, driven by hand."""

    def __init__(self, memory: int = 1000, **limits: Any) -> None:
        self.world = World(feeds={"j1": ToyFeed("j1", memory)})
        self.feed = self.world.feeds["j1"]
        self.documents = documents()
        self.counters = LiveCounters()
        chosen = LiveLimits(here_seconds=1e9, **limits)
        engine = Engine(self.documents.schema)
        tools = Tools(engine, self.world, chosen, self.counters, time.monotonic, lambda: None)
        self.stage = Stage(self.feed, tools)

    async def follow(self, line: Line, operation_id: str, after: int, name: str | None = None) -> Member:
        text = CHANGES if name is None else CHANGES.replace("subscription", f"subscription {name}", 1)
        prepared = self.documents.prepare(text, None, None)
        variables = {"jam": "j1", "after": after}
        target = target_of(self.documents, prepared, variables)
        group = self.stage.group((target.shared_key, "all"), prepared, variables)
        member = Member(line, operation_id, group, None, after, time.monotonic())
        await self.stage.follow(member)
        return member


ACTION = st.one_of(
    st.tuples(st.just("vote"), st.integers(0, 4)),
    st.tuples(st.sampled_from(["connect", "drop", "sleep", "wake", "race", "toggle"]), st.integers(0, 3)),
    st.tuples(
        st.sampled_from(["toggle", "renew", "drop", "connect", "sleep"]).map("{} in the tick".format), st.integers(0, 15)
    ),
    st.tuples(st.just("tick"), st.just(0)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTION, max_size=60), st.sampled_from([1000, 3]), st.sampled_from([1, 2, 256]))
def test_what_was_seen_and_what_was_told_is_what_there_is(actions: list[tuple[str, int]], memory: int, writes: int) -> None:
    asyncio.run(_live_through(actions, memory, writes))


async def _live_through(actions: list[tuple[str, int]], memory: int, writes: int) -> None:
    room = Room(memory, writes_per_turn=writes)
    clients = [Client(room, wire, extra) for wire in (True, False) for extra in (True, False)]
    for action, which in actions:
        await _act(room, clients, action, which)
        for client in clients:
            client.fold()
    for client in clients:
        client.reader.is_asleep = False
        if client.line is None:
            await client.connect()
    for _ in range(3):
        await room.stage.tick()
    for client in clients:
        client.fold()
        assert client.votes == room.feed.votes
        assert client.seq == room.feed.seq


async def _act(room: Room, clients: list[Client], action: str, which: int) -> None:
    client = clients[which % len(clients)]
    match action:
        case "vote":
            room.feed.support(f"i{which}")
        case "tick":
            await room.stage.tick()
        case "connect" if client.line is None:
            await client.connect()
        case "race" if client.line is None:
            room.feed.support(f"i{which}")
            await asyncio.gather(client.connect(), _vote(room), room.stage.tick(), _vote(room))
        case "drop":
            client.drop()
        case "toggle":
            await client.toggle()
        case "renew":
            await client.toggle()
            await client.toggle()
        case "sleep" | "wake":
            client.reader.is_asleep = action == "sleep"
        case _ if action.endswith(" in the tick"):
            room.feed.support("stirred")
            await asyncio.gather(room.stage.tick(), _in_the_tick(room, clients, action.split()[0], which))


async def _in_the_tick(room: Room, clients: list[Client], action: str, which: int) -> None:
    """Some turns after the tick began."""
    for _ in range(which // 4 * 2 + 1):
        await asyncio.sleep(0)
    await _act(room, clients, action, which)


async def _vote(room: Room) -> None:
    room.feed.support("raced")


@pytest.mark.anyio
async def test_a_reader_that_was_skipped_is_told_everything_since_in_its_next_message() -> None:
    room = Room()
    client, other = Client(room, True, False), Client(room, True, False)
    await client.connect()
    await other.connect()
    client.reader.is_asleep = True
    for idea in ("a", "b", "c"):
        room.feed.support(idea)
        await room.stage.tick()
    assert (client.reader.told, len(other.reader.told)) == ([], 3)
    assert room.counters.skipped == 1
    client.reader.is_asleep = False
    room.feed.support("d")
    await room.stage.tick()
    assert len(client.reader.told) == 1
    client.fold()
    assert (client.seq, client.votes) == (4, {"a": 1, "b": 1, "c": 1, "d": 1})


@pytest.mark.anyio
async def test_a_herd_from_one_number_costs_one_execution() -> None:
    room = Room()
    for _ in range(10):
        room.feed.support("a")
    for _ in range(500):
        await Client(room, True, False).connect()
    assert room.counters.executions == 1


@pytest.mark.anyio
async def test_a_herd_from_many_numbers_costs_some_ten_executions_and_loses_nothing() -> None:
    room = Room(memory=10_000)
    for number in range(5000):
        room.feed.support(f"i{number}")
    clients = []
    await Client(room, True, False).connect()
    for number in range(0, 5000, 5):
        client = Client(room, True, False)
        client.seq = number
        client.line = Line(client.reader)
        await room.follow(client.line, "a", number)
        clients.append((number, client))
    assert len(clients) == 1000
    assert room.counters.executions <= 4 + 13 + 1, "exact ones, doublings of 5,000, and from 0"
    for number, client in clients:
        (message,) = client.reader.told
        changes = message["payload"]["data"]["jamChanges"]
        lag = 5000 - number
        assert number - lag < changes["fromSeq"] + 1 <= number + 1
        assert {f"i{n}" for n in range(number, 5000)} <= {idea["id"] for idea in changes["ideas"]}


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_lowering_never_skips_and_goes_back_by_less_than_as_far_again(after: int, lag: int) -> None:
    low = lowered(after, after + lag)
    assert max(0, after - max(0, lag - 1)) <= low <= after
    assert low == 0 or (after + lag - low).bit_count() <= 1


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_lowering_little_never_skips_and_goes_back_a_quarter_at_most(after: int, lag: int) -> None:
    low = lowered_little(after, after + lag)
    assert after - lag / 4 <= low <= after


@pytest.mark.anyio
async def test_whoever_could_be_told_is_not_sent_to_fetch_afresh_because_others_are_told_together() -> None:
    room = Room(memory=100)
    for number in range(200):
        room.feed.support(f"i{number}")
    await Client(room, True, False).connect()
    told = {}
    for number in range(101, 200):
        reader = Reader(True)
        await room.follow(Line(reader), "a", number)
        (message,) = reader.told
        told[number] = message["payload"]["data"]["jamChanges"]
    assert {number for number, changes in told.items() if changes["mustRefetch"]} <= set(range(101, 124)), "a quarter further"
    assert not any(changes["mustRefetch"] for number, changes in told.items() if number >= 128)
    assert room.counters.executions <= 25


@pytest.mark.anyio
async def test_one_who_is_ahead_of_this_worker_waits_for_it_and_is_told_nothing_twice() -> None:
    room = Room()
    client = Client(room, True, False)
    client.seq = 2
    await client.connect()
    room.feed.support("a")
    await room.stage.tick()
    room.feed.support("b")
    await room.stage.tick()
    await room.stage.tick()
    assert client.reader.told == []
    room.feed.support("c")
    await room.stage.tick()
    (message,) = client.reader.told
    assert message["payload"]["data"]["jamChanges"] == {
        "fromSeq": 2,
        "seq": 3,
        "mustRefetch": False,
        "ideas": [{"id": "c", "votes": 1}],
    }


@pytest.mark.anyio
async def test_one_who_stays_ahead_is_sent_to_fetch_afresh() -> None:
    room = Room(ahead_seconds=0.02)
    room.feed.support("a")
    client = Client(room, True, False)
    client.seq = 10**6
    await client.connect()
    await room.stage.tick()
    assert client.reader.told == []
    await asyncio.sleep(0.03)
    await room.stage.tick()
    client.fold()
    assert client.seq == 1


@pytest.mark.anyio
async def test_several_messages_of_a_tick_are_one_write() -> None:
    room = Room()
    reader = Reader(True)
    line = Line(reader)
    for number in range(4):
        await room.follow(line, f"op{number}", 0, f"name{number}")
    room.feed.support("a")
    await room.stage.tick()
    assert (reader.writes, len(reader.told)) == (1, 4)
    line.end("op1")
    line.end("op2")
    line.end("op3")
    room.feed.support("a")
    await room.stage.tick()
    assert (reader.writes, len(reader.told)) == (2, 5)


@pytest.mark.anyio
async def test_what_cannot_be_told_is_told_as_fetch_afresh_and_the_next_change_is_told_again() -> None:
    room = Room()
    client = Client(room, True, False)
    await client.connect()
    room.feed.support("poison")
    await room.stage.tick()
    (message,) = client.reader.told
    assert message["payload"]["data"]["jamChanges"]["mustRefetch"] is True
    client.fold()
    room.feed.support("a")
    await room.stage.tick()
    (message,) = client.reader.told
    assert message["payload"]["data"]["jamChanges"]["ideas"] == [{"id": "a", "votes": 1}]
    assert room.counters.failed_executions == 1


@pytest.mark.anyio
async def test_a_group_goes_with_its_last_member() -> None:
    room = Room()
    clients = [Client(room, True, True) for _ in range(3)]
    for client in clients:
        await client.connect()
    assert len(room.stage.groups) == 2
    for client in clients:
        client.drop()
    assert (room.stage.groups, room.counters.subscriptions) == ({}, 0)
    room.feed.support("a")
    await room.stage.tick()
    assert room.counters.executions == 0


@pytest.mark.anyio
async def test_who_goes_or_moves_while_others_are_written_to_is_told_as_often_as_they_are_there() -> None:
    room = Room(writes_per_turn=1)
    first, gone, halved, moved, staying = readers = [Reader(True) for _ in range(5)]
    lines = [Line(reader) for reader in readers]
    for line in lines:
        await room.follow(line, "a", 0)
    for line in lines[2:4]:
        await room.follow(line, "other", 0)
    room.feed.support("i1")

    def meanwhile() -> None:
        first.meanwhile = lambda: None
        lines[1].end("a")
        lines[2].end("a")
        lines[3].end("other")

    first.meanwhile = meanwhile
    await room.stage.tick()
    told = [[message["id"] for message in reader.told] for reader in readers]
    assert told == [["a"], [], ["other"], ["a"], ["a"]]
    room.feed.support("i1")
    await room.stage.tick()
    assert [len(reader.told) for reader in (first, gone, halved, moved, staying)] == [2, 0, 2, 2, 2]
