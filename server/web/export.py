"""Exports of a jam: what the viewer may see, as a file."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from server.access.sessions import Sessions
from server.directory import Directory
from server.exporting import collect
from server.jam.people import Viewer
from server.jam.permissions import Action, may
from server.jam.state import JamState
from server.jam_store import JamStore

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_MEMORY = 4 * 1024 * 1024
CHUNK = 64 * 1024


class Export:
    """GET /export/{slug}.{format}."""

    def __init__(self, store: JamStore, sessions: Sessions, people: Directory, clock: Callable[[], int]) -> None:
        self._store = store
        self._sessions = sessions
        self._people = people
        self._clock = clock

    async def serve(self, request: Request) -> Response:
        format = request.path_params["format"]
        state = self._store.by_slug(request.path_params["slug"])
        caller = await self._sessions.caller(request, None)
        viewer = state.viewer(caller.person_id) if state is not None and caller is not None else None
        if state is None or viewer is None or format not in TYPES or not self._may_know(state, viewer):
            return JSONResponse({"code": "NotFound", "message": "There is no such jam that you may see."}, 404)
        if not may(Action.EXPORT, viewer.role, viewer.relation, state.phase(self._clock())):
            return JSONResponse({"code": "NotAllowed", "message": "Your role does not allow you to export."}, 403)
        if not state.is_sound:
            out_of_order = {"code": "Unavailable", "message": "This jam is being put in order. Please try again in a moment."}
            return JSONResponse(out_of_order, 503, headers={"Retry-After": "2"})
        file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it has been sent
        # Collected here, where the state does not change meanwhile; written elsewhere, because that takes seconds.
        await anyio.to_thread.run_sync(collect(state, viewer, self._people.person, format), file)
        file.seek(0)
        return StreamingResponse(chunks(file), media_type=TYPES[format], headers=named(f"{state.slug}.{format}"))

    def _may_know(self, state: JamState, viewer: Viewer) -> bool:
        return may(Action.VIEW, viewer.role, viewer.relation, state.phase(self._clock()))


async def chunks(file: Any) -> Any:
    try:
        while chunk := await anyio.to_thread.run_sync(file.read, CHUNK):
            yield chunk
    finally:
        file.close()


def named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
