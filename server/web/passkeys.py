"""Passkeys by HTTP: sign in with one, and make one on the device one sits at."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.passkeys import MINUTES, Offer, PasskeyRefused, Passkeys
from server.access.secrets import hashed
from server.access.sessions import COOKIE as SESSION
from server.jam.rejections import InvalidInput
from server.jam.texts import NAME, clean_text
from server.vault.port import PersonRecord, Session, Vault
from server.web.asking import Refused, address_of, body_of, refusal
from server.web.entering import Entering

COOKIE = "hothouse_passkey"
PATH = "/auth/passkey"
FRESH_MS = 3_600_000
"""Whoever makes a passkey must have signed in within the hour: a screen left open must not become a key for ever."""


@dataclass(frozen=True, slots=True)
class PasskeyRoutes:
    """Each step is asked for by a page of ours; the cookie ties its two halves together."""

    passkeys: Passkeys
    entering: Entering
    limiter: Limiter
    vault: Vault
    allowed_hosts: frozenset[str]

    def routes(self) -> list[Route]:
        return [
            Route(f"{PATH}/offer", self.offer, methods=["POST"]),
            Route(f"{PATH}/enter", self.enter, methods=["POST"]),
            Route(f"{PATH}/new/offer", self.offer_new, methods=["POST"]),
            Route(f"{PATH}/new", self.make, methods=["POST"]),
        ]

    async def offer(self, request: Request) -> Response:
        """What the browser asks the device, to sign in."""
        try:
            await body_of(request, self.allowed_hosts)
            await self._hold_to_rate(request)
            return self._offered(await self.passkeys.offer())
        except (Refused, PasskeyRefused) as refused:
            return _refused(refused)

    async def enter(self, request: Request) -> Response:
        """Signs in with the device's answer (`credential`)."""
        try:
            body = await body_of(request, self.allowed_hosts)
            person_id = await self.passkeys.take(_credential(body), self.entering.cookies.read(request, COOKIE))
        except (Refused, PasskeyRefused) as refused:
            return _refused(refused)
        answer = await self.entering.enter(request, Response(status_code=204), person_id)
        self.entering.cookies.drop(answer, COOKIE, PATH)
        return answer

    async def offer_new(self, request: Request) -> Response:
        """What the browser asks the device, to make a passkey for whoever is signed in."""
        try:
            await body_of(request, self.allowed_hosts)
            await self._hold_to_rate(request)
            return self._offered(await self.passkeys.offer_new(await self._owner(request)))
        except (Refused, PasskeyRefused) as refused:
            return _refused(refused)

    async def make(self, request: Request) -> Response:
        """Keeps the passkey that the device made (`credential`), under a `name`."""
        try:
            body = await body_of(request, self.allowed_hosts)
            person = await self._owner(request)
            name = clean_text("name", str(body.get("name") or ""), NAME)
            made = await self.passkeys.take_new(person.id, _credential(body), self.entering.cookies.read(request, COOKIE), name)
        except InvalidInput as refused:
            return refusal(Refused(400, refused.code, refused.message))
        except (Refused, PasskeyRefused) as refused:
            return _refused(refused)
        answer = JSONResponse({"id": made.id, "name": made.name}, 201)
        self.entering.cookies.drop(answer, COOKIE, PATH)
        return answer

    async def _owner(self, request: Request) -> PersonRecord:
        """Who is signed in, freshly. Raises `Refused`."""
        session = await self._session(request)
        if session is None:
            raise Refused(401, "SignInRequired", "Please sign in first.")
        if self.passkeys.now() - session.created_at > FRESH_MS:
            raise Refused(403, "SignInAgain", "Please sign in again first: that makes sure that it is you.")
        person = await self.vault.person(session.person_id)
        if person is None:
            raise Refused(401, "SignInRequired", "Please sign in first.")
        return person

    async def _session(self, request: Request) -> Session | None:
        secret = self.entering.cookies.read(request, SESSION)
        return await self.vault.session(hashed(secret), self.passkeys.now()) if secret else None

    async def _hold_to_rate(self, request: Request) -> None:
        if not await self.limiter.allows_sign_in(address_of(request)):
            raise Refused(429, "TooMany", "Many people are signing in from here: please try again in a little while.")

    def _offered(self, offer: Offer) -> Response:
        answer = Response(offer.options, media_type="application/json", headers={"Cache-Control": "no-store"})
        self.entering.cookies.keep(answer, COOKIE, offer.secret, MINUTES * 60, PATH)
        return answer


def _credential(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("credential")
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise Refused(400, "InvalidInput", "Send the browser's answer as `credential`.")
    return found


def _refused(refused: Refused | PasskeyRefused) -> Response:
    if isinstance(refused, PasskeyRefused):
        return refusal(Refused(400, refused.code, refused.message))
    return refusal(refused)
