"""What every journal must do, whatever its store."""

import asyncio
import random
from contextlib import aclosing

import pytest

from server.journal.port import MAX_PAYLOAD, SNAPSHOT_CHUNK, Conflict, JournalUnavailable, Record, Snapshot

pytestmark = pytest.mark.anyio
PATIENCE = 20.0


async def everything(journal, stream="jam", after=0):
    return [record async for record in journal.read(stream, after)]


async def take(journal, count, stream="jam", after=0):
    async with asyncio.timeout(PATIENCE), aclosing(journal.follow(stream, after)) as records:
        return [await anext(records) for _ in range(count)]


async def fill(journal, stream="jam"):
    """Three records: events 1-2, 3 and 4-6."""
    records = [
        Record(stream, 0, 2, b"first", "t1"),
        Record(stream, 2, 1, bytes(range(256)), "t2"),
        Record(stream, 3, 3, b"", "t3"),
    ]
    for record in records:
        await journal.append(record.stream, record.after, record.count, record.payload, record.token)
    return records


async def test_records_come_back_in_order_and_exact(journal):
    records = await fill(journal)
    found = await everything(journal)
    assert found == records
    assert [record.last for record in found] == [2, 3, 6]
    assert {(type(r.after), type(r.count), type(r.payload)) for r in found} == {(int, int, bytes)}
    assert await journal.last("jam") == 6
    assert await everything(journal, after=3) == records[2:]
    assert await everything(journal, after=6) == []
    assert await journal.check() == []


async def test_a_number_beyond_32_bits_stays_exact(journal):
    await journal.append("jam", 0, 2**40 + 1, b"x", "a")
    await journal.append("jam", 2**40 + 1, 1, b"y", "b")
    assert [(type(r.after), r.after, r.last) for r in await everything(journal)] == [
        (int, 0, 2**40 + 1),
        (int, 2**40 + 1, 2**40 + 2),
    ]


@pytest.mark.parametrize("after", [0, 2, 3])
async def test_a_stale_append_conflicts_and_changes_nothing(journal, after):
    records = await fill(journal)
    with pytest.raises(Conflict) as refusal:
        await journal.append("jam", after, 1, b"late", "other")
    assert (refusal.value.stream, refusal.value.expected, refusal.value.found) == ("jam", after, 6)
    assert await everything(journal) == records


@pytest.mark.parametrize("after", [1, 5, 7, 100])
async def test_an_append_that_would_leave_a_gap_or_an_overlap_conflicts_and_changes_nothing(journal, after):
    records = await fill(journal)
    with pytest.raises(Conflict) as refusal:
        await journal.append("jam", after, 1, b"afar", "other")
    assert (refusal.value.expected, refusal.value.found) == (after, 6)
    assert await everything(journal) == records


async def test_the_first_append_of_a_stream_must_follow_zero(journal):
    with pytest.raises(Conflict) as refusal:
        await journal.append("jam", 1, 1, b"x", "a")
    assert refusal.value.found == 0
    assert await journal.streams() == []


@pytest.mark.parametrize(("after", "count"), [(-1, 1), (0, 0), (0, -2)])
async def test_a_malformed_append_is_refused_and_changes_nothing(journal, after, count):
    with pytest.raises(ValueError):
        await journal.append("jam", after, count, b"x", "a")
    assert await journal.last("jam") == 0


async def test_a_payload_is_limited_and_the_limit_itself_fits(journal):
    with pytest.raises(ValueError):
        await journal.append("jam", 0, 1, bytes(MAX_PAYLOAD + 1), "a")
    assert await journal.last("jam") == 0
    await journal.append("jam", 0, 1, bytes(MAX_PAYLOAD), "a")
    with pytest.raises(ValueError):
        await journal.replace("jam", 0, bytes(MAX_PAYLOAD + 1))
    assert [len(record.payload) for record in await everything(journal)] == [MAX_PAYLOAD]


async def test_appending_again_with_the_same_token_writes_nothing_twice(journal, open_journal):
    records = await fill(journal)
    await journal.append("jam", 3, 3, b"", "t3")
    await journal.append("jam", 0, 2, b"first", "t1")
    await (await open_journal()).append("jam", 2, 1, bytes(range(256)), "t2")
    assert await everything(journal) == records


async def write_contending(journal, name, count):
    """Append `count` events one by one, reading what was missed at each lost race."""
    tail = await journal.last("jam")
    for number in range(count):
        while True:
            try:
                await journal.append("jam", tail, 1, f"{name}-{number}".encode(), f"{name}-{number}")
            except Conflict:
                tail = [record.last async for record in journal.read("jam", tail)][-1]
            else:
                tail += 1
                break


async def test_two_writers_lose_nothing_and_double_nothing(journal, open_journal):
    rival = await open_journal()
    await asyncio.gather(write_contending(journal, "a", 200), write_contending(rival, "b", 200))
    records = await everything(journal)
    assert [record.after for record in records] == list(range(400))
    for name in ("a", "b"):
        own = [record.payload.decode() for record in records if record.token.startswith(name)]
        assert own == [f"{name}-{number}" for number in range(200)]
    assert await journal.check() == []


