"""Each tick is in the traces of what it tells, and of nothing else; whichever worker wrote it, and whenever that is heard."""

import asyncio
import re
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext

from server.settings import Settings
from server.tracing.ticks import MOST_TOLD, REMEMBERED, STALE_S, Ticks
from tests.patience import PATIENCE_S
from tests.tracing.collecting import collecting
from tests.tracing.test_votes import following, posted, until, vote
from tests.web.running import Sink, Site, free_port, open_jam, serving

numbers = count(1)


def a_commit() -> SpanContext:
    return SpanContext(next(numbers), 7, is_remote=True)


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_commit_waits_for_the_tick_that_comes_to_its_number() -> None:
    ticks, first, second = Ticks(), a_commit(), a_commit()
    assert ticks.committed("j1", 5, first) is None
    assert ticks.committed("j1", 6, second) is None
    assert ticks.begin("j1", 4, 0)[1] == []
    assert ticks.begin("j2", 9, 0)[1] == [], "another jam's"
    assert ticks.begin("j1", 5, 0)[1] == [first]
    assert ticks.begin("j1", 7, 0)[1] == [second]
    assert ticks.begin("j1", 7, 0)[1] == []


def test_one_that_is_heard_of_late_belongs_to_the_tick_that_told_it() -> None:
    ticks, late = Ticks(), a_commit()
    before, _ = ticks.begin("j1", 5, 10)
    told, _ = ticks.begin("j1", 8, 20)
    after, _ = ticks.begin("j1", 9, 30)
    for tick in (before, told, after):
        tick.ended = tick.begun + 1
    assert ticks.committed("j1", 7, late) is told
    assert ticks.begin("j1", 9, 40)[1] == []


def test_one_that_is_heard_of_while_it_is_told_is_left_to_the_end_of_that_tick() -> None:
    ticks, late = Ticks(), a_commit()
    told, _ = ticks.begin("j1", 8, 20)
    assert ticks.committed("j1", 7, late) is None
    assert told.late == [late]
    told.ended = 21
    assert ticks.begin("j1", 9, 40)[1] == []


def test_what_nobody_was_told_for_long_is_let_go() -> None:
    clock = Clock()
    ticks = Ticks(clock)
    ticks.committed("j1", 5, a_commit())
    clock.now += STALE_S + 1
    fresh = a_commit()
    ticks.committed("j1", 6, fresh)
    assert ticks.begin("j1", 9, 0)[1] == [fresh]


def test_neither_commits_nor_ticks_pile_up() -> None:
    ticks = Ticks()
    for seq in range(1, 1_000):
        ticks.committed("j1", seq, a_commit())
    assert len(ticks.begin("j1", 1_000, 0)[1]) == MOST_TOLD
    for seq in range(1_001, 2_000):
        ticks.begin("j1", seq, 0)[0].ended = 1
    assert ticks.committed("j1", 1_500, a_commit()) is None, "too long ago to be known"
    assert len(ticks._jams["j1"].last) == REMEMBERED


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60))
def test_each_commit_is_told_once_by_the_tick_of_its_number(steps: list[tuple[bool, int]]) -> None:
    """Records are written one after the other; a worker hears of them in any order, before or after its ticks."""
    ticks, seq, unheard, found = Ticks(), 0, list[tuple[int, SpanContext]](), dict[int, tuple[int, int]]()
    written = dict[int, int]()
    for is_tick, which in steps:
        if is_tick:
            told, commits = ticks.begin("j1", seq, 1)
            told.ended = 2
            found |= {one.trace_id: (told.after, told.upto) for one in commits}
            continue
        seq += 1
        unheard.append((seq, a_commit()))
        written[unheard[-1][1].trace_id] = seq
        if which and len(unheard) >= which:
            at, one = unheard.pop(-which)
            if (late := ticks.committed("j1", at, one)) is not None:
                assert one.trace_id not in found
                found[one.trace_id] = (late.after, late.upto)
    for trace, (after, upto) in found.items():
        assert after < written[trace] <= upto


@pytest.mark.anyio
async def test_the_ticks_of_all_workers_are_in_the_trace_of_a_vote(tmp_path: Path) -> None:
    """Each worker has a collector of its own: what the second one sends can only be what it did itself."""
    async with collecting() as ours, collecting() as others:
        settings = {"data": tmp_path, "theme_workers": 0, "trace_ratio": 1.0}
        async with (
            serving(Settings(**settings, port=free_port(), otlp_url=ours.url)) as first,
            serving(Settings(**settings, port=free_port(), otlp_url=others.url, worker=1)) as second,
        ):
            await open_jam(first)
            await until(lambda: [one.seq for one in second.store.all()] == [one.seq for one in first.store.all()])
            sites = [Site(one, Sink(), f"http://127.0.0.1:{one.settings.port}") for one in (first, second)]
            async with (
                aclosing(await sites[0].signed_in("pada")) as ada,
                aclosing(await sites[1].signed_in("pben")) as ben,
                following(sites[0], ada),
                following(sites[1], ben),
            ):
                idea = await posted(ada)
                async with asyncio.timeout(PATIENCE_S):  # they hear of each other by the vault, once a second
                    while not re.search(r'hothouse_worker_up{worker="1"} 1', (await ada.get("/metrics")).text):  # noqa: ASYNC110
                        await asyncio.sleep(0.1)
                assert (await ada.post("/graphql", json=vote(idea))).status_code == 200
                await until(lambda: ours.named("command SupportIdea"))
                (command,) = ours.named("command SupportIdea")
                of_the_vote = [command.trace_id]
                await until(lambda: [one for one in others.named("tick") if one.trace_id in of_the_vote])
                await until(lambda: [one for one in ours.named("tick") if one.trace_id in of_the_vote])
                (tick,) = (one for one in others.named("tick") if one.trace_id in of_the_vote)
                (commit,) = (one for one in ours.named("commit") if one.trace_id in of_the_vote)
                assert tick.parent_span_id == commit.span_id
                assert [link.span_id for link in tick.links] == [commit.span_id]
                assert tick.start_time_unix_nano >= commit.start_time_unix_nano
                assert tick.end_time_unix_nano >= tick.start_time_unix_nano
