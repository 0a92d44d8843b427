"""Sign-in by HTTP: ask for a link, enter with it, leave."""

from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.magic_link import Asked, MagicLinks, OtherBrowser, check_address, safe_path
from server.access.secrets import new_secret
from server.access.sessions import COOKIE
from server.jam.rejections import InvalidInput, Unavailable
from server.web.asking import Refused, address_of, body_of, refusal
from server.web.entering import Entering

BROWSER = "hothouse_browser"
BROWSER_S = 3 * 3_600
"""Longer than any link is good for."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one can sign in here, besides by a mailed link: `company` is the name of the company's account."""

    company: str | None = None
    passkey: bool = False


@dataclass(frozen=True, slots=True)
class AuthRoutes:
    """`allowed_hosts` are the host[:port] of pages that may sign in."""

    links: MagicLinks
    entering: Entering
    limiter: Limiter
    allowed_hosts: frozenset[str]
    ways: Ways = Ways()

    def routes(self) -> list[Route]:
        return [
            Route("/auth/ways", self.tell_ways, methods=["GET"]),
            Route("/auth/link", self.link, methods=["POST"]),
            Route("/auth/enter", self.enter, methods=["POST"]),
            Route("/auth/leave", self.leave, methods=["POST"]),
        ]

    async def tell_ways(self, request: Request) -> Response:
        """How one can sign in here; the same for everyone."""
        return JSONResponse(asdict(self.ways), headers={"Cache-Control": "no-cache"})

    async def link(self, request: Request) -> Response:
        """204 whatever address was given, so that nobody learns who takes part. The link will open in this browser only."""
        browser = self.entering.cookies.read(request, BROWSER) or new_secret()
        try:
            asked = _asked(await body_of(request, self.allowed_hosts), browser)
            check_address(asked.email)  # before it is counted: what is counted takes memory
            if not await self.limiter.allows_mail(asked.email, address_of(request)):
                raise Refused(429, "TooMany", "Too many links were asked for: please wait an hour, or use the newest one.")
            await self.links.ask(asked)
        except (InvalidInput, Unavailable) as refused:
            return refusal(Refused(400 if isinstance(refused, InvalidInput) else 503, refused.code, refused.message))
        except Refused as refused:
            return refusal(refused)
        answer = Response(status_code=204)
        self.entering.cookies.keep(answer, BROWSER, browser, BROWSER_S, "/auth")
        return answer

    async def enter(self, request: Request) -> Response:
        """Signs in with a link's secret."""
        try:
            body = await body_of(request, self.allowed_hosts)
        except Refused as refused:
            return refusal(refused)
        try:
            browser = self.entering.cookies.read(request, BROWSER)
            taken = await self.links.take(str(body.get("token", ""))[:200], browser)
        except OtherBrowser:
            return refusal(Refused(403, "OtherBrowser", "This link opens in the browser in which you asked for it."))
        if taken is None:
            return refusal(Refused(410, "LinkUsed", "This link was used already or is too old: please ask for a new one."))
        return await self.entering.enter(request, JSONResponse({"next": safe_path(taken.next_path)}), taken.person_id)

    async def leave(self, request: Request) -> Response:
        try:
            await body_of(request, self.allowed_hosts)
        except Refused as refused:
            return refusal(refused)
        await self.entering.end(request)
        answer = Response(status_code=204)
        self.entering.cookies.drop(answer, COOKIE)
        return answer


def _asked(body: dict[str, Any], browser: str) -> Asked:
    texts = {name: body.get(name) for name in ("email", "name", "invitation", "next", "language")}
    if any(value is not None and not isinstance(value, str) for value in texts.values()):
        raise Refused(400, "InvalidInput", "Every field is a text.")
    return Asked(
        email=texts["email"] or "",
        name=texts["name"],
        invitation=(texts["invitation"] or "")[:200] or None,
        next_path=safe_path(texts["next"] or "/"),
        language=(texts["language"] or "en")[:3],
        browser=browser,
    )
