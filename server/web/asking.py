"""What a page of ours sends to sign in: a JSON object, with the header that no other site's form can send."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.access.addresses import counted
from server.api.origin import is_allowed

MOST_BYTES = 16 * 1024


class Refused(Exception):
    """A request that is not done: HTTP status, stable code, and what to do."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


async def body_of(request: Request, allowed_hosts: frozenset[str]) -> dict[str, Any]:
    """The JSON object sent, if it comes from a page of ours. Raises `Refused`."""
    if request.headers.get("x-hothouse") != "1" or not is_allowed(request.headers.get("origin"), allowed_hosts):
        raise Refused(403, "NotOurs", "Sign in from the page of this server.")
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise Refused(413, "TooLarge", "That is more than a sign-in needs.")
    try:
        body = orjson.loads(data or b"{}")
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "InvalidInput", "Send a JSON object.")
    return body


def refusal(refused: Refused) -> Response:
    """The answer to a request that is not done."""
    again = {429: "3600", 503: "60"}.get(refused.status)
    headers = None if again is None else {"Retry-After": again}
    return JSONResponse({"code": refused.code, "message": refused.message}, refused.status, headers)


def address_of(request: Request) -> str:
    """What the network address that asks is counted under."""
    return counted(request.client.host) if request.client else ""
