"""The end of every way to sign in: a new session, its cookie, and the end of the session before."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from server.access.cookies import Cookies
from server.access.secrets import hashed
from server.access.sessions import COOKIE, Sessions
from server.directory import Directory
from server.live.hub import Hub
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Entering:
    """Signs people in and out. The session is new each time: one that was planted before is worth nothing."""

    sessions: Sessions
    hub: Hub
    directory: Directory
    settings: Settings

    @property
    def cookies(self) -> Cookies:
        """How cookies are kept and read here."""
        return Cookies.of(self.settings.url)

    async def enter(self, request: Request, answer: Response, person_id: str) -> Response:
        """The answer, with the cookie of a new session of the person."""
        await self.end(request)
        await self.directory.load([person_id])
        secret = await self.sessions.begin(person_id, request.headers.get("user-agent", ""))
        self.cookies.keep(answer, COOKIE, secret, min(self.settings.session_days, self.settings.session_max_days) * 86_400)
        return answer

    async def end(self, request: Request) -> None:
        """Ends the session of the request, if there is one, with its open connections."""
        secret = self.cookies.read(request, COOKIE)
        if secret:
            await self.sessions.end(hashed(secret))
            self.hub.end_session(hashed(secret))
