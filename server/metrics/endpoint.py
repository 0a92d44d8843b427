"""GET /metrics, for Prometheus and nobody else.

With a token whoever shows it may read. Without one only this machine may, and only where the server is not behind a proxy:
through a proxy on the same machine everybody would come from this machine.
"""

import hmac
from ipaddress import ip_address

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.metrics.fleet import Fleet

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_STORE = {"Cache-Control": "no-store"}
HOW = "Set HOTHOUSE_METRICS_TOKEN and send it as a bearer token, or ask from this machine without a proxy.\n"


class MetricsEndpoint:
    """`token` is None where none is set; `is_proxied` where people reach the server by another address than its own."""

    def __init__(self, fleet: Fleet, token: str | None, is_proxied: bool) -> None:
        self._fleet = fleet
        self._token = token
        self._is_proxied = is_proxied

    async def serve(self, request: Request) -> Response:
        """The metrics of all workers in Prometheus' text format, or a refusal: 401 with a token set, 403 without."""
        if self._token is not None:
            if not _shows(request, self._token):
                return PlainTextResponse("Send the metrics token.\n", 401, NO_STORE | {"WWW-Authenticate": "Bearer"})
        elif self._is_proxied or not _is_local(request):
            return PlainTextResponse(HOW, 403, NO_STORE)
        return Response(await self._fleet.text(), headers=NO_STORE | {"Content-Type": CONTENT_TYPE_LATEST})


def _shows(request: Request, token: str) -> bool:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())


def _is_local(request: Request) -> bool:
    # A page elsewhere whose name was made to point here would ask under that name.
    is_named = request.url.hostname in LOOPBACK
    if request.client is None or not is_named or any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
