"""Exports of a jam: what the viewer may see, as a file."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from server.access.sessions import Sessions
from server.directory import Directory
from server.exporting import collect
from server.jam.people import Viewer
from server.jam.permissions import Action
from server.jam.state import JamState
from server.jam_store import JamStore
from server.web.taking import LargeFiles, NotTaken, Taking, no_such_jam, taken

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Export:
    """GET /export/{slug}.{format}."""

    def __init__(
        self, store: JamStore, sessions: Sessions, people: Directory, clock: Callable[[], int], large: LargeFiles
    ) -> None:
        self._taking = Taking(store, sessions, clock)
        self._people = people
        self._large = large

    async def serve(self, request: Request) -> Response:
        format = request.path_params["format"]
        if format not in TYPES:
            return no_such_jam().answer
        try:
            state, viewer = await self._asked(request)
            name = f"{state.slug}.{format}"
            if (made := await self._large.made(state, viewer, format, TYPES[format], name)) is not None:
                return made
            # That may have taken a while: who asks may be another for the jam by now.
            state, viewer = await self._asked(request)
        except NotTaken as refused:
            return refused.answer
        # Collected here, where the state does not change meanwhile.
        return await taken(collect(state, viewer, self._people.person, format), TYPES[format], name)

    async def _asked(self, request: Request) -> tuple[JamState, Viewer]:
        return await self._taking.asked(request, Action.EXPORT, "Your role does not allow you to export.")
