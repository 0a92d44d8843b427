"""Who may be muted, suspended, brought back, given a role or a scope, one by one or many at once; and what can be undone."""

from collections.abc import Iterable

from server.jam import commands as c
from server.jam import events, ids
from server.jam.apply.restrictions import reopenable
from server.jam.branches import branch_of, comments_of, ideas_of, invitations_of
from server.jam.decide.asking import Decisions, member_may
from server.jam.decide.organizers import keep_an_organizer
from server.jam.entities import Member
from server.jam.ids import SYSTEM
from server.jam.member_acts import MemberActKind
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.jam.standing import Restriction
from server.jam.state import JamState
from server.jam.texts import REASON, clean_language, clean_text

MOST_PEOPLE = 5_000
OF_ORGANIZERS = frozenset({MemberActKind.ROLE, MemberActKind.INVITATIONS})
"""Acts that only organizers undo: to moderators they are not there."""

LONGEST_MS = 10 * 366 * 24 * 3_600_000
MOST_IN_SCOPE = 50


def _reason(text: str) -> str:
    return clean_text("reason", text, REASON, 3)


def _targets(state: JamState, actor: str, people: Iterable[str]) -> list[Member]:
    """The members meant, each once. Nobody acts on themselves: a slip would lock them out."""
    named = list(dict.fromkeys(people))
    if not named:
        raise InvalidInput("personIds", "Name at least one person.")
    if len(named) > MOST_PEOPLE:
        raise InvalidInput("personIds", f"At most {MOST_PEOPLE:,} people at once, please: send the others after them.")
    found = [_member(state, person) for person in named]
    if actor in named:
        raise Conflict("You are among them: nobody can do that to themselves. Please leave yourself out.")
    return found


def _member(state: JamState, person: str) -> Member:
    member = state.member(person)
    if member is None:
        raise NotFound("member", person)
    return member


def _within_reach(by: Member, members: Iterable[Member]) -> None:
    """Moderators decide about participants only, organizers about everyone."""
    if by.role is not Role.ORGANIZER and any(member.role is not Role.PARTICIPANT for member in members):
        raise NotAllowed(Action.RESTRICT.value, "Only organizers can decide about those who have a role in running the jam.")


def _losing(members: Iterable[Member]) -> set[str]:
    return {member.person for member in members if member.role is Role.ORGANIZER}


# ---------------------------------------------------------------------------------------------------------- restrictions
def restrict(state: JamState, command: c.RestrictMembers, now: int) -> tuple[events.Event, ...]:
    """Whoever is restricted in just this way already is left as they are."""
    by = member_may(state, command.actor, Action.RESTRICT, now)
    members = _targets(state, command.actor, command.people)
    _within_reach(by, members)
    reason = _reason(command.reason)
    if command.until is not None and not now < command.until <= now + LONGEST_MS:
        raise InvalidInput("until", "It must end in the future, within ten years; leave it out for an end that you decide.")
    act = command.derived(ids.MEMBER_ACT)
    new = Restriction(command.kind, now, command.until, reason, command.actor)
    changed = [member for member in members if not _is_same(member.restriction, new)]
    if not changed or act in state.member_acts:
        return ()
    if losing := _losing(changed):
        keep_an_organizer(state, losing, now)
    people = tuple(member.person for member in changed)
    return (
        events.MembersRestricted(
            at=now, act=act, people=people, kind=command.kind, until=command.until, reason=reason, by=command.actor
        ),
    )


def _is_same(old: Restriction | None, new: Restriction) -> bool:
    return old is not None and (old.kind, old.until, old.reason) == (new.kind, new.until, new.reason)


def lift(state: JamState, command: c.LiftRestrictions, now: int) -> tuple[events.Event, ...]:
    """The system lifts what is over. Who is out because their branch was revoked is brought back by organizers only."""
    if command.actor == SYSTEM:
        return _lift_what_is_over(state, command, now)
    by = member_may(state, command.actor, Action.RESTRICT, now)
    members = _targets(state, command.actor, command.people)
    _within_reach(by, members)
    reason = _reason(command.reason)
    whole = by.role is Role.ORGANIZER
    if not whole and any(member.branches for member in members):
        raise NotAllowed(Action.MANAGE_BRANCHES.value, "Their branch was revoked: only organizers can bring them back.")
    act = command.derived(ids.MEMBER_ACT)
    changed = tuple(member.person for member in members if member.restriction is not None or member.branches)
    if not changed or act in state.member_acts:
        return ()
    return (events.RestrictionsLifted(at=now, act=act, people=changed, whole=whole, reason=reason, by=command.actor),)


def _lift_what_is_over(state: JamState, command: c.LiftRestrictions, now: int) -> tuple[events.Event, ...]:
    members = (state.member(person) for person in dict.fromkeys(command.people))
    restricted = (member for member in members if member is not None and member.restriction is not None)
    over = tuple(one.person for one in restricted if one.restriction is not None and not one.restriction.holds(now))
    if not over:
        return ()
    return (events.RestrictionsLifted(at=now, act=None, people=over, whole=False, reason="", by=SYSTEM),)


