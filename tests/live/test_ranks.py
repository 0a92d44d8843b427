"""A tick is written to columns of connections: each gets its own frames, whatever goes on meanwhile."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.live.frames import header
from server.live.groups import Member
from server.live.line import Line
from server.live.ranks import FAILED, Choir, Frames, Rank, rank_key, sent_to, unbound
from tests.live.test_resume import Reader, Room


class Pipe:
    """Takes `most` bytes of a frame, or nothing at all."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.taken = b""

    def send(self, frame: bytes) -> int:
        if self.most is None:
            raise BlockingIOError
        self.taken += frame[: self.most]
        return min(self.most, len(frame))


def message(prefix: bytes, tail: bytes) -> bytes:
    """One finished frame, made the plain way."""
    return header(len(prefix) + len(tail)) + prefix + tail


IDS = st.lists(st.binary(min_size=7, max_size=7), min_size=1, max_size=5)


@given(st.lists(IDS, min_size=1, max_size=8), st.sampled_from([0, 100, 118, 119, 65_527, 65_528, 66_000]), st.booleans())
@settings(deadline=None)
def test_frames_are_what_each_message_is_by_itself(choirs: list[list[bytes]], size: int, alike: bool) -> None:
    count = len(choirs[0])
    rows = [(choirs[0] if alike else row * count)[:count] for row in choirs]
    prefixes: list[Any] = [tuple(row) if count > 1 else row[0] for row in rows]
    tail = b"t" * size
    frames = Frames(tail, 7, count)
    expected = [b"".join(message(one, tail) for one in row) for row in rows]
    assert list(frames.each(prefixes)) == expected
    assert [frames.one(prefix) for prefix in prefixes] == expected
    assert {len(frame) for frame in expected} == {frames.size}


@given(st.lists(st.sampled_from([None, 3, 1_000]), max_size=40))
def test_one_that_takes_nothing_or_little_keeps_none_of_the_others_from_theirs(mosts: list[int | None]) -> None:
    pipes = [Pipe(most) for most in mosts]
    frames = [b"frame %03d" % number for number in range(len(pipes))]
    taken = sent_to(Pipe.send, pipes, iter(frames))
    assert taken == [FAILED if most is None else min(most, 9) for most in mosts]
    for pipe, frame in zip(pipes, frames, strict=True):
        assert pipe.taken == (b"" if pipe.most is None else frame[: pipe.most])


def test_a_bound_method_is_taken_apart_and_a_plain_function_is_called() -> None:
    pipe, plain = Pipe(3), list[bytes]()
    function, owner = unbound(pipe.send)
    assert (function, owner) == (Pipe.send, pipe)
    function, owner = unbound(lambda frame: plain.append(frame) or 1)  # type: ignore[func-returns-value]
    assert (function(owner, b"x"), plain) == (1, [b"x"])


class Seats:
    """Choirs of one connection each, as a group makes them."""

    def __init__(self) -> None:
        self.room = Room()
        self.made = 0

    def choir(self) -> Choir:
        self.made += 1
        line = Line(Reader(True))
        documents = self.room.documents
        prepared = documents.prepare('subscription($a: Int!) { jamChanges(jamId: "j1", afterSeq: $a) { seq } }', None, None)
        member = Member(line, f"{self.made:04}", self.room.stage.group(("k", "all"), prepared, {}), None, 0, 0.0)
        line.members.append(member)
        return Choir(line, (member,))


@given(st.lists(st.one_of(st.just("add"), st.just("lend"), st.just("back"), st.integers(0, 20)), max_size=60))
@settings(deadline=None)
def test_columns_hold_who_is_there_and_what_is_lent_stays_as_it_was(actions: list[str | int]) -> None:
    seats = Seats()
    rank, there = Rank(seats.choir()), list[Choir]()
    lent, at_lending = None, list[bytes]()
    for action in actions:
        if action == "add":
            there.append(seats.choir())
            rank.add(there[-1])
        elif action == "lend":
            lent = rank.lend()
            at_lending = list(lent.prefixes)
        elif action == "back":
            rank.take_back()
            lent = None
        elif there:
            rank.remove(there.pop(int(action) % len(there)))
        columns = rank.columns
        assert {choir.line for choir in columns.choirs} == {choir.line for choir in there}
        assert [columns.choirs[choir.place] for choir in there] == there
        assert columns.prefixes == [choir.prefixes[0] for choir in columns.choirs]
        assert columns.ends == [choir.line.outlet for choir in columns.choirs]
        if lent is not None:
            assert (lent.prefixes, len(lent.ends), len(lent.choirs)) == (at_lending, len(at_lending), len(at_lending))


