"""Phases are a pure function of (schedule, now): nobody has to wake up for a jam to close on time."""

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What a jam is in; each is the half-open interval [opens, closes) of its schedule."""

    DRAFT = "DRAFT"
    LOBBY = "LOBBY"
    IDEATION = "IDEATION"
    REFINEMENT = "REFINEMENT"
    REVIEW = "REVIEW"
    CLOSED = "CLOSED"


ORDER = tuple(Phase)
DATED = ORDER[1:]
"""The phases that have an opening instant in the schedule, in order."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The opening instants of the dated phases, in milliseconds since 1970, never decreasing.

    A phase whose opening equals the next one's has no length and is skipped.
    """

    lobby_at: int
    ideation_at: int
    refinement_at: int
    review_at: int
    closes_at: int

    def instants(self) -> tuple[int, int, int, int, int]:
        return (self.lobby_at, self.ideation_at, self.refinement_at, self.review_at, self.closes_at)

    def is_ordered(self) -> bool:
        instants = self.instants()
        return all(a <= b for a, b in itertools.pairwise(instants))

    def opens_at(self, phase: Phase) -> int | None:
        """When a phase opens; None for a draft, which has always been open."""
        return None if phase is Phase.DRAFT else self.instants()[DATED.index(phase)]

    def closes_phase_at(self, phase: Phase) -> int | None:
        """When a phase closes, the first instant that is no longer in it; None for the last, which never does."""
        return None if phase is Phase.CLOSED else self.instants()[ORDER.index(phase)]

    def moved(self, phase: Phase, closes: int) -> "Schedule":
        """The schedule in which `phase` closes at `closes`; the phases after it keep their lengths."""
        index = ORDER.index(phase)
        shift = closes - self.instants()[index]
        return Schedule(*(at if i < index else at + shift for i, at in enumerate(self.instants())))

    def cut(self, phase: Phase, now: int) -> "Schedule":
        """The schedule in which `phase` closes now; the next phase opens now and still closes when it was to close.

        Phases without length in between close with it. A lobby that closes before it was to open opens now too.
        """
        index, instants = ORDER.index(phase), self.instants()
        opened = (min(at, now) for at in instants[:index])
        return Schedule(*opened, *(now if at == instants[index] else at for at in instants[index:]))


def phase_at(schedule: Schedule | None, published: bool, now: int) -> Phase:
    """The phase a jam is in at `now` (ms). A jam that is not published, or has no schedule, is a draft."""
    if schedule is None or not published:
        return Phase.DRAFT
    return DATED[max(0, bisect_right(schedule.instants(), now) - 1)]


def next_change(schedule: Schedule | None, published: bool, now: int) -> tuple[Phase, int] | None:
    """The next phase and the instant at which it opens; None when nothing more will happen by itself."""
    if schedule is None or not published:
        return None
    ahead = [(opens, phase) for phase, opens in zip(DATED[1:], schedule.instants()[1:], strict=True) if opens > now]
    if not ahead:
        return None
    first = min(opens for opens, _ in ahead)
    return [phase for opens, phase in ahead if opens == first][-1], first
