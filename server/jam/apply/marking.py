"""What every change of an idea or comment entails: its seq, the change log, the orders and the counts."""

from collections.abc import Callable, Iterable
from typing import Any

from server.jam import changes
from server.jam.entities import Comment, Idea, LogEntry, Member, Notice
from server.jam.events import Event
from server.jam.state import REMEMBERED_MINUTES, JamState
from server.jam.visibility import EVERYONE, Audience, Reach

Handlers = dict[type[Event], Callable[[JamState, Any], None]]

REMEMBERED_NOTICES = 100
FOR_THE_WHOLE = Reach(relations=0)
"""Whom nothing but their role lets see it: those who answer for the whole jam."""

IDEAS, COMMENTS, SUPPORTS, JOINS = range(4)


def idea_changed(state: JamState, idea: Idea) -> None:
    """The idea's listing may have changed: its counts, place in the orders, theme and topic with it."""
    idea.seq = state.seq
    state.orders.mark(idea)
    state.tallies.mark(idea)
    state.facets.mark(idea)
    if idea.reach.circle is not None:
        circle_touched(state, idea.reach.circle)
    listing_changed(state, idea)


def listing_changed(state: JamState, idea: Idea) -> None:
    """The idea is told anew to those whom it is for, and so are the counts of the jam and of its themes. No such count tells of
    a circle's ideas."""
    state.changes.note(changes.told_to(changes.IDEA, idea.reach), idea.id, state.seq)
    if idea.reach.circle is not None:
        return
    state.changes.note(changes.told_to(changes.JAM, idea.reach), state.id, state.seq)
    for theme in (idea.theme, idea.subtheme):
        if theme is not None:
            theme_changed_for(state, theme, idea.reach)


def lineage_changed(state: JamState, idea: Idea, reach: Reach) -> None:
    """The idea got or lost a build-on with this reach: nobody else may notice, so `seq`, which all see, stays."""
    both = reach.within(idea.reach)
    if both is not None and both.circle is None:
        state.changes.note(changes.told_to(changes.IDEA, both), idea.id, state.seq)


def topic_touched(state: JamState, audience: Audience) -> None:
    """Those whom a topic is for are told; so are those who are in its circle, by themselves."""
    if audience.circle is None:
        state.changes.note(changes.told_to(changes.JAM, audience.reach), state.id, state.seq)
    else:
        circle_touched(state, audience.circle)


def circle_touched(state: JamState, circle: str) -> None:
    """Circles are told one by one: their content never travels with what all others get. No one is in the circle
    of an idea whose circle and topic contradict each other."""
    known = state.circles.get(circle)
    for person in known.members if known is not None else ():
        member_touched(state, person)


def theme_changed(state: JamState, theme: str) -> None:
    """The theme itself changed, such as its name."""
    state.themes[theme].seq = state.seq
    theme_told(state, theme, state.themes[theme].ideas)


def theme_changed_for(state: JamState, theme: str, reach: Reach) -> None:
    """The theme's counts changed for those whom an idea with this reach is for."""
    state.themes[theme].seq = state.seq
    if reach.circle is None:
        state.changes.note(changes.told_to(changes.THEMES, reach), theme, state.seq)


def theme_told(state: JamState, theme: str, ideas: Iterable[int]) -> None:
    """Notes a change of a theme for those who see one of its ideas (given by their numbers), and for those who see all themes:
    for others it is not there."""
    told = {FOR_THE_WHOLE}
    for number in ideas:
        idea = state.ideas[number]
        if idea.is_listed and idea.reach.circle is None:
            told.add(idea.reach)
            if idea.reach.is_public:
                told = {idea.reach}
                break
    for reach in sorted(told, key=lambda reach: reach.relations):
        state.changes.note(changes.told_to(changes.THEMES, reach), theme, state.seq)


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
    comment = state.comment(target)
    idea = state.idea(target if comment is None else comment.idea)
    reach = EVERYONE.reach if idea is None else idea.reach
    if reach.circle is None:
        state.changes.note(changes.told_to(changes.JAM, reach), state.id, state.seq)


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
