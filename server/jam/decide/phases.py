"""The schedule, and what a moderator does to it while the jam runs: extend, close early, reopen."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority
from server.jam.permissions import Action
from server.jam.phases import DATED, ORDER, Phase, Schedule
from server.jam.rejections import Conflict, InvalidInput
from server.jam.state import JamState

LATEST = 4_102_444_800_000
"""2100-01-01: beyond it a date is taken for a mistake."""


def sensible(schedule: Schedule) -> Schedule:
    """The schedule, if its instants are dates in order and there is time to post ideas."""
    if not all(0 <= at < LATEST for at in schedule.instants()):
        raise InvalidInput("schedule", "Every instant is a date before the year 2100, in milliseconds since 1970.")
    if not schedule.is_ordered():
        raise InvalidInput("schedule", "The phases must open one after the other.")
    if schedule.ideation_at == schedule.refinement_at:
        raise InvalidInput("schedule", "The ideation phase needs time: it closes at the instant it opens.")
    return schedule


def plan(state: JamState, command: c.ScheduleJam, now: int) -> tuple[events.Event, ...]:
    """A new plan. What has already opened stays opened when it did: for that there are extend, close early and reopen."""
    authority(state, command.actor, Action.ORGANIZE, now)
    schedule = sensible(command.schedule)
    if state.published and state.schedule is not None:
        for phase in DATED:
            old, new = state.schedule.opens_at(phase), schedule.opens_at(phase)
            if old != new and min(old or 0, new or 0) <= now:
                raise Conflict(
                    f"The {phase.lower()} phase has opened, or would open in the past: extend, close early or reopen it."
                )
    return _scheduled(state, schedule, "planned", None, command.actor, now)


def _scheduled(
    state: JamState, schedule: Schedule, why: str, phase: Phase | None, by: str, now: int
) -> tuple[events.Event, ...]:
    if schedule == state.schedule:
        return ()
    name = None if phase is None else phase.value
    return (events.JamScheduled(at=now, schedule=sensible(schedule), why=why, phase=name, by=by),)


def _planned(state: JamState) -> Schedule:
    if state.schedule is None:
        raise Conflict("The jam has no schedule yet.")
    return state.schedule


def extend(state: JamState, command: c.ExtendPhase, now: int) -> tuple[events.Event, ...]:
    """The open phase closes later; those after it keep their lengths."""
    authority(state, command.actor, Action.STEER_PHASES, now)
    schedule = _planned(state)
    phase = state.phase(now)
    if command.phase is not phase or phase is Phase.CLOSED:
        raise Conflict(f"The jam is in its {phase.lower()} phase: only the phase that is open can be extended.")
    closes = schedule.closes_phase_at(phase)
    if closes is not None and command.until == closes:
        return ()
    if closes is None or command.until < closes:
        raise InvalidInput("until", "An extension must end later than the phase does now.")
    return _scheduled(state, schedule.moved(phase, command.until), "extended", phase, command.actor, now)


def close_early(state: JamState, command: c.ClosePhaseEarly, now: int) -> tuple[events.Event, ...]:
    """The open phase closes now, and the next one opens. Two who ask at once close one phase: it is closed for both."""
    authority(state, command.actor, Action.STEER_PHASES, now)
    schedule, phase = _planned(state), state.phase(now)
    if command.phase is not None and command.phase is not phase:
        if ORDER.index(command.phase) < ORDER.index(phase):
            return ()
        raise Conflict(f"The jam is in its {phase.lower()} phase: only the phase that is open can be closed.")
    if phase is Phase.CLOSED:
        raise Conflict("The jam is closed: there is no phase left to close.")
    if phase is Phase.IDEATION and now == schedule.ideation_at:
        raise Conflict("Ideation has only just opened.")
    return _scheduled(state, schedule.cut(phase, now), "closed_early", phase, command.actor, now)


def reopen(state: JamState, command: c.ReopenPhase, now: int) -> tuple[events.Event, ...]:
    """A phase that is over is open again until `until`; those after it follow then, with the lengths they had."""
    authority(state, command.actor, Action.STEER_PHASES, now)
    schedule, phase = _planned(state), command.phase
    closes = None if phase in (Phase.DRAFT, Phase.CLOSED) else schedule.closes_phase_at(phase)
    opens = schedule.opens_at(phase)
    if closes is None or opens is None or closes > now or ORDER.index(phase) >= ORDER.index(state.phase(now)):
        raise Conflict("Only a phase that has closed can be reopened.")
    if command.until <= now:
        raise InvalidInput("until", "It must be open again until some time in the future.")
    return _scheduled(state, schedule.moved(phase, command.until), "reopened", phase, command.actor, now)


DECISIONS: Decisions = {c.ScheduleJam: plan, c.ExtendPhase: extend, c.ClosePhaseEarly: close_early, c.ReopenPhase: reopen}
