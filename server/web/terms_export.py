"""The record of acceptances of a jam's terms, for its organizers."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from server.access.sessions import Sessions
from server.directory import Directory
from server.exporting.acceptances import collect_acceptances
from server.jam.permissions import Action
from server.jam_store import JamStore
from server.web.export import TYPES
from server.web.taking import LargeFiles, NotTaken, Taking, taken

WORDS = "Only organizers may take along who accepted the terms."


class TermsExport:
    """GET /export/{slug}/terms.csv."""

    def __init__(
        self, store: JamStore, sessions: Sessions, people: Directory, clock: Callable[[], int], large: LargeFiles
    ) -> None:
        self._taking = Taking(store, sessions, clock)
        self._people = people
        self._large = large

    async def serve(self, request: Request) -> Response:
        try:
            state, viewer = await self._taking.asked(request, Action.ORGANIZE, WORDS)
            name = f"{state.slug}-terms.csv"
            if (made := await self._large.made(state, viewer, "terms", TYPES["csv"], name)) is not None:
                return made
            # That may have taken a while: who asks may be another for the jam by now.
            state, _ = await self._taking.asked(request, Action.ORGANIZE, WORDS)
        except NotTaken as refused:
            return refused.answer
        return await taken(collect_acceptances(state, self._people.person), TYPES["csv"], name)
