"""Phases to the millisecond: half-open intervals, phases without length, and what a moderator does to the schedule."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.phases import DATED, ORDER, Phase, Schedule, next_change, phase_at
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, PhaseClosed
from tests.jam.world import HOUR, SCHEDULE, T0, World

OPENS = dict(zip(DATED, SCHEDULE.instants(), strict=True))
SCHEDULES = st.lists(st.integers(0, 40), min_size=5, max_size=5).map(lambda instants: Schedule(*sorted(instants)))


def scheduled(world: World, why: str, phase: Phase | None, schedule: Schedule, by: str = "mod") -> tuple[ev.Event, ...]:
    name = None if phase is None else phase.value
    return (ev.JamScheduled(at=world.now, schedule=schedule, why=why, phase=name, by=by),)


# -------------------------------------------------------------------------------------------------- the function of time
@pytest.mark.parametrize(("before", "after"), list(pairwise(DATED)))
def test_a_phase_is_half_open_to_the_millisecond(before: Phase, after: Phase) -> None:
    opens = OPENS[after]
    assert [phase_at(SCHEDULE, True, opens + ms) for ms in (-1, 0, 1)] == [before, after, after]
    assert SCHEDULE.closes_phase_at(before) == SCHEDULE.opens_at(after) == opens


def test_before_the_lobby_a_published_jam_is_in_it_and_an_unpublished_one_is_a_draft() -> None:
    assert phase_at(SCHEDULE, True, 0) is Phase.LOBBY
    assert phase_at(SCHEDULE, False, OPENS[Phase.REVIEW]) is Phase.DRAFT
    assert phase_at(None, True, T0) is Phase.DRAFT
    assert next_change(SCHEDULE, False, T0) is next_change(None, True, T0) is None


@given(SCHEDULES, st.integers(-5, 45))
def test_a_jam_is_in_the_one_phase_whose_interval_holds_the_instant(schedule: Schedule, now: int) -> None:
    """A phase without length holds no instant and is skipped."""
    phase = phase_at(schedule, True, now)
    holding = [
        each for each in DATED
        if (schedule.opens_at(each) or 0) <= now and (each is Phase.CLOSED or now < (schedule.closes_phase_at(each) or 0))
    ]  # fmt: skip
    assert [phase] == (holding or [Phase.LOBBY])


@given(SCHEDULES, st.integers(-5, 45))
def test_the_next_change_is_the_first_instant_of_another_phase(schedule: Schedule, now: int) -> None:
    coming = next_change(schedule, True, now)
    phases = {at: phase_at(schedule, True, at) for at in range(now, 60)}
    other = next((at for at in phases if phases[at] is not phases[now]), None)
    assert coming == (None if other is None else (phases[other], other))


@given(SCHEDULES, st.integers(-5, 45), st.integers(0, 1000))
def test_a_schedule_moved_is_the_same_one_later(schedule: Schedule, now: int, by: int) -> None:
    later = Schedule(*(instant + by for instant in schedule.instants()))
    assert phase_at(later, True, now + by) is phase_at(schedule, True, now)


# ------------------------------------------------------------------------------------------------------ the closing instant
@pytest.mark.parametrize(("early", "allowed"), [(1, True), (0, False), (-1, False)])
def test_a_vote_at_the_closing_instant_is_too_late_and_told_when_it_closed(early: int, allowed: bool) -> None:
    world = World()
    idea = world.post()
    closes = OPENS[Phase.REVIEW]
    world.now = closes - early
    if allowed:
        world.support(idea, "ben")
        return
    refusal = world.refuse(PhaseClosed, c.SupportIdea, "ben", idea=idea)
    assert (refusal.closed_at, refusal.opens_at, refusal.phase) == (closes, None, Phase.REVIEW)


@pytest.mark.parametrize(("late", "allowed"), [(-1, False), (0, True)])
def test_an_idea_at_the_opening_instant_is_in_time(late: int, allowed: bool) -> None:
    world = World(Phase.LOBBY)
    world.now = OPENS[Phase.IDEATION] + late
    if allowed:
        assert world.post()
        return
    refusal = world.refuse(PhaseClosed, c.PostIdea, "ann", topic=world.topic, title="Early", body="")
    assert (refusal.closed_at, refusal.opens_at, refusal.phase) == (None, OPENS[Phase.IDEATION], Phase.LOBBY)


def test_posting_closes_with_ideation_and_voting_goes_on() -> None:
    world = World()
    idea = world.post()
    world.now = OPENS[Phase.REFINEMENT]
    refusal = world.refuse(PhaseClosed, c.PostIdea, "ann", topic=world.topic, title="Late", body="")
    assert refusal.closed_at == OPENS[Phase.REFINEMENT]
    world.support(idea, "ben")


# ---------------------------------------------------------------------------------------------------------------- extend
def test_an_extended_phase_closes_later_and_the_others_keep_their_lengths(world: World) -> None:
    until = OPENS[Phase.REFINEMENT] + 5
    expected = Schedule(SCHEDULE.lobby_at, SCHEDULE.ideation_at, *(at + 5 for at in SCHEDULE.instants()[2:]))
    extension = {"phase": Phase.IDEATION, "until": until}
    assert world.do(c.ExtendPhase, "mod", **extension) == scheduled(world, "extended", Phase.IDEATION, expected)
    world.still(c.ExtendPhase, "mod", **extension)
    world.now = until - 1
    assert world.state.phase(world.now) is Phase.IDEATION
    assert world.state.phase(until) is Phase.REFINEMENT


def test_what_is_no_extension(world: World) -> None:
    for phase, until, why in (
        (Phase.IDEATION, OPENS[Phase.REFINEMENT] - 1, InvalidInput),
        (Phase.IDEATION, 0, InvalidInput),
        (Phase.IDEATION, 10**14, InvalidInput),
        (Phase.LOBBY, T0 + 9 * HOUR, Conflict),
        (Phase.REFINEMENT, T0 + 9 * HOUR, Conflict),
    ):
        world.refuse(why, c.ExtendPhase, "mod", phase=phase, until=until)
    world.go(Phase.CLOSED)
    world.refuse(Conflict, c.ExtendPhase, "mod", phase=Phase.CLOSED, until=T0 + 9 * HOUR)
    world.refuse(NotAllowed, c.ExtendPhase, "rev", phase=Phase.CLOSED, until=T0 + 9 * HOUR)


def test_a_phase_without_length_stays_without_length_when_the_one_before_it_is_extended() -> None:
    world = World(Phase.LOBBY)
    world.do(c.ScheduleJam, "org", schedule=Schedule(*(T0 + hours * HOUR for hours in (1, 2, 3, 3, 4))))
    world.go(Phase.IDEATION)
    world.do(c.ExtendPhase, "mod", phase=Phase.IDEATION, until=T0 + 5 * HOUR)
    assert [world.state.phase(T0 + 5 * HOUR + ms) for ms in (-1, 0)] == [Phase.IDEATION, Phase.REVIEW]
    assert world.state.phase(T0 + 6 * HOUR) is Phase.CLOSED


# ----------------------------------------------------------------------------------------------------------- close early
@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.IDEATION, Phase.REFINEMENT, Phase.REVIEW])
def test_a_phase_closed_early_gives_way_to_the_next_which_closes_when_it_was_to(phase: Phase) -> None:
    world = World(phase)
    after = ORDER[ORDER.index(phase) + 1]
    index = DATED.index(after)
    instants = SCHEDULE.instants()
    expected = Schedule(*instants[:index], world.now, *instants[index + 1 :])
    assert world.do(c.ClosePhaseEarly, "mod") == scheduled(world, "closed_early", phase, expected)
    assert world.state.phase(world.now) is after
    assert world.state.phase(world.now - 1) is phase


def test_a_lobby_can_close_before_it_was_to_open() -> None:
    world = World(Phase.LOBBY)
    world.now = SCHEDULE.lobby_at - 1000
    world.do(c.ClosePhaseEarly, "mod")
    assert world.state.phase(world.now) is Phase.IDEATION
    assert world.state.schedule == Schedule(world.now, world.now, *SCHEDULE.instants()[2:])


def test_closing_early_skips_the_phases_without_length() -> None:
    world = World(Phase.LOBBY)
    world.do(c.ScheduleJam, "org", schedule=Schedule(*(T0 + hours * HOUR for hours in (1, 2, 3, 3, 4))))
    world.go(Phase.IDEATION)
    world.do(c.ClosePhaseEarly, "mod")
    assert world.state.phase(world.now) is Phase.REVIEW


def test_what_can_not_be_closed_early(world: World) -> None:
    world.now = OPENS[Phase.IDEATION]
    world.refuse(Conflict, c.ClosePhaseEarly, "mod")
    world.go(Phase.CLOSED)
    world.refuse(Conflict, c.ClosePhaseEarly, "mod")
    world.refuse(NotAllowed, c.ClosePhaseEarly, "ann")


def test_two_who_close_the_same_phase_close_one(world: World) -> None:
    world.do(c.ClosePhaseEarly, "mod", phase=Phase.IDEATION)
    now = world.state.phase(world.now)
    assert world.do(c.ClosePhaseEarly, "org", phase=Phase.IDEATION) == ()
    assert world.state.phase(world.now) is now
    world.refuse(Conflict, c.ClosePhaseEarly, "mod", phase=Phase.CLOSED)


def test_the_same_command_again_closes_no_second_phase(world: World) -> None:
    """The state remembers the command, and whoever commits asks it first."""
    command = world.command(c.ClosePhaseEarly, "mod")
    world.run(command)
    assert world.state.remembers(ids.command_key(command.actor, command.id))
    assert not world.state.remembers(ids.command_key("org", command.id))


# ---------------------------------------------------------------------------------------------------------------- reopen
@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.IDEATION, Phase.REFINEMENT, Phase.REVIEW])
def test_a_reopened_phase_is_open_until_then_and_the_others_follow(phase: Phase) -> None:
    world = World(Phase.CLOSED)
    until = world.now + 7
    index = ORDER.index(phase)
    by = until - SCHEDULE.instants()[index]
    expected = Schedule(*SCHEDULE.instants()[:index], *(at + by for at in SCHEDULE.instants()[index:]))
    assert world.do(c.ReopenPhase, "mod", phase=phase, until=until) == scheduled(world, "reopened", phase, expected)
    assert [world.state.phase(at) for at in (world.now, until - 1, until)] == [phase, phase, ORDER[index + 1]]
    world.refuse(Conflict, c.ReopenPhase, "mod", phase=phase, until=until + 1)


def test_votes_count_again_in_a_reopened_phase(world: World) -> None:
    idea = world.post()
    world.go(Phase.REVIEW)
    world.refuse(PhaseClosed, c.SupportIdea, "ben", idea=idea)
    world.do(c.ReopenPhase, "mod", phase=Phase.REFINEMENT, until=world.now + HOUR)
    world.support(idea, "ben")
    world.wait(HOUR)
    refusal = world.refuse(PhaseClosed, c.SupportIdea, "cat", idea=idea)
    assert refusal.closed_at == world.now


def test_what_can_not_be_reopened(world: World) -> None:
    for phase in (Phase.DRAFT, Phase.IDEATION, Phase.REFINEMENT, Phase.CLOSED):
        world.refuse(Conflict, c.ReopenPhase, "mod", phase=phase, until=world.now + 1)
    for until in (world.now, world.now - 1, 0):
        world.refuse(InvalidInput, c.ReopenPhase, "mod", phase=Phase.LOBBY, until=until)
    world.refuse(InvalidInput, c.ReopenPhase, "mod", phase=Phase.LOBBY, until=10**14)
    world.refuse(NotAllowed, c.ReopenPhase, "spo", phase=Phase.LOBBY, until=world.now + 1)


@given(
    st.lists(st.integers(0, 6), min_size=5, max_size=5).map(sorted),
    st.lists(st.tuples(st.sampled_from(["extend", "close", "reopen"]), st.sampled_from(DATED), st.integers(1, 4)), max_size=6),
)
def test_the_schedule_stays_in_order_whatever_is_done_to_it(instants: list[int], acts: list[tuple[str, Phase, int]]) -> None:
    """Only typed refusals; what was asked for holds at once."""
    world = World(Phase.LOBBY)
    schedule = Schedule(*(T0 + HOUR + at * HOUR for at in instants))
    world.state.schedule = schedule
    for act, phase, step in acts:
        world.wait(step * HOUR // 2)
        kind, fields = {
            "extend": (c.ExtendPhase, {"phase": phase, "until": world.now + step * HOUR}),
            "close": (c.ClosePhaseEarly, {}),
            "reopen": (c.ReopenPhase, {"phase": phase, "until": world.now + step * HOUR}),
        }[act]
        was = world.state.phase(world.now)
        try:
            events = world.do(kind, "mod", **fields)
        except (Conflict, InvalidInput):
            continue
        assert world.state.schedule is not None
        assert world.state.schedule.is_ordered()
        if events:
            now_in = world.state.phase(world.now)
            assert now_in is phase if act != "close" else ORDER.index(now_in) > ORDER.index(was)


# ------------------------------------------------------------------------------------------------------------------ plan
def test_a_plan_moves_only_what_is_still_to_come(world: World) -> None:
    later = Schedule(*SCHEDULE.instants()[:2], *(at + HOUR for at in SCHEDULE.instants()[2:]))
    assert world.do(c.ScheduleJam, "org", schedule=later) == scheduled(world, "planned", None, later, "org")
    world.still(c.ScheduleJam, "org", schedule=later)
    world.refuse(NotAllowed, c.ScheduleJam, "mod", schedule=SCHEDULE)
    for changed in (
        Schedule(later.lobby_at + 1, *later.instants()[1:]),
        Schedule(*later.instants()[:1], later.ideation_at - 1, *later.instants()[2:]),
        Schedule(*later.instants()[:2], world.now, *later.instants()[3:]),
    ):
        world.refuse(Conflict, c.ScheduleJam, "org", schedule=changed)


@pytest.mark.parametrize(
    "instants", [(5, 4, 6, 7, 8), (1, 2, 2, 3, 4), (-1, 2, 3, 4, 5), (1, 2, 3, 4, 5_000_000_000_000), (1, 2, 4, 3, 5)]
)
def test_what_is_no_schedule(instants: tuple[int, int, int, int, int]) -> None:
    world = World(Phase.DRAFT)
    assert world.refuse(InvalidInput, c.ScheduleJam, "org", schedule=Schedule(*instants)).field == "schedule"


def test_a_draft_is_planned_freely() -> None:
    world = World(Phase.DRAFT)
    past = Schedule(1, 2, 3, 4, 5)
    assert world.do(c.ScheduleJam, "org", schedule=past)
    world.do(c.PublishJam, "org")
    assert world.state.phase(world.now) is Phase.CLOSED
