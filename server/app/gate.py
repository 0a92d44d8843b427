"""Who asks, and as whom: the transport's questions, answered from sessions and the jams' members."""

from collections.abc import Callable, Collection, Hashable

import structlog
from starlette.requests import HTTPConnection

from schema.context import Context, Services
from server.access.sessions import Sessions
from server.app.feeds import Feeds, JamFeed
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.permissions import Action, may
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam_store import JamStore
from server.live.ports import Caller, Refused
from server.vault.port import VaultUnavailable

log = structlog.get_logger()
TELL_EVERY_MS = 5_000
AWAY = "The server can't look up who you are at the moment. Nothing is lost: please try again."
CLASSES = {
    (id(role), id(relation), id(phase)): VisibilityClass(role, relation)
    for role in Role
    for relation in Relation
    for phase in Phase
    if may(Action.VIEW, role, relation, phase)
}
"""Who may see a jam, and as whom. By identity, for an enum's member takes longer to hash than all the rest."""


def unseen() -> Refused:
    """A new one each time: an exception that is raised again and again holds on to all that it has passed through."""
    return Refused("NOT_FOUND", "There is no such jam that you may see.")


def class_in(state: JamState, person_id: str, phase: Phase, now: int) -> VisibilityClass | None:
    """The person's class in a jam. Strangers, who is suspended, and members while it is a draft, learn nothing of it."""
    member = state.member(person_id)
    return None if member is None or member.is_out(now) else CLASSES.get((id(member.role), id(member.relation), id(phase)))


class AppGate:
    """The application's answer to `server.live.ports.Gate`."""

    def __init__(self, sessions: Sessions, store: JamStore, feeds: Feeds, services: Services, clock: Callable[[], int]) -> None:
        self._sessions = sessions
        self._store = store
        self._feeds = feeds
        self._services = services
        self._clock = clock
        self._told_at = 0

    async def caller(self, connection: HTTPConnection, token: str | None) -> Caller | None:
        try:
            return await self._sessions.caller(connection, token)
        except VaultUnavailable as error:
            self._tell(error)
            raise Refused("UNAVAILABLE", AWAY, 2.0) from error

    def _tell(self, error: VaultUnavailable) -> None:
        """Logs it, once in a while: everybody asks."""
        now = self._clock()
        if now - self._told_at >= TELL_EVERY_MS:
            self._told_at = now
            log.warning("the vault can't say who asks", reason=error.reason)

    def recalled(self, authorization: bytes | None, cookie: bytes | None) -> Caller | None:
        return self._sessions.recalled(authorization, cookie)

    async def ended_sessions(self, session_ids: Collection[str]) -> Collection[str]:
        return await self._sessions.ended(session_ids)

    def context(self, caller: Caller | None) -> object:
        return Context(self._services, caller=caller)

    def shared_context(self, jam_id: str, visibility: Hashable) -> object:
        assert isinstance(visibility, VisibilityClass)
        return Context(self._services, visibility=visibility, jam_id=jam_id)

    def visibility(self, caller: Caller | None, jam_id: str) -> Hashable:
        """The caller's class in the jam; raises `Refused` where they may not see it."""
        state = self._store.get(jam_id)
        if state is None or caller is None:
            raise unseen() if caller is not None else Refused("SIGN_IN_REQUIRED", "Sign in to follow this jam.")
        now = self._clock()
        seen = class_in(state, caller.person_id, state.phase(now), now)
        if seen is None:
            raise unseen()
        return seen

    def feed(self, jam_id: str) -> JamFeed:
        return self._feeds.get(jam_id)