async def test_follow_yields_what_is_there_then_own_and_foreign_appends(journal, open_journal):
    records = await fill(journal)
    rival = await open_journal()
    followers = [
        asyncio.create_task(take(journal, 3 + 20 - skipped, after=after)) for skipped, after in enumerate((0, 2, 3, 6))
    ]
    await asyncio.sleep(0.3)
    for number in range(20):
        writer = random.Random(number).choice([journal, rival])
        records.append(Record("jam", 6 + number, 1, b"%d" % number, f"n{number}"))
        await writer.append("jam", 6 + number, 1, b"%d" % number, f"n{number}")
    assert await asyncio.gather(*followers) == [records, records[1:], records[2:], records[3:]]


async def test_follow_waits_for_a_stream_that_does_not_exist_yet(journal, open_journal):
    follower = asyncio.create_task(take(journal, 1, "later"))
    await asyncio.sleep(0.1)
    await (await open_journal()).append("other", 0, 1, b"no", "a")
    await (await open_journal()).append("later", 0, 1, b"yes", "b")
    assert await follower == [Record("later", 0, 1, b"yes", "b")]


async def test_follow_sees_a_burst_without_gap_or_double(journal, open_journal):
    rival = await open_journal()
    follower = asyncio.create_task(take(journal, 200))
    await asyncio.gather(write_contending(journal, "a", 100), write_contending(rival, "b", 100))
    assert [record.after for record in await follower] == list(range(200))


async def test_a_foreign_append_is_seen_soon(journal, open_journal):
    rival = await open_journal()
    await rival.append("jam", 0, 1, b"x", "a")
    async with asyncio.timeout(PATIENCE), aclosing(journal.follow("jam")) as records:
        await anext(records)
        for number in range(1, 6):
            waiting = asyncio.create_task(anext(records))
            await asyncio.sleep(0.1)
            await rival.append("jam", number, 1, b"y", "b")
            async with asyncio.timeout(1.0):
                assert (await waiting).after == number


async def test_a_follower_who_knows_its_own_records_misses_nothing_else(journal, open_journal):
    """One who appends, as a worker does, and knows of its own as soon as they are written; the rival's come between them."""
    rival, known = await open_journal(), {"end": 0}
    found = asyncio.Queue()

    async def follow():
        async with aclosing(journal.follow("jam", 0, lambda: known["end"])) as records:
            async for record in records:
                if record.payload != b"own":
                    found.put_nowait((record.after, record.payload))

    follower = asyncio.create_task(follow())
    for number in range(12):
        if number % 4:
            await journal.append("jam", number, 1, b"own", f"t{number}")
        else:
            await rival.append("jam", number, 1, b"foreign", f"t{number}")
            async with asyncio.timeout(PATIENCE):
                assert await found.get() == (number, b"foreign")
        known["end"] = number + 1
    await rival.append("jam", 12, 1, b"last", "t12")
    async with asyncio.timeout(PATIENCE):
        assert await found.get() == (12, b"last")
    follower.cancel()
    await asyncio.wait([follower])


@pytest.mark.parametrize("after", [1, 4, 7])
async def test_reading_on_from_within_or_beyond_is_refused(journal, after):
    await fill(journal)
    with pytest.raises(ValueError):
        await everything(journal, after=after)
    with pytest.raises(ValueError):
        await take(journal, 1, after=after)


async def test_closing_ends_followers(open_one):
    journal = await open_one()
    await journal.append("jam", 0, 1, b"x", "a")

    async def follow_to_the_end():
        return [record.after async for record in journal.follow("jam")]

    follower = asyncio.create_task(follow_to_the_end())
    await asyncio.sleep(0.2)
    await journal.close()
    await journal.close()
    async with asyncio.timeout(PATIENCE):
        assert await follower == [0]
    with pytest.raises(JournalUnavailable) as refusal:
        await journal.append("jam", 1, 1, b"y", "b")
    assert not refusal.value.uncertain


async def test_a_long_stream_is_read_page_by_page(journal):
    big = random.Random(1).randbytes(3_000_000)
    for number in range(4):
        await journal.append("jam", number, 1, big + b"%d" % number, "t")
    assert [record.payload == big + b"%d" % number for number, record in enumerate(await everything(journal))] == [True] * 4


async def test_an_unknown_stream_is_empty(journal):
    assert await journal.last("none") == 0
    assert await everything(journal, "none") == []
    assert await journal.load_snapshot("none", "1") is None
    assert await journal.streams() == []
    await journal.drop_snapshots("none")
    assert await journal.check() == []


