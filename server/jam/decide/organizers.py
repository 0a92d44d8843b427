"""A jam always has someone who can run it."""

from collections.abc import Collection

from server.jam.entities import Member
from server.jam.people import Role
from server.jam.rejections import Conflict
from server.jam.state import JamState


def is_able_organizer(member: Member, now: int) -> bool:
    """Whether the member can run the jam at `now`: an organizer who is neither muted, nor suspended, nor erased."""
    restricted = member.restriction is not None and member.restriction.holds(now)
    return member.role is Role.ORGANIZER and not restricted and not member.branches and not member.erased


def keep_an_organizer(state: JamState, losing: Collection[str], now: int) -> None:
    """Refuses what would leave a jam without anyone to run it; `losing`: those who can't any more."""
    if any(is_able_organizer(member, now) and member.person not in losing for member in state.members):
        return
    raise Conflict("A jam needs an organizer: make someone else one first.")
