"""The end of every way to sign in: a new session, its cookie, and the end of the session before."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

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

    async def enter(self, request: Request, answer: Response, person_id: str) -> Response:
        """The answer, with the cookie of a new session of the person."""
        await self.end(request)
        await self.directory.load([person_id])
        secret = await self.sessions.begin(person_id, request.headers.get("user-agent", ""))
        self.keep(answer, COOKIE, secret, self.settings.session_days * 86_400)
        return answer

    async def end(self, request: Request) -> None:
        """Ends the session of the request, if there is one, with its open connections."""
        secret = request.cookies.get(COOKIE)
        if secret:
            await self.sessions.end(hashed(secret))
            self.hub.end_session(hashed(secret))

    def keep(self, answer: Response, name: str, secret: str, seconds: int, path: str = "/") -> None:
        """A cookie that no script reads and no other site's form sends."""
        secure = self.settings.url.startswith("https:")
        answer.set_cookie(name, secret, max_age=seconds, httponly=True, samesite="lax", secure=secure, path=path)
