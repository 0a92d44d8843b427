"""What somebody takes along from a jam as a file: whether they may, and how it is sent."""

from collections.abc import AsyncIterator, Callable
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import Any

import anyio.to_thread
import structlog
from anyio import Semaphore
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from server.access.sessions import Sessions
from server.beside import Beside
from server.jam.people import Viewer
from server.jam.permissions import Action, may
from server.jam.state import JamState
from server.jam_store import JamStore

log = structlog.get_logger()

IN_MEMORY = 4 * 1024 * 1024
CHUNK = 64 * 1024
SMALL = 5_000
"""Events of a jam that is written here within milliseconds; that of a larger one is left to a process beside."""

AT_ONCE = 1
"""Processes that make files: each has the whole jam in memory. Others wait."""


class NotTaken(Exception):
    """They may not; `answer` says so."""

    def __init__(self, code: str, message: str, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.answer: Response = JSONResponse({"code": code, "message": message}, status, headers)


class Taking:
    """Who asks for a file of which jam."""

    def __init__(self, store: JamStore, sessions: Sessions, clock: Callable[[], int]) -> None:
        self._store = store
        self._sessions = sessions
        self._clock = clock

    async def asked(self, request: Request, action: Action, words: str) -> tuple[JamState, Viewer]:
        """The jam in the request's path and its viewer, who may do `action`. Raises `NotTaken` otherwise: with `words` for a
        member who may not; whoever may not see the jam is told that there is none.
        """
        state = self._store.by_slug(request.path_params["slug"])
        caller = await self._sessions.caller(request, None)
        viewer = state.viewer(caller.person_id) if state is not None and caller is not None else None
        if state is None or viewer is None or not self._may(Action.VIEW, state, viewer):
            raise no_such_jam()
        if not self._may(action, state, viewer):
            raise NotTaken("NotAllowed", words, 403)
        if not state.is_sound:
            words = "This jam is being put in order. Please try again in a moment."
            raise NotTaken("Unavailable", words, 503, {"Retry-After": "2"})
        return state, viewer

    def _may(self, action: Action, state: JamState, viewer: Viewer) -> bool:
        return may(action, viewer.role, viewer.relation, state.phase(self._clock()))


def no_such_jam() -> NotTaken:
    return NotTaken("NotFound", "There is no such jam that you may see.", 404)


async def taken(write: Callable[[Any], None], kind: str, name: str) -> Response:
    """The file that `write` writes. It does so in another thread."""
    file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it has been sent
    await anyio.to_thread.run_sync(write, file)
    return _sent(file, kind, name)


class LargeFiles:
    """Files of large jams, made by a process beside: collecting tens of thousands of rows would hold votes up."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._slots = Semaphore(AT_ONCE)

    async def made(self, state: JamState, viewer: Viewer, format: str, kind: str, name: str) -> Response | None:
        """What `hothouse export` makes for the viewer; None where the jam is small, or it could not be made so."""
        if state.seq <= SMALL or viewer.person is None:
            return None
        file: Any = NamedTemporaryFile()  # noqa: SIM115  closed when it has been sent
        try:
            async with self._slots:
                if await self._beside("export", state.slug, "--format", format, "--as", viewer.person, "--out", file.name):
                    return _sent(file, kind, name)
        except BaseException:
            file.close()
            raise
        file.close()
        log.error("a large jam could not be exported by a process of its own; the server does it by itself", jam=state.id)
        return None


def _sent(file: Any, kind: str, name: str) -> Response:
    file.seek(0)
    named = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_chunks(file), media_type=kind, headers=named)


async def _chunks(file: Any) -> AsyncIterator[bytes]:
    try:
        while chunk := await anyio.to_thread.run_sync(file.read, CHUNK):
            yield chunk
    finally:
        file.close()