# ----------------------------------------------------------------------------------------------- roles, scopes, invitations
def scope(state: JamState, command: c.ScopeModerator, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.ORGANIZE, now)
    member = _member(state, command.person)
    if member.role is not Role.MODERATOR:
        raise Conflict("Only moderators are limited to topics and languages: make them a moderator first.")
    topics = _listed("topicIds", command.topics)
    for topic in topics or ():
        if topic not in state.topics:
            raise NotFound("topic", topic)
    languages = _listed("languages", command.languages)
    if languages is not None:
        languages = tuple(clean_language("languages", language) for language in languages)
    if (topics, languages) == (member.scope or (None, None)):
        return ()
    return (events.MemberScoped(at=now, person=member.person, topics=topics, languages=languages, by=command.actor),)


def _listed(field: str, values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    if not 1 <= len(values) <= MOST_IN_SCOPE:
        raise InvalidInput(field, f"Name between 1 and {MOST_IN_SCOPE}, or leave it out for all.")
    return tuple(dict.fromkeys(values))


def change_roles(state: JamState, command: c.ChangeRoles, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.ORGANIZE, now)
    members = _targets(state, command.actor, command.people)
    act = command.derived(ids.MEMBER_ACT)
    changed = [member for member in members if member.role is not command.role]
    if any(member.is_minor(now) for member in changed):
        raise Conflict("Some of them are minors, who take part as participants: please leave them out.")
    if not changed or act in state.member_acts:
        return ()
    if losing := _losing(changed):
        keep_an_organizer(state, losing, now)
    people = tuple(member.person for member in changed)
    return (events.RolesChanged(at=now, act=act, people=people, role=command.role, by=command.actor),)


def revoke_invitations(state: JamState, command: c.RevokeInvitationsOf, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.ORGANIZE, now)
    members = _targets(state, command.actor, command.people)
    makers = {member.person for member in members}
    made = tuple(one.id for one in state.invitations.values() if one.by in makers and not one.revoked)
    act = command.derived(ids.MEMBER_ACT)
    if not made or act in state.member_acts:
        return ()
    people = tuple(member.person for member in members)
    return (events.InvitationsRevoked(at=now, act=act, people=people, invitations=made, by=command.actor),)


# --------------------------------------------------------------------------------------------------------------- undoing
def undo(state: JamState, command: c.UndoMemberAct, now: int) -> tuple[events.Event, ...]:
    """Brings back what everyone was whom nobody has changed since; the others stay as they are, and are counted."""
    act = state.member_acts.get(command.act)
    by = member_may(state, command.actor, Action.RESTRICT, now)
    if act is None or (act.kind in OF_ORGANIZERS and by.role is not Role.ORGANIZER):
        raise NotFound("act", command.act)
    if act.undone_at is not None:
        return ()
    numbers = [number for _, members in act.formers for number in members]
    members = [member for number in numbers if not (member := state.members[number]).erased]
    _within_reach(by, members)
    same = [member for member in members if member.standing_seq == act.seq and member.person != command.actor]
    left = len(members) - len(same)
    if act.kind is MemberActKind.INVITATIONS:
        left = len(act.invitations) - len(reopenable(state, act))
    elif not same:
        raise Conflict("All of them were changed since: there is nothing left to undo.")
    if losing := _losing(same):
        keep_an_organizer(state, losing, now)
    return (events.MemberActUndone(at=now, act=act.id, people=tuple(one.person for one in same), left=left, by=command.actor),)


# -------------------------------------------------------------------------------------------------------------- branches
def revoke_branch(state: JamState, command: c.RevokeBranch, now: int) -> tuple[events.Event, ...]:
    """Suspends all of them without end, each besides whatever holds of them already. The actor stays outside of it, and
    so the jam keeps an organizer."""
    member_may(state, command.actor, Action.MANAGE_BRANCHES, now)
    root = _member(state, command.person)
    reason = _reason(command.reason)
    standing = state.branches.get(root.person)
    if standing is not None:
        if standing.hides == command.hides:
            return ()
        raise Conflict("This branch was revoked already: restore it first, then revoke it in the other way.")
    people = branch_of(state, root)
    if any(member.person == command.actor for member in people):
        raise Conflict("You belong to this branch yourself: nobody can revoke the branch that they are in.")
    hidden = (ideas_of(state, people), comments_of(state, people)) if command.hides else ((), ())
    return (
        events.BranchRevoked(
            at=now, person=root.person, people=tuple(member.person for member in people),
            ideas=tuple(idea.id for idea in hidden[0]), comments=tuple(comment.id for comment in hidden[1]),
            invitations=tuple(invitations_of(state, people)), hides=command.hides, reason=reason, by=command.actor,
        ),
    )  # fmt: skip


def restore_branch(state: JamState, command: c.RestoreBranch, now: int) -> tuple[events.Event, ...]:
    member_may(state, command.actor, Action.MANAGE_BRANCHES, now)
    if command.person in state.branches:
        return (events.BranchRestored(at=now, person=command.person, by=command.actor),)
    _member(state, command.person)
    return ()


DECISIONS: Decisions = {
    c.RestrictMembers: restrict,
    c.LiftRestrictions: lift,
    c.ScopeModerator: scope,
    c.ChangeRoles: change_roles,
    c.RevokeInvitationsOf: revoke_invitations,
    c.UndoMemberAct: undo,
    c.RevokeBranch: revoke_branch,
    c.RestoreBranch: restore_branch,
}
