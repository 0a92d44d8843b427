"""API tokens by HTTP: made by a person in person. They are listed and revoked through the GraphQL API."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.tokens import Tokens
from server.jam.rejections import Rejection, TooMany
from server.web.asking import Refused, refusal
from server.web.fresh import Fresh

PATH = "/own/tokens"


@dataclass(frozen=True, slots=True)
class TokenRoutes:
    """One route: the secret is in its answer, and nowhere else."""

    tokens: Tokens
    fresh: Fresh
    limiter: Limiter

    def routes(self) -> list[Route]:
        return [Route(PATH, self.make, methods=["POST"])]

    async def make(self, request: Request) -> Response:
        """Makes a token: `name`, `scopes`, and `days` that it lasts."""
        try:
            person, body = await self.fresh.body(request)
            self.limiter.allow(person.id, "makeToken")
            secret, token = await self.tokens.make(person.id, *_asked(body))
        except Refused as refused:
            return refusal(refused)
        except TooMany as refused:
            return refusal(Refused(429, refused.code, refused.message))
        except Rejection as refused:
            return refusal(Refused(400, refused.code, refused.message))
        told = {"id": token.id, "name": token.name, "scopes": token.scopes.split(), "expiresAt": token.expires_at}
        return JSONResponse({**told, "secret": secret}, 201, headers={"Cache-Control": "no-store"})


def _asked(body: dict[str, Any]) -> tuple[str, list[str], int]:
    name, scopes, days = body.get("name"), body.get("scopes"), body.get("days")
    if not isinstance(name, str) or not isinstance(days, int) or isinstance(days, bool):
        raise Refused(400, "InvalidInput", "Send a `name`, and the `days` that the token lasts.")
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise Refused(400, "InvalidInput", "Send `scopes` as a list of names.")
    return name, scopes, days
