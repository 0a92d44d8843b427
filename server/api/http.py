"""POST /graphql: checks, identity, execution, bytes. An ASGI application of its own, for one path.

A request goes through all checks, always. What is found out once is what its body asks (`questions`), whose its headers are
(`Gate.recalled`) and what the answer is (`answering`); where all three are known, nothing is waited for.
"""

from collections.abc import Iterable
from time import perf_counter

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from server.access.scopes import reading_refusal, scopes_of
from server.api.admission import CODE, Admission, Open
from server.api.answering import JSON, Answering, retry
from server.api.documents import Documents
from server.api.errors import DocumentRefused, formatted, internal, refusal
from server.api.execution import Engine, encoded_errors
from server.api.explorer import PAGE
from server.api.limits import HttpLimits
from server.api.origin import is_allowed
from server.api.questions import Question, Questions
from server.api.replies import Block, Pair, Reply
from server.api.request import Headers, HttpRefused, asked_of, bearer, headers_of, read_body
from server.api.scoping import check_scopes
from server.api.sharing import Sharing
from server.api.wire import deliver
from server.live.ports import Caller, Gate, Refused
from server.metrics.meters import RequestMeter

STATUS = {
    "SIGN_IN_REQUIRED": 401,
    "BAD_TOKEN": 401,
    "NOT_FOUND": 404,
    "TOO_MANY": 429,
    "UNAVAILABLE": 503,
    CODE: 503,
}
MOST_ORIGINS = 16
PERSON = b"x-hothouse-person"
"""The header in which a mutation may say whose it is."""

LABEL = "hothouse.operation"
REFUSED = "refused"
"""What counters call a request that asks for nothing which can be run."""


GRAPHQL = b"application/graphql-response+json"


