"""The first thing a request meets: GraphQL goes straight to its endpoints, everything else by the routes.

Nine of ten requests are queries, and to go through the routes takes as long as to answer one; a connection that stays would
keep every step of the way in memory. The endpoint sends by itself what the routes' answers get around them: the headers that
every answer carries.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from server import request_number
from server.access.addresses import Proxies
from server.api.doorway import Doorway
from server.api.http import GraphQLHTTP
from server.api.replies import Reply
from server.tracing.requests import TracedGraphQL


class Entrance:
    """`graphql` answers HTTP requests for `path`, `live` its websockets, `others` all the rest.

    `doorway` is where `server.api.wire` has websockets wait.
    """

    def __init__(
        self,
        path: str,
        graphql: GraphQLHTTP | TracedGraphQL,
        live: ASGIApp,
        others: ASGIApp,
        proxies: Proxies,
        doorway: Doorway,
    ) -> None:
        """`proxies` are believed where they say who asks; GraphQL by HTTP counts people, never addresses."""
        self._path = path
        self._live = live
        self._proxies = proxies
        self.graphql = graphql
        self.doorway = doorway
        self._others = others

    def at_once(self, scope: Scope, body: bytes) -> Reply | None:
        """The answer, where there is nothing to wait for: asked by `server.api.wire`."""
        return self.graphql.at_once(scope, body) if scope["path"] == self._path else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_number.begin()
        if scope["path"] != self._path:
            self._proxies.reveal(scope)
            await self._others(scope, receive, send)
        elif scope["type"] == "http":
            await self.graphql(scope, receive, send)
        else:
            self._proxies.reveal(scope)
            await self._live(scope, receive, send)
