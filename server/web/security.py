"""Headers that every answer carries."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def security_headers(tls: bool) -> tuple[tuple[bytes, bytes], ...]:
    """The headers, as ASGI has them; with `tls`, browsers are told to insist on it."""
    headers = HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if tls else {})
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


class SecurityHeaders:
    """Adds them where an answer does not have them already. Websockets pass untouched."""

    def __init__(self, app: ASGIApp, tls: bool) -> None:
        self._app = app
        self._headers = security_headers(tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                added = [pair for pair in self._headers if pair[0] not in there]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._app(scope, receive, with_headers)