class GraphQLHTTP:
    """The endpoint. `sharing` tells which answers are the same for a whole visibility class, and until when; `every` has
    headers that every answer carries; `admission` knows whether there is room for a request.
    """

    def __init__(
        self,
        documents: Documents,
        gate: Gate,
        sharing: Sharing,
        limits: HttpLimits | None = None,
        engine: Engine | None = None,
        every: Iterable[Pair] = (),
        meter: RequestMeter | None = None,
        admission: Admission | None = None,
    ) -> None:
        self.meter = meter or RequestMeter()
        self._admission = admission or Open()
        self._block = Block(every)
        self.answering = Answering(engine or Engine(documents.schema, own=documents.own), gate, sharing, self._block)
        self.questions = Questions()
        self._documents = documents
        self._gate = gate
        self._limits = limits or HttpLimits()
        self._origins: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = perf_counter()
        try:
            reply = await self._reply(scope, receive)
        except Exception as error:
            reply = self._refusal(error)
        if reply.status >= 400:
            reply = _as_asked(reply, headers_of(scope))
        await deliver(reply, send)
        self.meter.note(scope.get(LABEL, REFUSED), reply.status, len(reply.body), perf_counter() - began)

    def at_once(self, scope: Scope, body: bytes) -> Reply | None:
        """The answer to a request whose whole body is there, if nothing has to be waited for or refused."""
        began = perf_counter()
        headers = headers_of(scope)
        try:
            self._check(scope["method"], headers)
            question = self.questions.get(body, self._documents.edition)
            if question is None and self._admission.is_full:
                return self._turned_away(headers, body, began)
            reply = None if question is None else self._found(scope, headers, question)
        except Exception:
            return None  # it is found again, and worded, on the usual way
        if question is not None and reply is not None:
            self.meter.note(question.prepared.label, reply.status, len(reply.body), perf_counter() - began)
        return reply

    def _turned_away(self, headers: Headers, body: bytes, began: float) -> Reply | None:
        """The refusal of a write for which there is no room, before anything is waited for: when most are refused, what a
        refusal costs decides how much is left for the others.
        """
        prepared = self._asked(body).prepared
        if prepared.kind is not OperationType.MUTATION:
            return None
        try:
            self._admission.room_for(headers)
        except Refused as refused:
            reply = self._refusal(refused)
            self.meter.note(prepared.label, reply.status, len(reply.body), perf_counter() - began)
            return reply
        return None

    def _refusal(self, error: Exception) -> Reply:
        match error:
            case HttpRefused():
                told = [{"message": error.message, "extensions": {"code": error.code}}]
                return Reply(error.status, encoded_errors(told), self._block.plus(JSON, *error.headers))
            case DocumentRefused():
                return Reply(400, encoded_errors(formatted(error.errors)), self._block.plus(JSON))
            case Refused():
                block = self._block.plus(JSON, *retry(error.retry_after))
                return Reply(STATUS.get(error.code, 403), encoded_errors([refusal(error)]), block)
        return Reply(500, encoded_errors([internal(error)]), self._block.plus(JSON))

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        headers = headers_of(scope)
        if scope["method"] == "GET" and self._limits.development:
            return Reply(200, PAGE, self._block.plus((b"content-type", b"text/html; charset=utf-8")))
        self._check(scope["method"], headers)
        body = await read_body(headers, receive, self._limits.body_bytes)
        question = self.questions.get(body, self._documents.edition)
        found = None if question is None else self._found(scope, headers, question)
        question = question or self._asked(body)
        scope[LABEL] = question.prepared.label
        if found is not None:
            return found
        if question.prepared.kind is OperationType.MUTATION:
            return await self._written(scope, headers, question)
        caller = await self._caller(scope, headers)
        check_scopes(caller, question.prepared)
        self._admission.hold_back(question.prepared, caller)
        return await self.answering.in_turn(question, caller, headers.get(b"if-none-match"))

    async def _written(self, scope: Scope, headers: Headers, question: Question) -> Reply:
        """The answer to a mutation, if there is room for it."""
        self._admission.room_for(headers, self._recalled(scope, headers))
        self._admission.enter()
        began = perf_counter()
        try:
            caller = await self._caller(scope, headers)
            _check_person(caller, headers)
            check_scopes(caller, question.prepared)
            return await self.answering.in_turn(question, caller, None)
        finally:
            self._admission.leave(perf_counter() - began)

    def _found(self, scope: Scope, headers: Headers, question: Question) -> Reply | None:
        """The answer to someone who is recalled, where it is finished."""
        caller = self._recalled(scope, headers)
        if caller is not None and reading_refusal(scopes_of(caller), question.prepared.coordinates):
            return None
        return None if caller is None else self.answering.at_once(question, caller, headers.get(b"if-none-match"))

    def _asked(self, body: bytes) -> Question:
        """What the body asks. Nobody asks the same mutation twice, so only queries are remembered."""
        asked = asked_of(body)
        prepared = self._documents.prepare(asked.query, asked.document_hash, asked.operation_name)
        self._documents.admit(prepared, asked.variables)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise HttpRefused(400, "USE_A_SOCKET", "Subscribe over a websocket, protocol graphql-transport-ws.")
        question = Question(prepared, asked.variables)
        if prepared.kind is OperationType.QUERY:
            self.questions.keep(body, question)
        return question

    # ---------------------------------------------------------------------------------------------------------- checks
    def _check(self, method: str, headers: Headers) -> None:
        if method != "POST":
            raise HttpRefused(405, "USE_POST", "Send GraphQL requests by POST.", [(b"allow", b"POST")])
        kind = headers.get(b"content-type", b"")
        if kind != b"application/json" and kind.split(b";")[0].strip().lower() != b"application/json":
            raise HttpRefused(415, "USE_JSON", "Send `Content-Type: application/json`.")
        if b"cookie" in headers and b"authorization" not in headers:
            self._check_page(headers)

    def _check_page(self, headers: Headers) -> None:
        if headers.get(b"x-hothouse") != b"1":
            raise HttpRefused(403, "HEADER_MISSING", "Send `X-Hothouse: 1` along with the cookie.")
        origin = headers.get(b"origin")
        if origin in self._origins:
            return
        if not is_allowed(None if origin is None else origin.decode("latin-1"), self._limits.allowed_hosts):
            raise HttpRefused(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not use the cookie.")
        if origin is not None and len(self._origins) < MOST_ORIGINS:
            self._origins.add(origin)

    # -------------------------------------------------------------------------------------------------------- identity
    def _recalled(self, scope: Scope, headers: Headers) -> Caller | None:
        """Who asks, if that is known from before. A request that repeats a header is read with more care."""
        if len(headers) != len(scope["headers"]):
            return None
        return self._gate.recalled(headers.get(b"authorization"), headers.get(b"cookie"))

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        token = bearer(headers)
        caller = await self._gate.caller(HTTPConnection(scope), token)
        if caller is None and token is not None:
            raise HttpRefused(401, "BAD_TOKEN", "The token is not valid any more: sign in again.")
        self._admission.known(headers, caller)
        return caller


def _check_person(caller: Caller | None, headers: Headers) -> None:
    """What a device kept until it could be sent says whose it is: it is not done by whoever signed in there since."""
    person = headers.get(PERSON)
    if person is not None and (caller is None or caller.person_id.encode() != person):
        raise HttpRefused(409, "ANOTHER_PERSON", "Somebody else than `X-Hothouse-Person` is signed in: nothing was done.")


def _as_asked(reply: Reply, headers: Headers) -> Reply:
    """A refusal under the media type of GraphQL over HTTP where the client knows it: only then do some, such as Apollo's,
    read the errors of an answer whose status is not 200.
    """
    if GRAPHQL not in headers.get(b"accept", b""):
        return reply
    pairs = ((name, GRAPHQL if value == JSON[1] else value) for name, value in reply.block.pairs)
    return Reply(reply.status, reply.body, Block(pairs))
