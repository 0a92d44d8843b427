"""How members stood in a jam, as commands to the one that plays it again: whoever was out of it is out of that too.

Nobody brought anybody in the new jam, so a revoked branch is told person by person and text by text. Where someone was
restricted by themselves as well, they stay out when their branch comes back: rather too long than too short.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.decide.restrictions import MOST_PEOPLE
from server.jam.standing import RestrictionKind

RESTORED = "The branch was restored."
OVER = "It was over."


class Names(Protocol):
    """What the translator knows of the new jam."""

    def __getitem__(self, id: str) -> str: ...
    def who(self, actor: str) -> dict[str, str]: ...
    def made(self, old: str, prefix: str, command: c.Command) -> c.Command: ...


@dataclass
class Standings:
    """Who is restricted by themselves, and by whom; and what went out of sight with which branch, by the person at its root."""

    alone: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)

    def decided(self, event: ev.Event) -> None:
        """What a moderator decided about an idea or a comment stands, whatever becomes of the branch."""
        thing = getattr(event, "idea", None) if isinstance(event, OF_IDEAS) else getattr(event, "comment", None)
        if thing is not None and isinstance(event, (*OF_IDEAS, *OF_COMMENTS)):
            for hidden in self.hidden.values():
                hidden.discard(thing)


OF_IDEAS = (ev.IdeaHidden, ev.IdeaRemoved, ev.IdeaRestored)
OF_COMMENTS = (ev.CommentHidden, ev.CommentRemoved, ev.CommentRestored)
Commands = tuple[c.Command, ...]


def _parts(people: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(people[start : start + MOST_PEOPLE]) for start in range(0, len(people), MOST_PEOPLE)]


def _restricted(t: Names, s: Standings, e: ev.MembersRestricted) -> Commands:
    """Without its end, which is lifted as it was: the clock of a replay is another."""
    s.alone.update(dict.fromkeys(e.people, e.by))
    command = c.RestrictMembers(**t.who(e.by), people=e.people, kind=e.kind, until=None, reason=e.reason)
    return (t.made(e.act, ids.MEMBER_ACT, command),)


def _lifted(t: Names, s: Standings, e: ev.RestrictionsLifted) -> Commands:
    held = {person for people in s.people.values() for person in people} if not e.whole else set()
    free = [person for person in e.people if person not in held]
    by_whom: dict[str, list[str]] = {}
    for person in free:
        by_whom.setdefault(s.alone.get(person, e.by) if e.act is None else e.by, []).append(person)
    for person in e.people:
        s.alone.pop(person, None)
    made = [
        c.LiftRestrictions(**_numbered(t, by, place), people=part, reason=e.reason or OVER)
        for by, people in by_whom.items()
        for place, part in enumerate(_parts(people))
    ]
    if e.act is not None and len(made) == 1:
        t.made(e.act, ids.MEMBER_ACT, made[0])
    return tuple(made)


def _undone(t: Names, s: Standings, e: ev.MemberActUndone) -> Commands:
    try:
        act = t[e.act]
    except KeyError:
        return ()
    return (c.UndoMemberAct(**t.who(e.by), act=act),)


def _roles(t: Names, s: Standings, e: ev.RolesChanged) -> Commands:
    return (t.made(e.act, ids.MEMBER_ACT, c.ChangeRoles(**t.who(e.by), people=e.people, role=e.role)),)


def _scoped(t: Names, s: Standings, e: ev.MemberScoped) -> Commands:
    topics = None if e.topics is None else tuple(t[topic] for topic in e.topics)
    return (c.ScopeModerator(**t.who(e.by), person=e.person, topics=topics, languages=e.languages),)


def _branch_revoked(t: Names, s: Standings, e: ev.BranchRevoked) -> Commands:
    s.people[e.person], s.hidden[e.person] = e.people, {*e.ideas, *e.comments}
    suspended = RestrictionKind.SUSPENDED
    out = [
        c.RestrictMembers(**_numbered(t, e.by, place), people=part, kind=suspended, until=None, reason=e.reason)
        for place, part in enumerate(_parts(e.people))
    ]
    ideas = [c.HideIdea(**_numbered(t, e.by, f"i{at}"), idea=t[id], reason=e.reason) for at, id in enumerate(e.ideas)]
    remarks = [
        c.HideComment(**_numbered(t, e.by, f"c{at}"), comment=t[id], reason=e.reason) for at, id in enumerate(e.comments)
    ]
    return (*out, *ideas, *remarks)


def _branch_restored(t: Names, s: Standings, e: ev.BranchRestored) -> Commands:
    people, hidden = s.people.pop(e.person, ()), s.hidden.pop(e.person, set())
    still = {person for others in s.people.values() for person in others} | s.alone.keys()
    free = [person for person in people if person not in still]
    back = [
        c.LiftRestrictions(**_numbered(t, e.by, place), people=part, reason=RESTORED) for place, part in enumerate(_parts(free))
    ]
    shown = sorted(hidden - {thing for others in s.hidden.values() for thing in others})
    return (*back, *(_shown(t, e.by, place, id) for place, id in enumerate(shown)))


def _shown(t: Names, by: str, place: int, id: str) -> c.Command:
    who = _numbered(t, by, f"s{place}")
    if id.startswith(ids.IDEA):
        return c.RestoreIdea(**who, idea=t[id], reason=RESTORED)
    return c.RestoreComment(**who, comment=t[id], reason=RESTORED)


def _numbered(t: Names, actor: str, place: int | str) -> dict[str, str]:
    """The stamp of one of several commands for one event."""
    who = t.who(actor)
    return who | {"id": f"{who['id']}:{place}"}


SEVERAL: Mapping[type[ev.Event], Callable[[Any, Standings, Any], Commands]] = {
    ev.MembersRestricted: _restricted,
    ev.RestrictionsLifted: _lifted,
    ev.MemberActUndone: _undone,
    ev.RolesChanged: _roles,
    ev.MemberScoped: _scoped,
    ev.BranchRevoked: _branch_revoked,
    ev.BranchRestored: _branch_restored,
}
"""Events that several commands tell of, or none."""
