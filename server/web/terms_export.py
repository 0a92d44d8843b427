"""The record of acceptances of a jam's terms, for its organizers."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from server.access.sessions import Sessions
from server.directory import Directory
from server.exporting.acceptances import collect_acceptances
from server.jam.permissions import Action, may
from server.jam_store import JamStore
from server.web.export import IN_MEMORY, TYPES, chunks, named


class TermsExport:
    """GET /export/{slug}/terms.csv."""

    def __init__(self, store: JamStore, sessions: Sessions, people: Directory, clock: Callable[[], int]) -> None:
        self._store = store
        self._sessions = sessions
        self._people = people
        self._clock = clock

    async def serve(self, request: Request) -> Response:
        state = self._store.by_slug(request.path_params["slug"])
        caller = await self._sessions.caller(request, None)
        if state is None or caller is None or not state.is_sound:
            return _refused("NotFound", "There is no such jam that you may see.", 404)
        viewer, phase = state.viewer(caller.person_id), state.phase(self._clock())
        if not may(Action.VIEW, viewer.role, viewer.relation, phase):
            return _refused("NotFound", "There is no such jam that you may see.", 404)
        if not may(Action.ORGANIZE, viewer.role, viewer.relation, phase):
            return _refused("NotAllowed", "Only organizers may take along who accepted the terms.", 403)
        file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it has been sent
        await anyio.to_thread.run_sync(collect_acceptances(state, self._people.person), file)
        file.seek(0)
        return StreamingResponse(chunks(file), media_type=TYPES["csv"], headers=named(f"{state.slug}-terms.csv"))


def _refused(code: str, message: str, status: int) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
