"""Invitations by HTTP: accept or decline what was mailed, and type in a code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.secrets import hashed, new_person_id
from server.access.sessions import COOKIE
from server.inviting.codes import typed
from server.inviting.service import Inviting
from server.jam.commands import AcceptInvitation
from server.jam.decide.invitations import ENDED
from server.jam.entities import Invitation
from server.jam.invitations import InvitationKind
from server.jam.rejections import InvalidInput, NotFound, Rejection
from server.jam.state import JamState
from server.jam.texts import NAME, clean_language, clean_text
from server.jam_store import JamStore
from server.vault.port import EmailTaken, PersonRecord, Vault
from server.web.asking import Refused, address_of, body_of, refusal
from server.web.entering import Entering


def closed() -> Refused:
    """A new one each time: an exception that is raised again and again holds on to all that it has passed through."""
    return Refused(404, "NotFound", ENDED)


@dataclass(frozen=True, slots=True)
class InvitingRoutes:
    """`allowed_hosts` are the host[:port] of pages that may ask. A link that opens nothing is answered in one way, whatever the
    reason."""

    inviting: Inviting
    entering: Entering
    limiter: Limiter
    vault: Vault
    store: JamStore
    allowed_hosts: frozenset[str]
    clock: Callable[[], int]

    def routes(self) -> list[Route]:
        return [
            Route("/invited/accept", self.accept, methods=["POST"]),
            Route("/invited/decline", self.decline, methods=["POST"]),
            Route("/join/code", self.code, methods=["POST"]),
        ]

    # ---------------------------------------------------------------------------------------------------------- mailed
    async def accept(self, request: Request) -> Response:
        """Makes the account of someone new whose address the link proves (`token`), signs them in, and has them join: `name`,
        `language`, and `country` if they like. Who has an account signs in as ever."""
        try:
            body = await self._body(request)
            state, invitation, address = await self._mailed(_text(body, "token"))
            if await self._is_signed_in(request):
                raise Refused(409, "SignedIn", "Somebody is signed in here: please sign out first, or accept as that person.")
            person = _person(body, address, self.clock())
            await self._add(person)
            await self._join(state, invitation, person)
        except Refused as refused:
            return refusal(refused)
        except Rejection as refused:
            return refusal(Refused(503 if refused.code == "Unavailable" else 400, refused.code, refused.message))
        return await self.entering.enter(request, JSONResponse({"jamSlug": state.slug}), person.id)

    async def decline(self, request: Request) -> Response:
        """No, thank you; with `report` also: this was an abuse."""
        try:
            body = await self._body(request)
            if not await self.inviting.decline(_text(body, "token"), body.get("report") is True):
                raise closed()
        except Refused as refused:
            return refusal(refused)
        except NotFound:
            return refusal(closed())
        return Response(status_code=204)

    async def _mailed(self, token: str) -> tuple[JamState, Invitation, str]:
        """The invitation, and the address that is nobody's yet. Raises `Refused`."""
        found = self.inviting.open_door(token)
        if found is None or found[1].kind is not InvitationKind.MAIL:
            raise closed()
        state, invitation = found
        mail, known = await self.inviting.addressee(invitation)
        if mail is None:
            raise closed()
        if known is not None:
            raise Refused(409, "KnownAddress", "This address has an account already: please sign in with it, then accept.")
        return state, invitation, mail.address

    async def _add(self, person: PersonRecord) -> None:
        try:
            await self.vault.add_person(person)
        except EmailTaken:
            raise Refused(409, "KnownAddress", "This address has an account already: please sign in with it.") from None

    async def _join(self, state: JamState, invitation: Invitation, person: PersonRecord) -> None:
        """Joins, or takes the account back: two who accept in the same moment are one person at the end."""
        command = AcceptInvitation(actor=person.id, id=f"invited {invitation.id}", token_hash=invitation.token_hash)
        try:
            await self.store.submit(state.id, command)
        except NotFound:
            await self.vault.erase_person(person.id)
            raise closed() from None

    async def _is_signed_in(self, request: Request) -> bool:
        secret = self.entering.cookies.read(request, COOKIE)
        return bool(secret) and await self.vault.session(hashed(secret or ""), self.clock()) is not None

    # ----------------------------------------------------------------------------------------------------------- codes
    async def code(self, request: Request) -> Response:
        """The secret of the link that a typed code stands for (`token`), null for one that opens nothing. Wrong guesses are
        counted, by address and in all.
        """
        try:
            body = await body_of(request, self.allowed_hosts)
            asker = address_of(request)
            if not await self.limiter.allows_guess(asker):
                raise Refused(429, "TooMany", "Too many codes were wrong: please wait a while, or ask for a link.")
            code = typed(_text(body, "code"))
            token = None if code is None else await self.inviting.by_code(code)
            if token is None:
                await self.limiter.guessed_wrong(asker)
        except Refused as refused:
            return refusal(refused)
        return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})

    async def _body(self, request: Request) -> dict[str, Any]:
        body = await body_of(request, self.allowed_hosts)
        if not await self.limiter.allows_sign_in(address_of(request)):
            raise Refused(429, "TooMany", "Many people are signing in from here: please try again in a little while.")
        return body


def _text(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str):
        raise Refused(400, "InvalidInput", f"Send `{field}` as a text.")
    return value[:200]


def _person(body: dict[str, Any], address: str, now: int) -> PersonRecord:
    """The new person. Raises `InvalidInput`."""
    name = clean_text("name", _text(body, "name"), NAME, 1)
    language = clean_language("language", str(body.get("language") or "en"))
    country = body.get("country")
    if country is not None and not (isinstance(country, str) and len(country) == 2 and country.isascii() and country.isupper()):
        raise InvalidInput("country", "A country is two capital letters (ISO 3166), such as IL.")
    return PersonRecord(new_person_id(), address, name, country, language, now)
