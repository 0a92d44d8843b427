"""Ending mails by the link that stands in each of them: no sign-in, for whoever has the mail has the secret."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.web.asking import Refused, refusal

UNKNOWN = "This link ends no mails: the account it was for is gone, or it was not copied whole."


@dataclass(frozen=True, slots=True)
class MailEndRoute:
    """`end` ends the mails of whoever has a secret, and says whether there was one. Mail programs post here by themselves
    (RFC 8058), from anywhere: the secret is all that counts, and all that it can do. A mere look (GET) ends nothing: it opens
    the page, for scanners of mails follow links.
    """

    end: Callable[[str], Awaitable[bool]]

    def routes(self) -> list[Route]:
        return [Route("/mail/end/{secret}", self.serve, methods=["POST"])]

    async def serve(self, request: Request) -> Response:
        if not await self.end(request.path_params["secret"]):
            return refusal(Refused(404, "NotFound", UNKNOWN))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
