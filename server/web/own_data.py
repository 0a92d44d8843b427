"""One's own data by HTTP: take all of it along, or have it erased. Both in person, soon after signing in."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

import anyio.to_thread
from anyio import Semaphore
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from server.access.sessions import COOKIE
from server.access.windows import SlidingWindow
from server.directory import Directory
from server.erasing.service import Erasing
from server.jam.rejections import Rejection, TooMany, Unavailable
from server.jam_store import JamStore
from server.owndata.archive import write_archive
from server.owndata.gather import gather
from server.vault.port import PersonRecord, Vault
from server.web.asking import Refused, refusal
from server.web.fresh import Fresh

EXPORTS_AN_HOUR, HOUR_S = 6, 3_600.0
ATTEMPTS_AN_HOUR = 20
AT_ONCE = 2
"""Archives that are made at the same time; others wait."""

IN_MEMORY = 8 * 1024 * 1024
CHUNK = 64 * 1024
STATUS = {"NotFound": 404, "Conflict": 409, "TooMany": 429, "Unavailable": 503}


@dataclass(frozen=True, slots=True)
class Windows:
    """How often a person may do it in an hour."""

    exports: SlidingWindow
    attempts: SlidingWindow


class OwnDataRoutes:
    """POST /own/data answers the archive; POST /own/erase erases whoever asks."""

    def __init__(
        self, store: JamStore, vault: Vault, people: Directory, erasing: Erasing, fresh: Fresh, clock: Callable[[], int]
    ) -> None:
        self._store = store
        self._vault = vault
        self._people = people
        self._erasing = erasing
        self._fresh = fresh
        self._clock = clock
        self._slots = Semaphore(AT_ONCE)
        self._windows = Windows(SlidingWindow(EXPORTS_AN_HOUR, HOUR_S), SlidingWindow(ATTEMPTS_AN_HOUR, HOUR_S))

    def routes(self) -> list[Route]:
        return [
            Route("/own/data", self.export, methods=["POST"]),
            Route("/own/erasure", self.preview, methods=["POST"]),
            Route("/own/erase", self.erase, methods=["POST"]),
        ]

    async def export(self, request: Request) -> Response:
        """All that is kept about whoever asks, as a ZIP archive."""
        try:
            person, _ = await self._fresh.body(request)
            self._held_to(self._windows.exports, person)
        except (Refused, Rejection) as refused:
            return _refused(refused)
        file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it has been sent
        async with self._slots:
            own = await gather(self._store, self._vault, self._name_of, person, self._clock())
            await anyio.to_thread.run_sync(write_archive, own, file)
        size = file.tell()
        file.seek(0)
        headers = {
            "Content-Disposition": 'attachment; filename="my-hothouse-data.zip"',
            "Content-Length": str(size),
            "Cache-Control": "private, no-store",
        }
        return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)

    async def preview(self, request: Request) -> Response:
        """What an erasure would concern, and why it can't be done, if so. Nothing is changed."""
        try:
            person, _ = await self._fresh.body(request)
        except Refused as refused:
            return _refused(refused)
        told: dict[str, Any] = {"ideas": 0, "comments": 0, "votes": 0, "jams": 0, "obstacle": None, "typed": _typed(person)}
        for state in self._store.all():
            member = state.member(person.id)
            if member is not None:
                told["jams"] += 1
                told["ideas"] += len(member.ideas)
                told["comments"] += sum(1 for one in state.comments if one.author == person.id)
                told["votes"] += len(member.supports)
        try:
            await self._erasing.check(person.id)
        except Rejection as refused:
            told["obstacle"] = refused.message
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def erase(self, request: Request) -> Response:
        """Erases whoever asks and types their own address (or name): `typed`, and `withdraw` for ideas and comments as well."""
        try:
            person, body = await self._fresh.body(request)
            self._held_to(self._windows.attempts, person)
            withdraws = _asked(person, body)
            report = await self._erasing.erase(person.id, withdraws)
        except (Refused, Rejection) as refused:
            return _refused(refused)
        answer = JSONResponse(asdict(report), headers={"Cache-Control": "no-store", "Clear-Site-Data": '"storage"'})
        self._fresh.cookies.drop(answer, COOKIE)
        return answer

    def _held_to(self, window: SlidingWindow, person: PersonRecord) -> None:
        if not window.hit(person.id):
            raise TooMany("That is enough for now: please try again in an hour.", HOUR_S)

    def _name_of(self, id: str) -> str | None:
        view = self._people.person(id)
        return None if view is None else view.name


def _typed(person: PersonRecord) -> str:
    """What one types to confirm: the address, or without one the name."""
    return person.email or person.name


def _asked(person: PersonRecord, body: dict[str, Any]) -> bool:
    typed, withdraws = body.get("typed"), body.get("withdraw")
    if not isinstance(withdraws, bool):
        raise Refused(400, "InvalidInput", "Say whether to `withdraw` your ideas and comments: true or false.")
    if not isinstance(typed, str) or typed.strip().casefold() != _typed(person).casefold():
        raise Refused(400, "NotConfirmed", "Type your own address (without one, your name) to confirm.")
    return withdraws


def _refused(refused: Refused | Rejection) -> Response:
    if isinstance(refused, Refused):
        return refusal(refused)
    answer = refusal(Refused(STATUS.get(refused.code, 400), refused.code, refused.message))
    if isinstance(refused, TooMany | Unavailable):
        answer.headers["Retry-After"] = str(round(refused.retry_after_seconds))
    return answer


async def _chunks(file: Any) -> Any:
    try:
        while chunk := await anyio.to_thread.run_sync(file.read, CHUNK):
            yield chunk
    finally:
        file.close()
