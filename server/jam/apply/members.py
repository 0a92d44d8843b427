"""Members and circles."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.entities import Circle, Member
from server.jam.state import JamState


def joined(state: JamState, event: events.MemberJoined) -> None:
    member = Member(
        event.person,
        len(state.members),
        event.role,
        event.relation,
        event.at,
        event.invited_by,
        touched=state.seq,
        invitation=event.invitation,
    )
    state.members.append(member)
    state.member_numbers[member.person] = member.number
    invitation = state.invitation(event.invitation or "")
    if invitation is not None:
        invitation.uses += 1
    marking.counted(state, None, event.at, marking.JOINS)
    state.changes.note(changes.JAM, state.id, state.seq)


def role_changed(state: JamState, event: events.RoleChanged) -> None:
    member = state.members[state.member_numbers[event.person]]
    member.role, member.touched, member.standing_seq = event.role, state.seq, state.seq
    state.changes.note(changes.JAM, state.id, state.seq)


def notifications_read(state: JamState, event: events.NotificationsRead) -> None:
    member = state.members[state.member_numbers[event.person]]
    member.touched = state.seq
    member.read_seq = state.seq if event.up_to is None else max(member.read_seq, event.up_to)


def circle_created(state: JamState, event: events.CircleCreated) -> None:
    members = frozenset(event.members)
    state.circles[event.circle] = Circle(event.circle, event.name, event.by, members, event.at, seq=state.seq)
    _set_circle(state, event.circle, event.members, ())


def circle_changed(state: JamState, event: events.CircleChanged) -> None:
    circle = state.circles[event.circle]
    circle.members = (circle.members | set(event.added)) - set(event.removed)
    _circle_told(state, circle)
    _set_circle(state, event.circle, event.added, event.removed)


def circle_renamed(state: JamState, event: events.CircleRenamed) -> None:
    circle = state.circles[event.circle]
    circle.name = event.name
    _circle_told(state, circle)


def circle_closed(state: JamState, event: events.CircleClosed) -> None:
    circle = state.circles[event.circle]
    circle.closed = event.closed
    _circle_told(state, circle)


def _circle_told(state: JamState, circle: Circle) -> None:
    """The circle itself changed: its members, and nobody else, are told."""
    circle.seq = state.seq
    marking.circle_touched(state, circle.id)


def _set_circle(state: JamState, circle: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    for person in (*added, *removed):
        member = state.members[state.member_numbers[person]]
        member.circles = member.circles - {circle} if person in removed else member.circles | {circle}
        member.touched = member.circles_seq = state.seq


HANDLERS: marking.Handlers = {
    events.MemberJoined: joined,
    events.RoleChanged: role_changed,
    events.NotificationsRead: notifications_read,
    events.CircleCreated: circle_created,
    events.CircleChanged: circle_changed,
    events.CircleRenamed: circle_renamed,
    events.CircleClosed: circle_closed,
}
