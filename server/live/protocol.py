"""The server's side of `graphql-transport-ws`: one reader a connection, everything else is sent by the tick.

Written to https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md; close codes are in `codes.py`.
"""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Protocol, assert_never

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Message as AsgiMessage
from starlette.types import Receive, Scope

from server import request_number
from server.api.admission import Admission
from server.api.documents import Documents, Prepared
from server.api.errors import DocumentRefused, formatted, internal, refusal
from server.api.execution import Engine, encoded
from server.api.origin import is_allowed
from server.api.request import Asked, asked_in, bearer, headers_of
from server.api.scoping import check_scopes
from server.live.codes import CloseCode
from server.live.limits import Bucket, LiveLimits
from server.live.line import Line
from server.live.messages import (
    ACK,
    COMPLETE,
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
    error_tail,
    next_tail,
    pong,
    prefix,
    read,
)
from server.live.metrics import LiveCounters
from server.live.ports import Caller, Gate, Refused
from server.tracing.current import Span, Tracing, current
from server.tracing.requests import name_as, operation_over_websocket


class Host(Protocol):
    """What a connection needs of the hub."""

    documents: Documents
    gate: Gate
    engine: Engine
    limits: LiveLimits
    counters: LiveCounters
    admission: Admission
    allowed_hosts: frozenset[str]
    tracing: Tracing | None

    def admit(self, connection: "Connection", caller: Caller) -> bool:
        """Enter a signed-in connection; False when the person has too many."""
        ...

    def subscribe(
        self, connection: "Connection", operation_id: str, prepared: Prepared, variables: dict[str, Any]
    ) -> Awaitable[None]:
        """Begin a subscription; raises `Refused` or `DocumentRefused`."""
        ...


class Running:
    """A query or mutation that is being executed."""

    __slots__ = ("is_wanted", "task")

    def __init__(self) -> None:
        self.is_wanted = True
        self.task: asyncio.Task[None] | None = None

    def end(self) -> None:
        """Its answer is not wanted any more. What it does is not undone, so a mutation is let finish."""
        self.is_wanted = False


