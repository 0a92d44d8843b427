"""Requests that are traced: a layer around the GraphQL endpoint, there only where tracing is on; and what websockets ask."""

from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from server.api.http import LABEL, REFUSED, GraphQLHTTP
from server.api.replies import Reply
from server.tracing.current import Span, Tracing, enter

PICKED = "hothouse.traced"
TRACEPARENT = b"traceparent"
LEAST_FAULT = 500


class TracedGraphQL:
    """Answers as `graphql` does, and traces some of it. What is traced goes the usual way, through tasks of its own."""

    def __init__(self, graphql: GraphQLHTTP, tracing: Tracing) -> None:
        self._graphql = graphql
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_picked(scope):
            await self._graphql(scope, receive, send)
            return
        span = self._tracing.request("graphql", _traceparent_of(scope), {"http.request.method": scope["method"]})
        enter(span)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                _status(span, message["status"])
            await send(message)

        try:
            await self._graphql(scope, receive, told)
        finally:
            name_as(span, scope.get(LABEL, REFUSED))
            span.end()

    def at_once(self, scope: Scope, body: bytes) -> Reply | None:
        return None if self._is_picked(scope) else self._graphql.at_once(scope, body)

    def _is_picked(self, scope: Scope) -> bool:
        is_picked = scope.get(PICKED)
        if is_picked is None:
            is_picked = scope[PICKED] = self._tracing.picks(_traceparent_of(scope))
        return bool(is_picked)


def operation_over_websocket(tracing: Tracing, payload: Mapping[str, Any]) -> Span | None:
    """The span of what a message asks for, which is now current; None where it is not traced. Where a page wants to be traced,
    `extensions.traceparent` says below what, as the header does over HTTP.
    """
    extensions = payload.get("extensions")
    given = extensions.get("traceparent") if isinstance(extensions, dict) else None
    traceparent = given.encode("latin-1", "replace") if isinstance(given, str) else None
    span = tracing.request("graphql", traceparent, {"hothouse.transport": "websocket"}) if tracing.picks(traceparent) else None
    enter(span)
    return span


def name_as(span: Span, label: str) -> None:
    """Say what operation it was: `label` is one of the few that counters know, never a name that a client made up."""
    span.rename(f"graphql {label}")
    span.note("graphql.operation.name", label)


def _traceparent_of(scope: Scope) -> bytes | None:
    return next((value for name, value in scope["headers"] if name == TRACEPARENT), None)


def _status(span: Span, status: int) -> None:
    span.note("http.response.status_code", status)
    if status >= LEAST_FAULT:
        span.fail(str(status))
