"""What only people in person may do, and only soon after they signed in: a screen left open must not become more than it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from server.access.cookies import Cookies
from server.access.secrets import hashed
from server.access.sessions import COOKIE
from server.vault.port import PersonRecord, Vault
from server.web.asking import Refused, body_of

FRESH_MS = 3_600_000
"""How long a sign-in is fresh."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Finds who is signed in by the page's cookie, never by a bearer token."""

    vault: Vault
    clock: Callable[[], int]
    allowed_hosts: frozenset[str]
    cookies: Cookies

    async def body(self, request: Request) -> tuple[PersonRecord, dict[str, Any]]:
        """The person and the JSON object that a page of ours sent. Raises `Refused`."""
        body = await body_of(request, self.allowed_hosts)
        return await self.person(request), body

    async def person(self, request: Request) -> PersonRecord:
        """Who signed in within the hour. Raises `Refused`."""
        if "authorization" in request.headers:
            raise Refused(403, "InPerson", "A token can't do that: sign in and do it yourself.")
        secret = self.cookies.read(request, COOKIE)
        session = await self.vault.session(hashed(secret), self.clock()) if secret else None
        person = None if session is None else await self.vault.person(session.person_id)
        if session is None or person is None:
            raise Refused(401, "SignInRequired", "Please sign in first.")
        if self.clock() - session.created_at > FRESH_MS:
            raise Refused(403, "SignInAgain", "Please sign in again first: that makes sure that it is you.")
        return person
