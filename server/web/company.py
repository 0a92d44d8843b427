"""The company's account: off to the provider, and back."""

from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.access.company import MINUTES, CompanySignIn
from server.access.limiter import Limiter
from server.access.openid import ProviderTrouble, SignInRefused
from server.web.asking import address_of
from server.web.entering import Entering

log = structlog.get_logger()

COOKIE = "hothouse_company"
PATH = "/auth/company"
BACK = f"{PATH}/back"
LONGEST = 4_096
"""Characters of one parameter of the provider's answer."""


@dataclass(frozen=True, slots=True)
class CompanyRoutes:
    """What fails ends at the sign-in page, which says in the person's language what happened (`trouble`)."""

    company: CompanySignIn
    entering: Entering
    limiter: Limiter

    def routes(self) -> list[Route]:
        return [Route(PATH, self.leave, methods=["GET"]), Route(BACK, self.back, methods=["GET"])]

    async def leave(self, request: Request) -> Response:
        """Off to the provider; `next` is the page to come back to."""
        if not await self.limiter.allows_sign_in(address_of(request)):
            return _trouble("TooMany")
        try:
            departure = await self.company.leave(request.query_params.get("next", "/"), _language(request))
        except ProviderTrouble as trouble:
            log.error("the company's provider can't be used", why=str(trouble))
            return _trouble("ProviderTrouble")
        answer = _to(departure.url)
        self.entering.cookies.keep(answer, COOKIE, departure.secret, MINUTES * 60, PATH)
        return answer

    async def back(self, request: Request) -> Response:
        """Back from the provider, with a code or a refusal."""
        given = {name: value for name, value in request.query_params.items() if len(value) <= LONGEST}
        try:
            arrival = await self.company.arrive(given, self.entering.cookies.read(request, COOKIE))
        except SignInRefused as refused:
            log.warning("a sign-in by the company's account was refused", code=refused.code)
            answer = _trouble(refused.code)
        except ProviderTrouble as trouble:
            log.error("the company's provider can't be used", why=str(trouble))
            answer = _trouble("ProviderTrouble")
        else:
            answer = await self.entering.enter(request, _to(arrival.next_path), arrival.person_id)
        self.entering.cookies.drop(answer, COOKIE, PATH)
        return answer


def _language(request: Request) -> str:
    return "he" if request.query_params.get("language") == "he" else "en"


def _trouble(code: str) -> Response:
    return _to(f"/sign-in?{urlencode({'trouble': code})}")


def _to(url: str) -> Response:
    """303: the browser asks for the page anew, and nothing of the answer's address stays in a referrer."""
    return RedirectResponse(url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
