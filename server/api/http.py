"""POST /graphql: checks, identity, execution, bytes. An ASGI application, to be mounted with a Starlette `Route`."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import ceil
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult, OperationType
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from server.api.cache import Answer, AnswerCache
from server.api.documents import Documents, Prepared
from server.api.errors import DocumentRefused, formatted, internal, refusal
from server.api.execution import Engine, encoded, encoded_errors
from server.api.explorer import PAGE
from server.api.limits import HttpLimits
from server.api.origin import is_allowed
from server.api.request import Asked, Headers, HttpRefused, asked_of, bearer, headers_of, read_body
from server.live.ports import Caller, Gate, Refused


class ShareKey(NamedTuple):
    """What decides a shareable answer besides the question: the jam, who may see it, and how new it is."""

    jam_id: str
    visibility: Hashable
    tick: int


ShareKeyOf = Callable[[Prepared, dict[str, Any], Caller | None], ShareKey | None]
STATUS = {
    "SIGN_IN_REQUIRED": 401,
    "BAD_TOKEN": 401,
    "NOT_FOUND": 404,
    "TOO_MANY": 429,
    "UNAVAILABLE": 503,
}
JSON = (b"content-type", b"application/json; charset=utf-8")
PRIVATE = ((b"cache-control", b"private, no-cache"), (b"vary", b"cookie, authorization, accept-encoding"))


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished HTTP answer."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class GraphQLHTTP:
    """The endpoint. `share_key` tells which answers are the same for a whole visibility class, and until when."""

    def __init__(
        self,
        documents: Documents,
        gate: Gate,
        share_key: ShareKeyOf,
        limits: HttpLimits | None = None,
        cache: AnswerCache | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.cache = cache or AnswerCache()
        self._documents = documents
        self._engine = engine or Engine(documents.schema)
        self._gate = gate
        self._share_key = share_key
        self._limits = limits or HttpLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reply = await self._guarded(scope, receive)
        headers = [JSON, (b"content-length", str(len(reply.body)).encode()), *reply.headers]
        if reply.headers and reply.headers[0][0] == b"content-type":
            headers = headers[1:]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _guarded(self, scope: Scope, receive: Receive) -> Reply:
        try:
            return await self._reply(scope, receive)
        except HttpRefused as refused:
            error = {"message": refused.message, "extensions": {"code": refused.code}}
            return Reply(refused.status, encoded_errors([error]), refused.headers)
        except DocumentRefused as refused:
            return Reply(400, encoded_errors(formatted(refused.errors)))
        except Refused as refused:
            return Reply(STATUS.get(refused.code, 403), encoded_errors([refusal(refused)]), _retry(refused.retry_after))
        except Exception as fault:
            return Reply(500, encoded_errors([internal(fault)]))

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        headers = headers_of(scope)
        if scope["method"] == "GET" and self._limits.development:
            return Reply(200, PAGE, [(b"content-type", b"text/html; charset=utf-8")])
        self._check(scope["method"], headers)
        asked = asked_of(await read_body(headers, receive, self._limits.body_bytes))
        prepared = self._documents.prepare(asked.query, asked.document_hash, asked.operation_name)
        self._documents.admit(prepared, asked.variables)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise HttpRefused(400, "USE_A_SOCKET", "Subscribe over a websocket, protocol graphql-transport-ws.")
        caller = await self._caller(scope, headers)
        return await self._answer(prepared, asked, caller, headers)

    def _check(self, method: str, headers: Headers) -> None:
        if method != "POST":
            raise HttpRefused(405, "USE_POST", "Send GraphQL requests by POST.", [(b"allow", b"POST")])
        if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
            raise HttpRefused(415, "USE_JSON", "Send `Content-Type: application/json`.")
        if b"cookie" in headers and b"authorization" not in headers:
            self._check_page(headers)

    def _check_page(self, headers: Headers) -> None:
        if headers.get(b"x-hothouse") != b"1":
            raise HttpRefused(403, "HEADER_MISSING", "Send `X-Hothouse: 1` along with the cookie.")
        origin = headers.get(b"origin")
        if not is_allowed(None if origin is None else origin.decode("latin-1"), self._limits.allowed_hosts):
            raise HttpRefused(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not use the cookie.")

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        token = bearer(headers)
        caller = await self._gate.caller(HTTPConnection(scope), token)
        if caller is None and token is not None:
            raise HttpRefused(401, "BAD_TOKEN", "The token is not valid any more: sign in again.")
        return caller

    async def _answer(self, prepared: Prepared, asked: Asked, caller: Caller | None, headers: Headers) -> Reply:
        if prepared.kind is OperationType.QUERY and prepared.is_shareable:
            key = self._share_key(prepared, asked.variables, caller)
            if key is not None:
                return await self._shared(prepared, asked.variables, key, headers)
        result = await self._engine.run(prepared, asked.variables, self._gate.context(caller))
        return Reply(_status(result), encoded(result), [*PRIVATE, *_retry(_wait(result))])

    async def _shared(self, prepared: Prepared, variables: dict[str, Any], key: ShareKey, headers: Headers) -> Reply:
        async def make() -> Answer:
            context = self._gate.shared_context(key.jam_id, key.visibility)
            result = await self._engine.run(prepared, variables, context)
            return Answer.of(encoded(result), keepable=not result.errors)

        spelled = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
        answer = await self.cache.get((prepared.key, spelled, key.jam_id, key.visibility), key.tick, make)
        tagged = [(b"etag", answer.etag), *PRIVATE]
        if answer.keepable and _matches(headers.get(b"if-none-match"), answer.etag):
            return Reply(304, b"", tagged)
        return Reply(200, answer.body, tagged if answer.keepable else list(PRIVATE))


def _matches(asked: bytes | None, etag: bytes) -> bool:
    return asked is not None and etag in (tag.strip().removeprefix(b"W/") for tag in asked.split(b","))


def _status(result: ExecutionResult) -> int:
    """400 where execution never began, such as for variables of the wrong type (GraphQL over HTTP)."""
    return 400 if result.data is None and result.errors and all(not error.path for error in result.errors) else 200


def _wait(result: ExecutionResult) -> float | None:
    causes = (error.original_error for error in result.errors or ())
    waits = [cause.retry_after for cause in causes if isinstance(cause, Refused) and cause.retry_after is not None]
    return max(waits, default=None)


def _retry(seconds: float | None) -> list[tuple[bytes, bytes]]:
    return [] if seconds is None else [(b"retry-after", str(ceil(seconds)).encode())]
