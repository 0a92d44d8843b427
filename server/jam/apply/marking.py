"""What every change of an idea or comment entails: its seq, the change log, the orders and the counts."""

from collections.abc import Callable
from typing import Any

from server.jam import changes
from server.jam.entities import Comment, Idea, LogEntry, Member, Notice
from server.jam.events import Event
from server.jam.state import REMEMBERED_MINUTES, JamState

Handlers = dict[type[Event], Callable[[JamState, Any], None]]

REMEMBERED_NOTICES = 100
IDEAS, COMMENTS, SUPPORTS, JOINS = range(4)


def idea_changed(state: JamState, idea: Idea) -> None:
    """The idea's listing may have changed: its counts, place in the orders, theme and topic with it."""
    idea.seq = state.seq
    state.orders.mark(idea)
    state.tallies.mark(idea)
    if idea.reach.circle is not None:
        circle_touched(state, idea.reach.circle)
    state.changes.note(changes.IDEA, idea.id, state.seq)
    state.changes.note(changes.JAM, state.id, state.seq)
    for theme in (idea.theme, idea.subtheme):
        if theme is not None:
            theme_changed(state, theme)


def circle_touched(state: JamState, circle: str) -> None:
    """Circles are told one by one: their content never travels with what all others get. No one is in the circle
    of an idea whose circle and topic contradict each other."""
    known = state.circles.get(circle)
    for person in known.members if known is not None else ():
        member_touched(state, person)


def theme_changed(state: JamState, theme: str) -> None:
    state.themes[theme].seq = state.seq
    state.changes.note(changes.THEMES, theme, state.seq)


def comment_changed(state: JamState, comment: Comment) -> None:
    comment.seq = state.seq
    idea = state.ideas[state.idea_numbers[comment.idea]]
    if idea.reach.circle is not None:
        circle_touched(state, idea.reach.circle)
    state.changes.note(changes.COMMENT, comment.id, state.seq)


def member_touched(state: JamState, person: str) -> None:
    member = state.member(person)
    if member is not None:
        member.touched = state.seq


def notify(
    state: JamState, person: str, at: int, kind: str, idea: str | None, comment: str | None = None, reason: str = ""
) -> None:
    """Leaves a notice for a member; only the newest are kept."""
    member = state.member(person)
    if member is not None:
        leave(state, member, Notice(state.seq, at, kind, idea, comment, reason))


def leave(state: JamState, member: Member, notice: Notice) -> None:
    """Leaves a notice that may be the same for many."""
    notices = member.notices
    notices.append(notice)
    if len(notices) > REMEMBERED_NOTICES:
        del notices[:-REMEMBERED_NOTICES]
    member.touched = state.seq


def logged(state: JamState, at: int, act: str, target: str, reason: str) -> None:
    """A line in the public log of moderation."""
    state.log.append(LogEntry(state.seq, at, act, target, reason))
    state.changes.note(changes.JAM, state.id, state.seq)


def counted(state: JamState, idea: Idea | None, at: int, what: int) -> None:
    """Counts activity by the minute, for the moderators' health view; what happens in a circle shows in no number."""
    if idea is not None and idea.reach.circle is not None:
        return
    minute = at // 60_000
    bucket = state.minutes.get(minute)
    if bucket is None:
        bucket = state.minutes[minute] = [0, 0, 0, 0]
        if len(state.minutes) > REMEMBERED_MINUTES:
            state.minutes.popitem(last=False)
    bucket[what] += 1
