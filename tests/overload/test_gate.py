"""How many writes are in hand: as many as are done in time, found out from what is measured."""

from hypothesis import given
from hypothesis import strategies as st

from server.overload.gate import LATEST_S, SOONEST_S, WriteGate, again_s
from server.overload.window import LEAST, MOST, USUAL, adapted

BOUNDS = st.integers(LEAST, MOST)
TARGET_MS = 500.0


@given(BOUNDS, st.none() | st.floats(0, 60_000), st.integers(0, 2 * MOST))
def test_the_bound_stays_within_bounds(most: int, p90: float | None, peak: int) -> None:
    assert LEAST <= adapted(most, p90, peak, TARGET_MS) <= MOST


@given(BOUNDS, st.floats(0, 60_000), st.floats(0, 60_000), st.integers(0, MOST))
def test_slower_writes_never_let_more_in(most: int, one: float, other: float, peak: int) -> None:
    fast, slow = sorted((one, other))
    assert adapted(most, slow, peak, TARGET_MS) <= adapted(most, fast, peak, TARGET_MS)


@given(BOUNDS, st.floats(200, 20_000))
def test_under_constant_pressure_it_settles_where_writes_take_as_long_as_they_may(most: int, per_s: float) -> None:
    """A server that does `per_s` writes a second: so many in hand take in hand / per_s (Little's law)."""
    for _ in range(200):
        most = adapted(most, 1_000 * most / per_s, most, TARGET_MS)
    should = min(MOST, max(LEAST, per_s * TARGET_MS / 1_000))
    assert 0.6 * should <= most <= 1.4 * should + 8


@given(BOUNDS)
def test_at_rest_it_goes_back_to_what_is_usual(most: int) -> None:
    for _ in range(200):
        most = adapted(most, None, 0, TARGET_MS)
    assert most >= USUAL


def test_a_stall_with_few_in_hand_shuts_nothing() -> None:
    assert adapted(USUAL, 30_000, LEAST, TARGET_MS) == USUAL


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0.01, 10), st.floats(0, 1))
def test_who_is_refused_comes_back_neither_at_once_nor_never(refused: int, done: int, interval: float, chance: float) -> None:
    assert SOONEST_S * 0.5 <= again_s(refused, done, interval, chance) <= LATEST_S * 1.5


def test_who_was_refused_together_does_not_come_back_together() -> None:
    waits = {round(again_s(1_000, 500, 0.5, chance / 100), 3) for chance in range(100)}
    assert len(waits) == 100
    assert max(waits) >= 2.5 * min(waits)


def test_more_refusals_send_people_away_for_longer() -> None:
    assert again_s(10_000, 500, 0.5, 0.5) > again_s(1_000, 500, 0.5, 0.5) > again_s(0, 500, 0.5, 0.5)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_gate_is_full_when_as_many_are_in_hand_as_may_be() -> None:
    clock = Clock()
    gate = WriteGate(TARGET_MS, lambda: 0.5, clock)
    gate.most = 100
    for _ in range(100):
        assert not gate.is_full
        gate.enter()
    assert gate.is_full
    assert gate.share == 1.0
    gate.turn_away()
    for _ in range(100):
        gate.leave(1.0)
    clock.now = 0.5
    gate.adapt()
    assert gate.most == 64, "those hundred took twice as long as they may"
    assert gate.in_hand == 0
    assert gate.refused == 1
    gate.adapt()
    assert gate.share == 0.0
