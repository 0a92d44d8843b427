"""Lists of guests by HTTP, for organizers: POST /invitations/{slug}/list."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.sessions import Sessions
from server.api.origin import is_allowed
from server.inviting.guest_list import GuestLists, report_csv
from server.inviting.guest_reading import MOST_BYTES, Defaults, GuestLine, ListRefused, read_guests
from server.inviting.words import LANGUAGES, clean_line
from server.jam.people import Relation
from server.jam.permissions import Action, may
from server.jam.rejections import InvalidInput, TooMany
from server.jam.state import JamState
from server.jam_store import JamStore
from server.web.asking import Refused, refusal

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


@dataclass(frozen=True, slots=True)
class GuestListRoute:
    """The body is the list itself. In the address: `id` (of the command), `do` ("1": carry it out, else only look), `format`
    ("csv": the report for a spreadsheet), and what holds where a line does not say: `relation`, `language`, `line`.
    """

    lists: GuestLists
    store: JamStore
    sessions: Sessions
    limiter: Limiter
    allowed_hosts: frozenset[str]
    clock: Callable[[], int]

    def routes(self) -> list[Route]:
        return [Route("/invitations/{slug}/list", self.serve, methods=["POST"])]

    async def serve(self, request: Request) -> Response:
        try:
            state, person = await self._organized(request)
            id = request.query_params.get("id", "")
            if not _ID.match(id):
                raise Refused(400, "InvalidInput", "Send the `id` of the command: 8 to 64 letters, digits, - and _.")
            lines = read_guests(await self._content(request), _defaults(request))
            await self.lists.look(state, person, id, lines)
            stopped = await self._done(request, state, person, id, lines)
        except Refused as refused:
            return refusal(refused)
        except TooMany as refused:
            return refusal(Refused(429, refused.code, refused.message))
        except InvalidInput as refused:
            return refusal(Refused(400, refused.code, refused.message))
        except ListRefused as refused:
            return refusal(Refused(400, "InvalidInput", str(refused)))
        if request.query_params.get("format") == "csv":
            headers = {"Content-Disposition": f'attachment; filename="{state.slug}-invited.csv"', "Cache-Control": "no-store"}
            return Response(report_csv(lines), media_type="text/csv; charset=utf-8", headers=headers)
        return JSONResponse(_report(lines, stopped), headers={"Cache-Control": "no-store"})

    async def _done(self, request: Request, state: JamState, person: str, id: str, lines: Sequence[GuestLine]) -> str | None:
        if request.query_params.get("do") != "1":
            return None
        return await self.lists.carry_out(state, person, id, lines)

    async def _organized(self, request: Request) -> tuple[JamState, str]:
        """The jam, and the organizer who asks from a page of ours. Raises `Refused`: a jam that is not theirs is not found."""
        if request.headers.get("x-hothouse") != "1" or not is_allowed(request.headers.get("origin"), self.allowed_hosts):
            raise Refused(403, "NotOurs", "Send the list from the page of this server.")
        caller = await self.sessions.caller(request, None)
        if caller is None:
            raise Refused(401, "SignInRequired", "Please sign in first.")
        state = self.store.by_slug(request.path_params["slug"])
        viewer = None if state is None else state.viewer(caller.person_id)
        if state is None or viewer is None or not may(Action.VIEW, viewer.role, viewer.relation, state.phase(self.clock())):
            raise Refused(404, "NotFound", "There is no such jam that you may see.")
        if not may(Action.ORGANIZE, viewer.role, viewer.relation, state.phase(self.clock())):
            raise Refused(403, "NotAllowed", "Only organizers invite by a list.")
        if not state.is_sound:
            raise Refused(503, "Unavailable", "This jam is being put in order. Please try again in a moment.")
        self.limiter.allow(caller.person_id, "inviteList")
        return state, caller.person_id

    async def _content(self, request: Request) -> bytes:
        parts, size = [], 0
        async for chunk in request.stream():
            parts.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise Refused(413, "TooLarge", f"The list has more than {MOST_BYTES // 1024 // 1024} MB: please split it.")
        return b"".join(parts)


def _defaults(request: Request) -> Defaults:
    asked = request.query_params
    relation, language = asked.get("relation", Relation.EMPLOYEE.value), asked.get("language", "en")
    if relation not in Relation.__members__ or language not in LANGUAGES:
        raise Refused(400, "InvalidInput", "The `relation` or `language` for lines that name none is not known.")
    return Defaults(Relation(relation), language, clean_line(asked.get("line")))


def _report(lines: Sequence[GuestLine], stopped: str | None) -> dict[str, object]:
    """`stopped`: the refusal that ended it before all lines were done."""
    return {
        "lines": [{"line": line.number, "address": line.address, "state": line.state, "of": line.of} for line in lines],
        "counts": Counter(line.state.value for line in lines),
        "stopped": stopped,
    }
