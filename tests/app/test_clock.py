"""The server's clock follows the machine's, without its leaps, and never goes back."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from server.app.clock import BELIEVED_MS, LEAP_MS, Course, SteadyClock

START = 1_800_000_000_000
HOUR = 3_600_000


@dataclass
class Machine:
    """A machine whose clock can be set."""

    wall: int = START
    uptime: int = 5_000

    def clock(self, course: Course | None = None) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.uptime, course)

    def passes(self, ms: int) -> None:
        self.wall += ms
        self.uptime += ms


def test_it_is_the_machines_time() -> None:
    machine = Machine()
    clock = machine.clock()
    for ms in (0, 1, 999, HOUR):
        machine.passes(ms)
        assert clock() == machine.wall


def test_an_hour_forward_and_back_is_not_noticed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    machine.passes(60_000)
    assert clock() == START + 60_000
    machine.wall -= HOUR
    machine.passes(60_000)
    assert clock() == START + 120_000 == machine.wall


def test_an_hour_back_and_forward_is_not_noticed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    machine.passes(60_000)
    assert clock() == START + 60_000
    machine.wall += HOUR
    machine.passes(1)
    assert clock() == START + 60_001


def test_a_leap_forward_that_lasts_is_believed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    clock()
    machine.passes(BELIEVED_MS - 1)
    assert clock() == START + BELIEVED_MS - 1
    machine.passes(1)
    assert clock() == machine.wall == START + HOUR + BELIEVED_MS


def test_a_leap_back_that_lasts_is_caught_up_with_slowly() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= 10 * LEAP_MS
    clock()
    machine.passes(BELIEVED_MS - 1)
    before = clock()
    machine.passes(4_000)
    assert clock() == before + 2_000
    machine.passes(1_000_000)
    clock()
    assert clock() == machine.wall


def test_what_a_time_server_sets_is_taken_at_once_forward_and_slowly_back() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += LEAP_MS - 1
    assert clock() == machine.wall
    machine.wall -= 500
    assert clock() == machine.wall + 500
    machine.passes(600)
    assert clock() == machine.wall + 200
    machine.passes(600)
    assert clock() == machine.wall


@given(st.lists(st.tuples(st.integers(0, 2 * BELIEVED_MS), st.integers(-3 * HOUR, 3 * HOUR)), max_size=30))
def test_it_never_goes_back_and_never_runs_more_than_the_leap_ahead(steps: list[tuple[int, int]]) -> None:
    machine = Machine()
    clock = machine.clock()
    before, highest = clock(), machine.wall
    for ms, leap in steps:
        machine.wall += leap
        machine.passes(ms)
        highest = max(highest + ms, machine.wall)
        now = clock()
        assert before <= now <= highest
        before = now
