"""The errors a client may see, and the wall before all others.

* DocumentRefused                the document can't be run; nothing was executed
* GraphQLError with a `code`     anything a client gets told
"""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import structlog
from graphql import GraphQLError

from server import request_number
from server.live.ports import Refused

log = structlog.get_logger()


class DocumentRefused(Exception):
    """A document that is not run, and why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def coded(code: str, message: str, nodes: Any = None, **more: Any) -> GraphQLError:
    """An error with `extensions.code`."""
    return GraphQLError(message, nodes, extensions={"code": code, **more})


def refusal(refused: Refused) -> dict[str, Any]:
    """A `Refused` as a GraphQL error."""
    extensions: dict[str, Any] = {"code": refused.code}
    if refused.retry_after is not None:
        extensions["retryAfterSeconds"] = refused.retry_after
    return {"message": refused.message, "extensions": {**extensions, **refused.more}}


def formatted(errors: Iterable[GraphQLError], request_id: str | None = None) -> list[dict[str, Any]]:
    """Errors as a client may read them: a fault of ours is logged and shown as `INTERNAL` with the request's number."""
    return [_one(error, request_id) for error in errors]


def internal(fault: BaseException, request_id: str | None = None) -> dict[str, Any]:
    """Log a fault of ours and hide it: the number in the answer is that of the lines in the log."""
    shown = request_id or request_number.current() or uuid4().hex
    log.error("a request failed", request=shown, exc_info=fault)
    return {
        "message": f"Something failed on our side. If it lasts, tell us this number: {shown}",
        "extensions": {"code": "INTERNAL", "requestId": shown},
    }


def _one(error: GraphQLError, request_id: str | None) -> dict[str, Any]:
    place = {key: value for key, value in error.formatted.items() if key in ("path", "locations")}
    cause = error.original_error
    if isinstance(cause, Refused):
        return refusal(cause) | place
    if cause is not None and not isinstance(cause, GraphQLError):
        return internal(cause, request_id) | place
    extensions = {"code": "BAD_REQUEST", **(error.extensions or {})}
    return {"message": error.message, "extensions": extensions} | place