async def test_streams_are_independent_and_listed_by_prefix(journal):
    names = ["jam/a", "jam/b", "jam/חממה", "jam", "org"]
    for name in names:
        await journal.append(name, 0, 1, name.encode(), "same-token")
    await journal.append("jam/b", 1, 2, b"more", "t")
    assert [await journal.last(name) for name in names] == [1, 3, 1, 1, 1]
    assert [record.payload for record in await everything(journal, "jam/a")] == [b"jam/a"]
    assert await journal.streams() == sorted(names)
    assert await journal.streams("jam/") == ["jam/a", "jam/b", "jam/חממה"]
    assert await journal.streams("jam/ח") == ["jam/חממה"]
    assert await journal.streams("x") == []
    assert await journal.check() == []


async def test_replace_rewrites_one_payload_in_place(journal, open_journal):
    records = await fill(journal)
    await journal.replace("jam", 0, b"redacted, and longer than it was")
    expected = [Record("jam", 0, 2, b"redacted, and longer than it was", "t1"), *records[1:]]
    assert await everything(journal) == expected
    assert await everything(await open_journal()) == expected
    await journal.append("jam", 6, 1, b"next", "t4")
    assert await journal.last("jam") == 7


@pytest.mark.parametrize(("stream", "after"), [("jam", 1), ("jam", 6), ("none", 0)])
async def test_replacing_an_unknown_record_changes_nothing(journal, stream, after):
    records = await fill(journal)
    with pytest.raises(KeyError):
        await journal.replace(stream, after, b"x")
    assert await everything(journal) == records
    assert await journal.streams() == ["jam"]


async def test_a_big_snapshot_round_trips(journal, open_journal):
    data = random.Random(2).randbytes(20_000_000)
    await journal.save_snapshot("jam", 5, "v1", data)
    assert await (await open_journal()).load_snapshot("jam", "v1") == Snapshot(5, data)


@pytest.mark.parametrize("size", [0, 1, SNAPSHOT_CHUNK, SNAPSHOT_CHUNK + 1])
async def test_a_snapshot_of_any_size_round_trips(journal, size):
    await journal.save_snapshot("jam", 5, "v1", b"\xff" * size)
    assert await journal.load_snapshot("jam", "v1") == Snapshot(5, b"\xff" * size)


async def test_a_newer_snapshot_replaces_an_older_one_never_the_reverse(journal, open_journal):
    await journal.save_snapshot("jam", 5, "v1", b"five")
    await journal.save_snapshot("jam", 9, "v1", b"nine")
    await (await open_journal()).save_snapshot("jam", 7, "v1", b"seven")
    assert await journal.load_snapshot("jam", "v1") == Snapshot(9, b"nine")
    await journal.save_snapshot("jam", 9, "v1", b"nine again")
    assert await journal.load_snapshot("jam", "v1") == Snapshot(9, b"nine again")


async def test_kinds_and_streams_keep_their_own_snapshots(journal):
    await journal.save_snapshot("jam", 1, "v1", b"one")
    await journal.save_snapshot("jam", 2, "v2", b"two")
    await journal.save_snapshot("v1/jam", 3, "v1", b"three")
    await journal.drop_snapshots("v1/jam")
    assert await journal.load_snapshot("jam", "v1") == Snapshot(1, b"one")
    assert await journal.load_snapshot("jam", "v2") == Snapshot(2, b"two")
    assert await journal.load_snapshot("v1/jam", "v1") is None
    await journal.drop_snapshots("jam")
    assert await journal.load_snapshot("jam", "v1") is None
    assert await journal.load_snapshot("jam", "v2") is None


async def test_a_reader_never_sees_half_a_snapshot(journal, open_journal):
    reader = await open_journal()
    bodies = {seq: bytes([seq]) * (SNAPSHOT_CHUNK + seq) for seq in range(1, 9)}
    await journal.save_snapshot("jam", 1, "v1", bodies[1])

    async def keep_saving():
        for seq in range(2, 9):
            await journal.save_snapshot("jam", seq, "v1", bodies[seq])

    saving = asyncio.create_task(keep_saving())
    seen = []
    while not saving.done():
        snapshot = await reader.load_snapshot("jam", "v1")
        assert snapshot is not None
        assert snapshot.data == bodies[snapshot.seq]
        seen.append(snapshot.seq)
        await asyncio.sleep(0)
    await saving
    assert seen == sorted(seen)


async def test_appends_go_on_while_a_snapshot_is_saved(journal):
    saving = asyncio.create_task(journal.save_snapshot("jam", 1, "v1", bytes(3 * SNAPSHOT_CHUNK)))
    for number in range(20):
        await journal.append("jam", number, 1, b"x", str(number))
    await saving
    assert await journal.last("jam") == 20


async def test_everything_survives_closing_and_opening(open_one):
    journal = await open_one()
    records = await fill(journal)
    await journal.save_snapshot("jam", 6, "v1", b"state")
    await journal.close()
    again = await open_one()
    assert await everything(again) == records
    assert await again.load_snapshot("jam", "v1") == Snapshot(6, b"state")
    with pytest.raises(Conflict):
        await again.append("jam", 3, 1, b"x", "other")
    await again.append("jam", 6, 1, b"x", "t4")
    assert await again.last("jam") == 7
    await again.close()
