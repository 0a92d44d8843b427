"""What the workers of one store tell each other every few seconds of what each has in memory, through the vault.

Who reads trusts no clock but its own: a worker is there as long as its beats go on. One that ended in order takes its notes
along; one that was killed is counted for `GONE_S` more.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

import structlog

from server.vault.notes import NoteVault, WorkerNote

log = structlog.get_logger()
BEAT_S = 1.5
"""Between two looks at what others told, and two writings of what has changed here."""

KEEP_S = 4.5
"""What has not changed is told again after this time: else others would take us for gone."""

GONE_S = 12.0
OLD_MS = 3_600_000
"""Notes so old are forgotten: nobody has read them for long."""

Tell = Callable[[], Mapping[str, bytes]]
Hear = Callable[[str, str, bytes], None]


@dataclass(slots=True)
class _Told:
    """What this worker last wrote about a topic, and when."""

    body: bytes
    at: float


@dataclass(slots=True)
class _Heard:
    """Another worker's last note about a topic, and when its beat was first seen. It counts while it `is_there`."""

    beat: int
    at: float
    is_there: bool


class Exchange:
    """`share` says what is told: by a name, `tell` gives what there is by jam, and `hear` takes what a worker has of a jam:
    b"" when that is nothing, or the worker is gone.
    """

    def __init__(
        self, vault: NoteVault, clock: Callable[[], int], seconds: Callable[[], float] = time.monotonic, worker: str = ""
    ) -> None:
        self.worker = worker or uuid4().hex
        self._vault = vault
        self._clock = clock
        self._seconds = seconds
        self._shared: dict[str, tuple[Tell, Hear]] = {}
        self._told: dict[str, _Told] = {}
        self._heard: dict[tuple[str, str], _Heard] = {}
        self._beat = 0

    def share(self, name: str, tell: Tell, hear: Hear) -> None:
        """Tell others something, and hear the same of them."""
        self._shared[name] = (tell, hear)

    async def run(self) -> None:
        """Tells and hears, until cancelled."""
        while True:
            try:
                await self.beat()
            except Exception as error:
                log.error("workers can't tell each other what they have; it is tried again", error=type(error).__name__)
            await asyncio.sleep(BEAT_S)

    async def beat(self) -> None:
        """Tells what has changed or was told long ago, and hears what others told. Raises `VaultUnavailable`."""
        self._beat += 1
        notes = self._due()
        await self._vault.put_notes(notes)
        for note in notes:
            self._told[note.topic] = _Told(note.body, self._seconds())
        self._take(await self._vault.notes_of_others(self.worker))

    async def sweep(self) -> None:
        """Forgets what workers that were killed long ago have left."""
        await self._vault.drop_old_notes(self._clock() - OLD_MS)

    async def close(self) -> None:
        """This worker ends: nobody counts it any more."""
        try:
            await self._vault.drop_notes(self.worker)
        except Exception as error:
            log.warning("others will count this worker for some more seconds", error=type(error).__name__)

    # ---- telling

    def _due(self) -> list[WorkerNote]:
        bodies = {f"{name}:{jam}": body for name, (tell, _) in self._shared.items() for jam, body in tell().items()}
        now, due = self._seconds(), []
        for topic in {**self._told, **bodies}:
            body, told = bodies.get(topic, b""), self._told.get(topic)
            if told is None or told.body != body or (body and now - told.at >= KEEP_S):
                due.append(WorkerNote(self.worker, topic, self._beat, body, self._clock()))
        return due

    # ---- hearing

    def _take(self, notes: list[WorkerNote]) -> None:
        now, present = self._seconds(), set()
        for note in notes:
            key = (note.worker, note.topic)
            present.add(key)
            heard = self._heard.get(key)
            if heard is None:
                # What was there before us may be long dead: it counts from its next beat on, unless it is fresh by our clock.
                is_fresh = abs(self._clock() - note.written_at) < 1000 * GONE_S
                self._heard[key] = _Heard(note.beat, now, is_fresh)
                if is_fresh:
                    self._tell_of(note.worker, note.topic, note.body)
            elif heard.beat != note.beat:
                heard.beat, heard.at, heard.is_there = note.beat, now, True
                self._tell_of(note.worker, note.topic, note.body)
            elif heard.is_there and now - heard.at > GONE_S:
                heard.is_there = False
                self._tell_of(note.worker, note.topic, b"")
        for key in [key for key in self._heard if key not in present]:
            if self._heard.pop(key).is_there:
                self._tell_of(*key, b"")

    def _tell_of(self, worker: str, topic: str, body: bytes) -> None:
        name, _, jam = topic.partition(":")
        if name not in self._shared:
            return
        try:
            self._shared[name][1](worker, jam, body)
        except Exception as error:
            # Another version of the program, while workers are replaced one by one, may word it otherwise.
            log.warning("what another worker told can't be read", topic=topic, error=type(error).__name__)
