"""What is thought of a figure, what was counted of late, and what workers tell each other of themselves."""

from collections.abc import Mapping
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.metrics.histogram import Histogram
from server.metrics.sliding import SlidingHistogram, SlidingRate
from server.metrics.vitals import KINDS, Alarm, Figure, Unit, Vitals, alarm_of
from server.metrics.watch import MOST_WORKERS, POINT_EVERY_MS, POINTS, Watch

pytestmark = pytest.mark.anyio
ORDER = [Alarm.FINE, Alarm.WATCH, Alarm.ACT]


def test_every_figure_has_a_kind_and_thresholds_in_order() -> None:
    assert set(KINDS) == set(Figure)
    for kind in KINDS.values():
        if kind.watch is not None and kind.act is not None:
            assert kind.watch > kind.act if kind.is_falling else kind.watch < kind.act
    assert {kind.unit for kind in KINDS.values()} == set(Unit)


@given(st.sampled_from(Figure), st.floats(0, 1e7), st.floats(0, 1e7), st.floats(1, 1e6))
def test_worse_is_never_thought_better_of(figure: Figure, one: float, other: float, bound: float) -> None:
    better, worse = sorted((one, other), reverse=KINDS[figure].is_falling)
    assert ORDER.index(alarm_of(figure, better, bound)) <= ORDER.index(alarm_of(figure, worse, bound))


@pytest.mark.parametrize(
    ("figure", "value", "bound", "alarm"),
    [
        (Figure.LAG_P99, 99.9, None, Alarm.FINE), (Figure.LAG_P99, 100, None, Alarm.WATCH), (Figure.LAG_P99, 250, None, Alarm.ACT),
        (Figure.MEMORY, 69, 100, Alarm.FINE), (Figure.MEMORY, 70, 100, Alarm.WATCH), (Figure.MEMORY, 90, 100, Alarm.ACT),
        (Figure.MEMORY, 10_000, None, Alarm.FINE), (Figure.DISK_FREE, 0.21, None, Alarm.FINE), (Figure.DISK_FREE, 0.2, None, Alarm.WATCH),
        (Figure.DISK_FREE, 0.05, None, Alarm.ACT), (Figure.STORE, None, None, Alarm.ACT), (Figure.BACKUP_AGE, None, None, Alarm.WATCH), (Figure.TICK, None, None, Alarm.FINE),
        (Figure.VOTES, 1e6, None, Alarm.FINE), (Figure.CLOCK_LEAPT, 1, None, Alarm.ACT), (Figure.WEBHOOKS_DEAD, 1, None, Alarm.WATCH),
    ],
)  # fmt: skip
def test_thresholds(figure: Figure, value: float | None, bound: float | None, alarm: Alarm) -> None:
    assert alarm_of(figure, value, bound) is alarm


def test_only_what_was_counted_of_late_is_looked_at() -> None:
    whole, sliding = Histogram(), SlidingHistogram(30)
    for _ in range(1_000):
        whole.record(1_000)
    sliding.look(0, whole)
    for second in range(2, 42, 2):
        whole.record(1)
        recent = sliding.look(second, whole)
        assert recent.quantile(0.99) == pytest.approx(1, rel=0.07)
        assert recent.total == min(second, 30) / 2
    assert whole.total == 1_020


def test_a_rate_is_of_late_and_begins_anew_with_its_counter() -> None:
    rate = SlidingRate(10)
    assert rate.look(0, 5_000) == 0
    assert rate.look(2, 5_100) == 50
    for second in range(4, 20, 2):
        rate.look(second, 5_100)
    assert rate.look(20, 5_100) == 0
    assert rate.look(22, 0) == 0


def vitals(at: int = 0, place: int = 0, **values: float | None) -> Vitals:
    return Vitals(place, "1.0", 1, at, values or {"VOTES": 3.0, "STORE": None}, {"MEMORY": 100.0})


async def looked() -> Vitals:
    return vitals(10_000)


def test_vitals_come_through_as_they_are() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(vitals()), type=Vitals) == vitals()
    assert vitals().figures == [Figure.VOTES, Figure.STORE]


def test_half_an_hour_of_each_worker_is_kept_and_no_more() -> None:
    watch = Watch("me", looked)
    for number in range(10 * POINTS):
        watch.hear("w1", "", msgspec.msgpack.encode(vitals(number * POINT_EVERY_MS // 5, VOTES=number)))
    points = watch.points("w1", Figure.VOTES)
    assert len(points) == POINTS
    assert {later.at - before.at for before, later in pairwise(points)} == {POINT_EVERY_MS}
    assert [one.value for one in points[-2:]] == [1_790, 1_795]
    assert watch.points("w1", Figure.LAG_P50)[0].value is None
    assert watch.points("nobody", Figure.VOTES) == []


def test_who_is_gone_is_not_told_of_and_there_are_only_so_many() -> None:
    watch = Watch("me", looked)
    for number in range(2 * MOST_WORKERS):
        watch.hear(f"w{number}", "", msgspec.msgpack.encode(vitals(place=number)))
    assert len(watch.workers()) == MOST_WORKERS
    watch.hear("w1", "", b"")
    assert [name for name, _ in watch.workers()][:3] == ["w0", "w2", "w3"]
    with pytest.raises(ValueError):
        watch.hear("w2", "", b"nothing of the kind")
    assert watch.workers()[1][0] == "w2"


async def test_what_it_looked_at_is_told_at_a_calm_pace() -> None:
    at = 0

    async def look() -> Vitals:
        return vitals(at)

    watch = Watch("me", look)
    told: list[Mapping[str, bytes]] = []
    for second in range(0, 20, 2):
        at = 1_000_000 + 1_000 * second
        watch._take("me", await look())
        told.append(watch.tell())
    assert len({one[""] for one in told}) == 5