@given(st.integers(0, 30), st.sets(st.integers(0, 29)))
@settings(deadline=None)
def test_columns_without_some_are_all_the_others_in_order(size: int, out: set[int]) -> None:
    seats = Seats()
    rank = Rank(seats.choir())
    for _ in range(size):
        rank.add(seats.choir())
    out = {place for place in out if place < size}
    left = rank.columns.without(out)
    assert left.choirs == [choir for place, choir in enumerate(rank.columns.choirs) if place not in out]
    assert left.ends == [choir.line.outlet for choir in left.choirs]
    assert left.prefixes == [choir.prefixes[0] for choir in left.choirs]


@pytest.mark.anyio
async def test_several_subscriptions_for_the_same_are_one_write_and_stand_in_a_rank_as_long_as_nothing_else_is_followed() -> (
    None
):
    room = Room()
    reader, other = Reader(True), Reader(True)
    line, alone = Line(reader), Line(other)
    for operation in ("op1", "op2", "op3"):
        await room.follow(line, operation, 0)
    await room.follow(alone, "op1", 0)
    (group,) = room.stage.groups.values()
    assert (sorted(rank.count for rank in group.ranks.values()), group.corked) == ([1, 3], {})
    room.feed.support("a")
    await room.stage.tick()
    assert [message["id"] for message in reader.told] == ["op1", "op2", "op3"]
    assert (reader.writes, other.writes, room.counters.writes, room.counters.deliveries) == (1, 1, 2, 4)

    await room.follow(line, "else", 1, "another")
    assert (len(group.ranks), list(group.corked)) == (1, [line])
    room.feed.support("a")
    await room.stage.tick()
    assert (reader.writes, len(reader.told)) == (2, 7)

    line.end("else")
    line.end("op2")
    assert (sorted(rank.count for rank in group.ranks.values()), group.corked) == ([1, 2], {})
    line.end("op1")
    assert [(rank.count, len(rank.columns.ends)) for rank in group.ranks.values()] == [(1, 2)]


@pytest.mark.anyio
async def test_a_reader_that_takes_a_part_of_several_messages_gets_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    reader = Reader(True)
    rests: list[bytes] = []

    def only_ten_bytes(data: bytes) -> int:
        rests.append(data[:10])
        return 10

    reader.send_now = only_ten_bytes
    monkeypatch.setattr(reader, "push", rests.append)
    line = Line(reader)
    for operation in ("op1", "op2"):
        await room.follow(line, operation, 0)
    room.feed.support("a")
    await room.stage.tick()
    whole = Reader(True)
    whole.push(b"".join(rests))
    assert [message["id"] for message in whole.told] == ["op1", "op2"]


@pytest.mark.anyio
async def test_a_lagging_reader_of_several_subscriptions_is_skipped_as_a_whole_and_told_later() -> None:
    room = Room()
    reader = Reader(True)
    line = Line(reader)
    for operation in ("op1", "op2"):
        await room.follow(line, operation, 0)
    reader.is_asleep = True
    room.feed.support("a")
    await room.stage.tick()
    assert (room.counters.skipped, room.counters.deliveries, room.counters.writes) == (2, 0, 0)
    reader.is_asleep = False
    await room.stage.tick()
    assert sorted(message["id"] for message in reader.told) == ["op1", "op2"]
    assert reader.writes == 1


def test_who_has_no_wire_or_ids_of_different_lengths_is_in_no_rank() -> None:
    seats = Seats()
    choir = seats.choir()
    assert rank_key(choir) is not None
    longer = Member(choir.line, "longer than the other", choir.members[0].group, None, 0, 0.0)
    choir.line.members.append(longer)
    assert rank_key(choir) is None, "the other may be told something else"
    assert rank_key(Choir(choir.line, (*choir.members, longer))) is None
    silent = seats.choir()
    silent.line.outlet.send_now = None
    assert rank_key(silent) is None
