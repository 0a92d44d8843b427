"""What there is to tell somebody of a jam: pure, from the state as it is now and two places in it.

A place says up to where somebody was told: the number of the last event, how many announcements, and the instant up to which
the moments of the schedule were looked at. All three only grow, so a stretch (after, upto] is told once.
"""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from server.jam.entities import Announcement, Idea, Member, Notice
from server.jam.people import Viewer
from server.jam.permissions import Action, may
from server.jam.phases import Phase, Schedule
from server.jam.state import JamState
from server.push.kinds import KIND_OF, PushKind

MINUTE_MS = 60_000
OPENS_SOON_MS = 10 * MINUTE_MS
CLOSES_SOON_MS = 30 * MINUTE_MS
SHORT_MS = 60 * MINUTE_MS
"""That a phase shorter than this closes soon is told by its opening."""

ACTIVE = (Phase.IDEATION, Phase.REFINEMENT)
"""The phases in which everybody has something to do."""


class Place(NamedTuple):
    seq: int = 0
    announcements: int = 0
    moment: int = 0

    def to_json(self) -> str:
        return json.dumps(list(self))

    @classmethod
    def of_json(cls, text: str) -> "Place":
        return cls(*json.loads(text))


class Turn(StrEnum):
    """What a phase is about to do."""

    OPENS = "OPENS"
    CLOSES = "CLOSES"


class Moment(NamedTuple):
    """From `at` on it is to be told that a phase opens or closes at `instant`; from then on no more."""

    at: int
    instant: int
    phase: Phase
    turn: Turn


class Happening(NamedTuple):
    """One thing: a notice, an announcement or a moment."""

    kind: PushKind
    at: int
    notice: Notice | None = None
    idea: Idea | None = None
    announcement: Announcement | None = None
    moment: Moment | None = None


def moments(schedule: Schedule) -> Iterator[Moment]:
    """The moments of a schedule. A phase that opens as another closes is told of by both."""
    for phase in ACTIVE:
        opens, closes = schedule.opens_at(phase), schedule.closes_phase_at(phase)
        if opens is None or closes is None or opens >= closes:
            continue
        yield Moment(opens - OPENS_SOON_MS, opens, phase, Turn.OPENS)
        if closes - opens >= SHORT_MS:
            yield Moment(closes - CLOSES_SOON_MS, closes, phase, Turn.CLOSES)


def place_now(state: JamState, now: int) -> Place:
    """Where a jam is."""
    return Place(state.seq, len(state.announcements), now)


def may_have_news(state: JamState, member: Member, after: Place, instants: Sequence[int], now: int) -> bool:
    """Whether it is worth looking closely: quick, for it is asked about everybody again and again. `instants`: when the moments
    of the jam's schedule are to be told."""
    notices = member.notices
    return (
        len(state.announcements) > after.announcements
        or (bool(notices) and notices[-1].seq > max(after.seq, member.read_seq))
        or any(after.moment < at <= now for at in instants)
    )


def happenings(state: JamState, member: Member, after: Place, upto: Place, now: int, since: int = 0) -> list[Happening]:
    """All in (after, upto] that is for the member, that they have not read and may see at `now`, the oldest first.

    `since` (ms): nothing from before, nor from before they joined.
    """
    viewer, since = state.viewer_at(member.person, now), max(since, member.joined_at)
    if not _allows(state, viewer, Action.VIEW, now):
        return []
    found = [
        *_noticed(state, member, viewer, Stretch(after.seq, upto.seq), now),
        *_announced(state, after.announcements, upto.announcements),
        *_coming(state, Stretch(after.moment, upto.moment), now),
    ]
    return sorted((one for one in found if one.at >= since), key=lambda one: one.at)


def unread(state: JamState, member: Member, upto: Place, now: int, since: int = 0) -> list[Happening]:
    """The notices up to a place that they have not read and may see at `now`, told before or not."""
    viewer, since = state.viewer_at(member.person, now), max(since, member.joined_at)
    return [one for one in _noticed(state, member, viewer, Stretch(0, upto.seq), now) if one.at >= since]


class Stretch(NamedTuple):
    """(after, upto]"""

    after: int
    upto: int


def _allows(state: JamState, viewer: Viewer, action: Action, now: int) -> bool:
    return may(action, viewer.role, viewer.relation, state.phase(now))


def _noticed(state: JamState, member: Member, viewer: Viewer, within: Stretch, now: int) -> Iterator[Happening]:
    reads = _allows(state, viewer, Action.READ_IDEAS, now)
    for notice in dict.fromkeys(member.notices):
        kind = KIND_OF.get(notice.kind)
        if kind is None or not max(within.after, member.read_seq) < notice.seq <= within.upto:
            continue
        idea = None if notice.idea is None else state.idea(notice.idea)
        if _shows(state, viewer, notice) if reads else notice.idea is None and viewer.role is not None:
            yield Happening(kind, notice.at, notice=notice, idea=idea)


def _shows(state: JamState, viewer: Viewer, notice: Notice) -> bool:
    """Whether what a notice is about may be seen now."""
    idea = None if notice.idea is None else state.idea(notice.idea)
    comment = None if notice.comment is None else state.comment(notice.comment)
    shows_idea = notice.idea is None or (idea is not None and state.sees_idea(viewer, idea))
    return shows_idea and (notice.comment is None or (comment is not None and state.sees_comment(viewer, comment)))


def _announced(state: JamState, after: int, upto: int) -> Iterator[Happening]:
    return (Happening(PushKind.ANNOUNCEMENT, one.at, announcement=one) for one in state.announcements[after:upto])


def _coming(state: JamState, within: Stretch, now: int) -> Iterator[Happening]:
    for moment in () if state.schedule is None else moments(state.schedule):
        if within.after < moment.at <= within.upto and now < moment.instant:
            yield Happening(PushKind.PHASE, moment.at, moment=moment)
