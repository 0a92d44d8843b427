"""Who asks, and as whom: the transport's questions, answered from sessions and the jams' members."""

from collections.abc import Callable, Hashable

from starlette.requests import HTTPConnection

from schema.context import Context, Services
from server.access.sessions import Sessions
from server.app.feeds import Feeds, JamFeed
from server.jam.people import VisibilityClass
from server.jam.permissions import Action, may
from server.jam_store import JamStore
from server.live.ports import Caller, Refused

UNSEEN = Refused("NOT_FOUND", "There is no such jam that you may see.")


class AppGate:
    """The application's answer to `server.live.ports.Gate`."""

    def __init__(self, sessions: Sessions, store: JamStore, feeds: Feeds, services: Services, clock: Callable[[], int]) -> None:
        self._sessions = sessions
        self._store = store
        self._feeds = feeds
        self._services = services
        self._clock = clock

    async def caller(self, connection: HTTPConnection, token: str | None) -> Caller | None:
        return await self._sessions.caller(connection, token)

    def context(self, caller: Caller | None) -> object:
        return Context(self._services, caller=caller)

    def shared_context(self, jam_id: str, visibility: Hashable) -> object:
        assert isinstance(visibility, VisibilityClass)
        return Context(self._services, visibility=visibility, jam_id=jam_id)

    def visibility(self, caller: Caller | None, jam_id: str) -> Hashable:
        """The caller's class in the jam. Strangers, and members while it is a draft, learn nothing of it."""
        state = self._store.get(jam_id)
        if state is None or caller is None:
            raise UNSEEN if caller is not None else Refused("SIGN_IN_REQUIRED", "Sign in to follow this jam.")
        viewer = state.viewer(caller.person_id)
        if viewer.visibility is None or not may(Action.VIEW, viewer.role, viewer.relation, state.phase(self._clock())):
            raise UNSEEN
        return viewer.visibility

    def feed(self, jam_id: str) -> JamFeed:
        return self._feeds.get(jam_id)