class Connection:
    """One client: reads its messages in order until either side closes."""

    __slots__ = ("_bucket", "_has_begun", "_host", "_is_acknowledged", "_receive", "_scope", "caller", "line")

    def __init__(self, host: Host, line: Line, scope: Scope, receive: Receive) -> None:
        self.line = line
        self.caller: Caller | None = None
        self._host = host
        self._scope: Scope | None = scope
        self._receive = receive
        self._has_begun = False
        self._is_acknowledged = False
        self._bucket = Bucket(host.limits.message_burst, time.monotonic())

    def close(self, code: CloseCode, reason: str) -> None:
        """Stop everything and close with a code."""
        if not self.line.closed:
            self._host.counters.closed_with(code)
            self.line.close(code, reason, self._host.limits.close_seconds)

    def stop(self, operation_id: str, refused: Refused) -> None:
        """End a subscription that its person may not have any more."""
        self.line.end(operation_id)
        self._refuse(operation_id, [refusal(refused)])

    async def serve(self) -> None:
        """Read until the end."""
        late = asyncio.get_running_loop().call_later(self._host.limits.init_seconds, self._late)
        try:
            while not self.line.closed:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    break
                await self._take(message)
        finally:
            late.cancel()
            self.line.end_all()
        await self.line.outlet.finish()

    def _late(self) -> None:
        if not self._has_begun:
            self.close(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")

    async def _take(self, received: AsgiMessage) -> None:
        limits = self._host.limits
        self._host.counters.messages_in += 1
        text = received.get("text")
        if text is None:
            self.close(CloseCode.BAD_REQUEST, "Send text messages")
        elif len(text) > limits.message_bytes:
            self.close(CloseCode.TOO_BIG, f"A message may be {limits.message_bytes} bytes")
        elif not self._bucket.take(time.monotonic(), limits.messages_per_second, limits.message_burst):
            self.close(CloseCode.TOO_MANY_MESSAGES, "Too many messages: connect again and send fewer")
        else:
            await self._obey(read(text))

    async def _obey(self, message: Message | None) -> None:
        match message:
            case None:
                self.close(CloseCode.BAD_REQUEST, "Not a message of graphql-transport-ws")
            case Init(payload):
                await self._begin(payload)
            case Ping(payload):
                await self.line.outlet.ready()
                self.line.post(pong(self._with_news(payload)))
            case Pong():
                pass
            case Subscribe(operation_id, payload):
                await self._subscribe(operation_id, payload)
            case Complete(operation_id):
                self.line.end(operation_id)
            case _:
                assert_never(message)

    def _with_news(self, payload: dict[str, Any] | None) -> dict[str, Any] | None:
        """A pong's payload: pages learn with it what is done without just now, and that it is over by its absence."""
        told = self._host.admission.told()
        return payload if told is None else {**(payload or {}), "busy": told}

    # ---- who is it

    async def _begin(self, payload: dict[str, Any]) -> None:
        if self._has_begun:
            self.close(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
            return
        self._has_begun = True
        try:
            is_admitted = await self._identify(payload)
        except Refused as refused:
            # Who is to try again must not take it for having been signed out.
            self.close(CloseCode.FORBIDDEN if refused.retry_after is None else CloseCode.RESTART, refused.code)
            return
        if is_admitted and not self.line.closed:
            self._is_acknowledged = True
            self.line.post(ACK)

    async def _identify(self, payload: dict[str, Any]) -> bool:
        scope, self._scope = self._scope, None
        headers = headers_of(scope or {"headers": ()})
        token = payload.get("token") or bearer(headers)
        if token is None and b"cookie" in headers and not self._is_ours(headers.get(b"origin")):
            self.close(CloseCode.FORBIDDEN, "Pages of this origin may not use the cookie")
            return False
        caller = await self._host.gate.caller(HTTPConnection(scope or {}), token if isinstance(token, str) else None)
        if caller is None and token is not None:
            self.close(CloseCode.UNAUTHORIZED, "Sign in again")
            return False
        self.caller = caller
        if caller is not None and not self.line.closed and not self._host.admit(self, caller):
            self.close(CloseCode.TOO_MANY_CONNECTIONS, "Too many connections of one person")
            return False
        return True

    def _is_ours(self, origin: bytes | None) -> bool:
        return is_allowed(None if origin is None else origin.decode("latin-1"), self._host.allowed_hosts)

    # ---- what does it want

    async def _subscribe(self, operation_id: str, payload: dict[str, Any]) -> None:
        request_number.begin()
        if not self._is_acknowledged:
            self.close(CloseCode.UNAUTHORIZED, "Unauthorized")
            return
        if operation_id in self.line.operations:
            self.close(CloseCode.SUBSCRIBER_EXISTS, "Subscriber for this id already exists")
            return
        asked = asked_in(payload)
        if asked is None:
            self.close(CloseCode.BAD_REQUEST, "Not a GraphQL request")
            return
        await self.line.outlet.ready()
        tracing = self._host.tracing
        span = None if tracing is None else operation_over_websocket(tracing, payload)
        try:
            await self._start(operation_id, asked, span)
        except DocumentRefused as refused:
            self._refuse(operation_id, formatted(refused.errors))
        except Refused as refused:
            self._refuse(operation_id, [refusal(refused)])
        except Exception as fault:
            self._refuse(operation_id, [internal(fault)])
        finally:
            if span is not None and not isinstance(self.line.operations.get(operation_id), Running):
                span.end()

    async def _start(self, operation_id: str, asked: Asked, span: Span | None) -> None:
        if len(self.line.operations) >= self._host.limits.operations_per_connection:
            raise Refused("TOO_MANY_OPERATIONS", "Complete a subscription before you begin another.")
        prepared = self._host.documents.prepare(asked.query, asked.document_hash, asked.operation_name)
        self._host.documents.admit(prepared, asked.variables)
        if span is not None:
            name_as(span, prepared.label)
        check_scopes(self.caller, prepared)
        if prepared.kind is OperationType.SUBSCRIPTION:
            await self._host.subscribe(self, operation_id, prepared, asked.variables)
        else:
            self._admit(prepared)
            running = self.line.operations[operation_id] = Running()
            running.task = asyncio.ensure_future(self._run(operation_id, running, prepared, asked.variables))

    def _admit(self, prepared: Prepared) -> None:
        """Raises `Overloaded`."""
        if prepared.kind is OperationType.MUTATION:
            self._host.admission.room_for({}, self.caller)
        else:
            self._host.admission.hold_back(prepared, self.caller)

    async def _run(self, operation_id: str, running: Running, prepared: Prepared, variables: dict[str, Any]) -> None:
        is_write, began = prepared.kind is OperationType.MUTATION, time.monotonic()
        if is_write:
            self._host.admission.enter()
        try:
            await self._execute(operation_id, running, prepared, variables)
        finally:
            if is_write:
                self._host.admission.leave(time.monotonic() - began)

    async def _execute(self, operation_id: str, running: Running, prepared: Prepared, variables: dict[str, Any]) -> None:
        start = prefix(operation_id)
        try:
            result = await self._host.engine.run(prepared, variables, self._host.gate.context(self.caller))
            tails = [next_tail(encoded(result)), COMPLETE]
            if result.data is None and result.errors and all(not error.path for error in result.errors):
                tails = [error_tail(formatted(result.errors))]
        except Exception as fault:
            tails = [error_tail([internal(fault)])]
        finally:
            # An operation is a task of its own, in which its span is current.
            if (span := current()) is not None:
                span.end()
        await self.line.outlet.ready()
        if running.is_wanted:
            self.line.operations.pop(operation_id, None)
            for tail in tails:
                self.line.hold(start, tail)
            self.line.flush()

    def _refuse(self, operation_id: str, errors: list[dict[str, Any]]) -> None:
        self.line.operations.pop(operation_id, None)
        self.line.post(prefix(operation_id) + error_tail(errors))
