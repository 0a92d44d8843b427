"""All workers as each of them knows them: what they measure now, and half an hour of it. All in memory."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from server.metrics.vitals import Figure, Vitals

log = structlog.get_logger()
LOOK_EVERY_S = 2.0
TELL_EVERY_MS = 4_000
POINT_EVERY_MS = 10_000
POINTS = 180
"""Half an hour of points."""

MOST_WORKERS = 256
TOPIC = "vitals"
NO_JAM = ""


@dataclass(slots=True)
class _Known:
    """A worker's latest vitals, and a point of them every ten seconds."""

    now: Vitals
    points: deque[tuple[int, dict[str, float | None]]] = field(default_factory=lambda: deque(maxlen=POINTS))

    def take(self, vitals: Vitals) -> None:
        self.now = vitals
        if not self.points or vitals.at - self.points[-1][0] >= POINT_EVERY_MS:
            self.points.append((vitals.at, vitals.values))


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at a time (ms); None where it could not be had."""

    at: int
    value: float | None


class Watch:
    """`look` takes this worker's vitals; `me` names it among all."""

    def __init__(self, me: str, look: Callable[[], Awaitable[Vitals]]) -> None:
        self._me = me
        self._look = look
        self._known: dict[str, _Known] = {}
        self._told: Mapping[str, bytes] = {}
        self._told_at = 0

    async def run(self) -> None:
        """Looks every two seconds, until cancelled."""
        while True:
            try:
                self._take(self._me, await self._look())
            except Exception:
                log.exception("how this worker is could not be looked at; it is tried again")
            await asyncio.sleep(LOOK_EVERY_S)

    def workers(self) -> Sequence[tuple[str, Vitals]]:
        """Every worker that is there, by name, the first place first."""
        known = [(name, one.now) for name, one in self._known.items()]
        return sorted(known, key=lambda one: (one[1].place, one[1].started_at, one[0]))

    def mine(self) -> Vitals | None:
        """This worker's own; None until it has looked for the first time."""
        known = self._known.get(self._me)
        return None if known is None else known.now

    def points(self, worker: str, figure: Figure) -> list[Point]:
        """Half an hour of a figure, the oldest first."""
        known = self._known.get(worker)
        return [] if known is None else [Point(at, values.get(figure.value)) for at, values in known.points]

    # ---- between workers
    def tell(self) -> Mapping[str, bytes]:
        """This worker's vitals, every four seconds; told by the exchange."""
        mine = self._known.get(self._me)
        if mine is not None and mine.now.at - self._told_at >= TELL_EVERY_MS:
            self._told, self._told_at = {NO_JAM: msgspec.msgpack.encode(mine.now)}, mine.now.at
        return self._told

    def hear(self, worker: str, _: str, body: bytes) -> None:
        """Another worker's; b"" where it is gone. Raises `ValueError` for what is nothing of the kind."""
        if not body:
            self._known.pop(worker, None)
        elif worker in self._known or len(self._known) < MOST_WORKERS:
            self._take(worker, msgspec.msgpack.decode(body, type=Vitals))

    def _take(self, worker: str, vitals: Vitals) -> None:
        known = self._known.get(worker)
        if known is None:
            known = self._known[worker] = _Known(vitals)
        known.take(vitals)
