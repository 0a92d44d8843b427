"""What was decided about members, and what is undone of it."""

from collections.abc import Iterable, Iterator

from server.jam import events
from server.jam.apply import comments, ideas, marking
from server.jam.entities import Comment, Idea, Member, Notice, Numbers
from server.jam.member_acts import REMEMBERED_ACTS, Branch, MemberAct, MemberActKind
from server.jam.standing import Former, Held, Restriction, RestrictionKind, Scope
from server.jam.state import JamState
from server.jam.visibility import ContentStatus

NOTHING = ""
"""The public log says what was done, and of nobody to whom or why: a reason is told to the person concerned."""


def _those(state: JamState, people: Iterable[str]) -> Iterator[Member]:
    return (state.members[state.member_numbers[person]] for person in people)


def _stands(state: JamState, member: Member, restriction: Restriction | None) -> None:
    """Sets what the member may not do, and notes when it ends."""
    member.restriction = restriction
    state.endings.pop(member.person, None)
    if restriction is not None and restriction.until is not None:
        state.endings[member.person] = restriction.until
    _changed(state, member)


def _changed(state: JamState, member: Member) -> None:
    member.touched = member.standing_seq = state.seq


def _remember(state: JamState, act: MemberAct, members: Iterable[Member]) -> None:
    """Keeps what the members were, so that the act can be undone; only the newest acts can."""
    groups: dict[Former, Numbers] = {}
    for member in members:
        former = Former(member.role, member.restriction, member.branches)
        groups.setdefault(former, Numbers("I")).append(member.number)
    act.formers = list(groups.items())
    state.member_acts[act.id] = act
    while len(state.member_acts) > REMEMBERED_ACTS:
        del state.member_acts[next(iter(state.member_acts))]


def _act(state: JamState, id: str, kind: MemberActKind, at: int, by: str, people: tuple[str, ...]) -> MemberAct:
    return MemberAct(id, kind, at, state.seq, by, len(people))


def restricted(state: JamState, event: events.MembersRestricted) -> None:
    kind = MemberActKind.MUTE if event.kind is RestrictionKind.MUTED else MemberActKind.SUSPEND
    members = list(_those(state, event.people))
    _remember(state, _act(state, event.act, kind, event.at, event.by, event.people), members)
    restriction = Restriction(event.kind, event.at, event.until, event.reason, event.by)
    notice = Notice(state.seq, event.at, event.kind.value, None, None, event.reason)
    for member in members:
        _stands(state, member, restriction)
        marking.leave(state, member, notice)
    marking.logged(state, event.at, f"MEMBER_{event.kind.value}", NOTHING, NOTHING)


def lifted(state: JamState, event: events.RestrictionsLifted) -> None:
    members = list(_those(state, event.people))
    if event.act is not None:
        _remember(state, _act(state, event.act, MemberActKind.LIFT, event.at, event.by, event.people), members)
        marking.logged(state, event.at, "MEMBER_RESTRICTION_LIFTED", NOTHING, NOTHING)
    notice = Notice(state.seq, event.at, "RESTRICTION_LIFTED", None, None, event.reason)
    for member in members:
        if event.whole:
            member.branches = ()
        _stands(state, member, None)
        marking.leave(state, member, notice)


def scoped(state: JamState, event: events.MemberScoped) -> None:
    member = state.members[state.member_numbers[event.person]]
    is_narrow = event.topics is not None or event.languages is not None
    member.scope = Scope(event.topics, event.languages) if is_narrow else None
    member.touched = state.seq


def roles_changed(state: JamState, event: events.RolesChanged) -> None:
    members = list(_those(state, event.people))
    _remember(state, _act(state, event.act, MemberActKind.ROLE, event.at, event.by, event.people), members)
    for member in members:
        member.role = event.role
        _changed(state, member)


def invitations_revoked(state: JamState, event: events.InvitationsRevoked) -> None:
    act = _act(state, event.act, MemberActKind.INVITATIONS, event.at, event.by, event.people)
    act.invitations = event.invitations
    _remember(state, act, ())
    for id in event.invitations:
        invitation = state.invitation(id)
        if invitation is not None:
            invitation.revoked = True


