"""Reads what a client asks for, over HTTP or a socket.

* HttpRefused                    an answer with a status; nothing was executed
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Receive, Scope

Headers = Mapping[bytes, bytes]


class HttpRefused(Exception):
    """A request that is not run: status, stable code, what to do, and headers to send along."""

    def __init__(self, status: int, code: str, message: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = list(headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """One GraphQL request."""

    query: str | None
    document_hash: str | None
    variables: dict[str, Any]
    operation_name: str | None


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's headers by lower-case name; the last of a repeated one."""
    return dict(scope["headers"])


async def read_body(headers: Headers, receive: Receive, most: int) -> bytes:
    """The whole body, of at most `most` bytes; raises `HttpRefused`: 413, or 400 where its sender went before its end."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > most:
        raise _too_big(most)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpRefused(400, "BODY_CUT_OFF", "The connection ended before the body did: send it again.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _too_big(most)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def asked_of(body: bytes) -> Asked:
    """The request in a JSON body; raises `HttpRefused` 400."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpRefused(400, "BAD_JSON", f"The body is not JSON in UTF-8: {error}") from error
    if isinstance(payload, list):
        raise HttpRefused(400, "BATCHING_REFUSED", "Send one operation a request.")
    asked = asked_in(payload)
    if asked is None:
        raise HttpRefused(400, "BAD_REQUEST", "Send an object with `query` or a document's hash, and `variables`.")
    return asked


def asked_in(payload: object) -> Asked | None:
    """The request in a decoded payload; None where a member is of the wrong kind."""
    if not isinstance(payload, dict):
        return None
    variables = payload.get("variables")
    texts = [payload.get("query"), _hash_in(payload), payload.get("operationName")]
    if not (variables is None or isinstance(variables, dict)):
        return None
    if not all(text is None or isinstance(text, str) for text in texts):
        return None
    query, document_hash, name = texts
    # graphql-ws sends an empty `query` along with a hash, because it requires one.
    return Asked(query or None, document_hash, variables or {}, name or None)


def bearer(headers: Headers) -> str | None:
    """The bearer token of the Authorization header."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _hash_in(payload: dict[str, Any]) -> Any:
    extensions = payload.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if isinstance(persisted, dict) and "sha256Hash" in persisted:
        return persisted["sha256Hash"]
    return payload.get("documentId")


def _too_big(most: int) -> HttpRefused:
    return HttpRefused(413, "BODY_TOO_BIG", f"Send at most {most} bytes.")
