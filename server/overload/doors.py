"""The doors of a worker: who comes anew while there is too much to do waits for their turn; who was here before comes in.

Whoever is let in gets a pass, so that a reload does not send them back to the end of the queue. Passes and tickets are signed
and say when, not who.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from math import ceil, inf

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from server.access.cookies import Cookies
from server.live.ports import Caller
from server.overload.control import Overload
from server.overload.levels import Shed
from server.overload.page import waiting_page
from server.overload.room import Room
from server.overload.tickets import Ticket, Tickets

TICKET, PASS = "hothouse_place", "hothouse_pass"
TICKET_S = 3_600
PASS_S = 12 * 3_600
RENEWED_MS = 3_600_000
"""A pass so old is given anew with the next page."""

CODE = "Waiting"
NO_STORE = {"Cache-Control": "no-store"}
Serve = Callable[[Request], Awaitable[Response]]


class Doors:
    """`caller` says who is signed in; `policy` gives the content policy of a page whose scripts have this nonce."""

    def __init__(
        self,
        overload: Overload,
        room: Room,
        key: Callable[[], Awaitable[bytes]],
        cookies: Cookies,
        caller: Callable[[HTTPConnection], Awaitable[Caller | None]],
        policy: Callable[[str], str],
        clock: Callable[[], int],
    ) -> None:
        self._overload = overload
        self._room = room
        self._key = key
        self._cookies = cookies
        self._caller = caller
        self._policy = policy
        self._clock = clock
        self._signers: tuple[Tickets, Tickets] | None = None

    def page(self, serve: Serve) -> Serve:
        """The page behind the doors; its files are not."""

        async def guarded(request: Request) -> Response:
            if not _is_navigation(request):
                return await serve(request)
            return await self._behind(request, serve)

        return guarded

    def signing_in(self, routes: Iterable[Route], paths: Sequence[str]) -> list[Route]:
        """The routes, those of these paths behind the doors."""

        def guarded(serve: Serve) -> Serve:
            async def behind(request: Request) -> Response:
                return await self._behind(request, serve)

            return behind

        return [_with(route, guarded(route.endpoint)) if route.path in paths else route for route in routes]

    def heavy(self, routes: Iterable[Route], paths: Sequence[str]) -> list[Route]:
        """The routes; those of these paths answer nobody while there is too much to do, for a file can wait."""

        def guarded(serve: Serve) -> Serve:
            async def unless_heavy(request: Request) -> Response:
                return self._later() if self._overload.is_off(Shed.HEAVY_QUERIES) else await serve(request)

            return unless_heavy

        return [_with(route, guarded(route.endpoint)) if route.path in paths else route for route in routes]

    def _later(self) -> Response:
        refused = self._overload.refused(Shed.HEAVY_QUERIES)
        seconds = refused.retry_after or 0.0
        told = {"code": refused.code, "message": refused.message, "what": refused.what, "retryAfterSeconds": seconds}
        return JSONResponse(told, 503, NO_STORE | {"Retry-After": str(ceil(seconds))})

    async def _behind(self, request: Request, serve: Serve) -> Response:
        tickets, passes = await self._signed_by()
        now, per_s = self._clock(), self._overload.pace.arrivals_per_s
        self._room.move(now, per_s)
        has_pass = passes.read(self._cookies.read(request, PASS))
        is_known = has_pass is not None and now - has_pass.at < 1_000 * PASS_S
        ticket = tickets.read(self._cookies.read(request, TICKET))
        if per_s == inf or is_known or self._is_let_in(ticket, now) or await self._goes_first(request):
            answer = await serve(request)
            is_old = has_pass is None or now - has_pass.at > RENEWED_MS
            if is_old and (ticket is not None or _is_navigation(request)):
                self._cookies.keep(answer, PASS, passes.issue(now).text, PASS_S)
            if ticket is not None:
                self._cookies.drop(answer, TICKET)
            return answer
        return self._seated(request, tickets, ticket, per_s)

    def _is_let_in(self, ticket: Ticket | None, now: int) -> bool:
        return (ticket is not None and self._room.is_in(ticket.at)) or self._room.take(now)

    def _seated(self, request: Request, tickets: Tickets, ticket: Ticket | None, per_s: float) -> Response:
        """The answer to who waits; a new ticket for who has none."""
        held = ticket
        if held is None:
            held = tickets.issue(self._clock())
            self._room.arrive(held.at)
            self._overload.shed[Shed.ARRIVALS] += 1
        place = self._room.place(held.at)
        wait = self._waiting_page if _is_navigation(request) else _told_to_wait
        answer = wait(request, place, self._room.wait_s(place, per_s))
        if ticket is None:
            self._cookies.keep(answer, TICKET, held.text, TICKET_S)
        return answer

    async def _goes_first(self, request: Request) -> bool:
        """Whether somebody who moderates or organizes is signed in there. It is looked up only while people wait."""
        caller = await self._caller(request)
        return caller is not None and self._overload.staff.has_priority(caller.person_id)

    def _waiting_page(self, request: Request, place: int, seconds: float) -> Response:
        nonce = secrets.token_urlsafe(16)
        html = waiting_page(place, seconds, request.headers.get("accept-language", ""), nonce)
        headers = {"Retry-After": str(ceil(seconds)), "Content-Security-Policy": self._policy(nonce)}
        return HTMLResponse(html, 503, NO_STORE | headers)

    async def _signed_by(self) -> tuple[Tickets, Tickets]:
        """Who signs tickets, and passes: the same on all workers."""
        if self._signers is None:
            key = await self._key()
            self._signers = Tickets(key), Tickets(key, b"pass")
        return self._signers


def _with(route: Route, serve: Serve) -> Route:
    """The same route to something around what it leads to."""
    return Route(route.path, serve, methods=list(route.methods or ()))


def _is_navigation(request: Request) -> bool:
    return "." not in request.url.path.rsplit("/", 1)[-1] and "text/html" in request.headers.get("accept", "")


def _told_to_wait(request: Request, place: int, seconds: float) -> Response:
    told = {
        "code": CODE,
        "message": "Very many people are coming in. You have a place in the queue: please wait.",
        "place": place,
        "retryAfterSeconds": seconds,
    }
    return JSONResponse(told, 503, NO_STORE | {"Retry-After": str(ceil(seconds))})