def undone(state: JamState, event: events.MemberActUndone) -> None:
    """What they were comes back, but for what has ended since, and for branches that were restored since."""
    act = state.member_acts[event.act]
    act.undone_at, act.left = event.at, event.left
    formers = {number: former for former, members in act.formers for number in members}
    for member in _those(state, event.people):
        former = formers[member.number]
        member.role = former.role
        member.branches = tuple(root for root in former.branches if root in state.branches)
        restriction = former.restriction
        _stands(state, member, restriction if restriction is not None and restriction.holds(event.at) else None)
    for id in reopenable(state, act):
        invitation = state.invitation(id)
        if invitation is not None:
            invitation.revoked = False
    if act.kind not in (MemberActKind.ROLE, MemberActKind.INVITATIONS):
        marking.logged(state, event.at, "MEMBER_ACT_UNDONE", NOTHING, NOTHING)


def reopenable(state: JamState, act: MemberAct) -> list[str]:
    """The invitations that undoing the act opens again: not those of people whose branch was revoked since."""
    made = (state.invitation(id) for id in act.invitations)
    closed = (one for one in made if one is not None and one.revoked and not one.held)
    return [one.id for one in closed if (maker := state.member(one.by)) is not None and not maker.branches]


# ------------------------------------------------------------------------------------------------------------- branches
def branch_revoked(state: JamState, event: events.BranchRevoked) -> None:
    root = event.person
    state.branches[root] = Branch(
        root, event.at, state.seq, event.by, event.reason, event.hides,
        Numbers("I", [state.member_numbers[person] for person in event.people]),
        Numbers("I", [state.idea_numbers[id] for id in event.ideas]),
        Numbers("I", [state.comment_numbers[id] for id in event.comments]),
        event.invitations,
    )  # fmt: skip
    for member in _those(state, event.people):
        member.branches = (*member.branches, root)
        _changed(state, member)
    _hide(state, state.branches[root])
    for id in event.invitations:
        invitation = state.invitation(id)
        if invitation is not None:
            invitation.revoked, invitation.held = True, (*invitation.held, root)
    marking.logged(state, event.at, "BRANCH_REVOKED", NOTHING, NOTHING)


def _hide(state: JamState, branch: Branch) -> None:
    """Without a notice to each author, and one line of the log for all: they were suspended with it."""
    for number in branch.ideas:
        _hold(state, state.ideas[number], branch)
    for number in branch.comments:
        _hold(state, state.comments[number], branch)


def _hold(state: JamState, content: Idea | Comment, branch: Branch) -> None:
    if content.held is not None:
        content.held = content.held._replace(branches=(*content.held.branches, branch.root))
        return
    content.held = Held((branch.root,), content.status, content.reason)
    _show(state, content, ContentStatus.HIDDEN, branch.reason)


def _let_go(state: JamState, content: Idea | Comment, root: str) -> None:
    """Back to what it was, unless a moderator decided about it since, or another revoked branch holds it too."""
    held = content.held
    if held is None or root not in held.branches:
        return
    others = tuple(other for other in held.branches if other != root)
    if others:
        content.held, content.reason = held._replace(branches=others), state.branches[others[0]].reason
    else:
        content.held = None
        _show(state, content, held.status, held.reason)


def _show(state: JamState, content: Idea | Comment, status: ContentStatus, reason: str) -> None:
    if isinstance(content, Idea):
        ideas.set_status(state, content, status, reason)
    else:
        comments.set_status(state, content, status, reason)


def branch_restored(state: JamState, event: events.BranchRestored) -> None:
    root = event.person
    branch = state.branches.pop(root)
    for number in branch.members:
        member = state.members[number]
        if root in member.branches:
            member.branches = tuple(other for other in member.branches if other != root)
            _changed(state, member)
    for number in branch.ideas:
        _let_go(state, state.ideas[number], root)
    for number in branch.comments:
        _let_go(state, state.comments[number], root)
    for id in branch.invitations:
        invitation = state.invitation(id)
        if invitation is not None and root in invitation.held:
            invitation.held = tuple(other for other in invitation.held if other != root)
            invitation.revoked = bool(invitation.held) or invitation.by in state.erased_numbers
    marking.logged(state, event.at, "BRANCH_RESTORED", NOTHING, NOTHING)


HANDLERS: marking.Handlers = {
    events.MembersRestricted: restricted,
    events.RestrictionsLifted: lifted,
    events.MemberScoped: scoped,
    events.RolesChanged: roles_changed,
    events.InvitationsRevoked: invitations_revoked,
    events.MemberActUndone: undone,
    events.BranchRevoked: branch_revoked,
    events.BranchRestored: branch_restored,
}
