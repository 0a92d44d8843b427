"""Everything is looked through when nobody acts, or when very much has come; not otherwise."""

import gc
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from server import collecting
from server.collecting import FIRST, MOST, QUIET_LOOKS, Collector


class Thing:
    me: "Thing"


class Jam:
    acts = 0


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How much came since the last time; Python itself collects nothing."""
    amount = [0]

    def collect() -> int:
        amount[0] = 0
        return gc.collect()

    monkeypatch.setattr(collecting, "gc", SimpleNamespace(get_count=lambda: (0, 0, amount[0]), collect=collect))
    gc.collect()
    gc.freeze()  # what other tests left in memory need not be looked through each time
    gc.disable()
    yield amount
    gc.enable()
    gc.unfreeze()


def garbage() -> weakref.ref[Thing]:
    """Something that only the collector finds."""
    thing = Thing()
    thing.me = thing
    return weakref.ref(thing)


def looks(collector: Collector, times: int = QUIET_LOOKS + 1) -> None:
    for _ in range(times):
        collector.look()


def test_it_is_collected_when_nobody_acts(came: list[int]) -> None:
    collector, gone = Collector(lambda: 7), garbage()
    came[0] = FIRST
    looks(collector, QUIET_LOOKS)
    assert gone() is not None, "nobody acts only if nothing happens for a while"
    collector.look()
    assert gone() is None


def test_while_people_act_nothing_is(came: list[int]) -> None:
    jam = Jam()
    collector, thing = Collector(lambda: jam.acts), garbage()
    came[0] = MOST - 1
    for _ in range(5 * QUIET_LOOKS):
        jam.acts += 1
        collector.look()
    assert thing() is not None
    came[0] = MOST
    jam.acts += 1
    collector.look()
    assert thing() is None, "so much is looked through in any case"


def test_little_is_not_worth_it(came: list[int]) -> None:
    collector, thing = Collector(lambda: 7), garbage()
    came[0] = FIRST - 1
    looks(collector, 5 * QUIET_LOOKS)
    assert thing() is not None


def test_who_finds_little_looks_less_often_until_it_finds_much(came: list[int]) -> None:
    collector = Collector(lambda: 7)
    came[0] = FIRST
    looks(collector)
    one = garbage()
    came[0] = 2 * FIRST - 1
    looks(collector)
    assert one() is not None, "what came is twice as much as the last time"
    came[0] = 2 * FIRST
    looks(collector)
    assert one() is None
    many = [garbage() for _ in range(collecting.LITTLE)]
    came[0] = 4 * FIRST
    looks(collector)
    assert all(thing() is None for thing in many)
    again = garbage()
    came[0] = FIRST
    looks(collector)
    assert again() is None
