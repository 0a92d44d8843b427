"""What workers tell each other of what each has in memory: the part of the vault port that counts over all workers use.

A note is a cache of a worker's memory, out of date after seconds; nothing depends on one that is lost. None names a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WorkerNote:
    """What one worker says about one topic. `beat` is another one with each writing: a worker whose beats stay is gone."""

    worker: str
    topic: str
    beat: int
    body: bytes
    written_at: int


class NoteVault(Protocol):
    """Notes of workers, each in place of the same worker's last one about the same topic."""

    async def put_notes(self, notes: Sequence[WorkerNote]) -> None:
        """Keep notes."""

    async def notes_of_others(self, worker: str) -> list[WorkerNote]:
        """All notes but those of this worker, by worker and topic."""

    async def drop_notes(self, worker: str) -> None:
        """Forget all that a worker told."""

    async def drop_old_notes(self, before: int) -> None:
        """Forget what was written before a time (ms), by workers that ended without a word."""
