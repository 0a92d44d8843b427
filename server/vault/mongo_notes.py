"""Notes of workers in the MongoDB vault."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReplaceOne

from server.vault.mongo_credentials import restored
from server.vault.notes import WorkerNote

Document = dict[str, Any]
NOTES = "notes"


class MongoNotes:
    """The part of `MongoVault` that `NoteVault` describes."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def put_notes(self, notes: Sequence[WorkerNote]) -> None:
        """Keep notes."""
        replacing = [ReplaceOne({"_id": _id(note)}, asdict(note), upsert=True) for note in notes]
        if replacing:
            with self._reached():
                await self._collection(NOTES).bulk_write(replacing)

    async def notes_of_others(self, worker: str) -> list[WorkerNote]:
        """All notes but those of this worker, by worker and topic."""
        with self._reached():
            found = await self._collection(NOTES).find({"worker": {"$ne": worker}}).to_list(None)
        notes = [restored(WorkerNote, document) for document in found]
        return sorted(notes, key=lambda note: (note.worker, note.topic))

    async def drop_notes(self, worker: str) -> None:
        """Forget all that a worker told."""
        await self._drop_notes({"worker": worker})

    async def drop_old_notes(self, before: int) -> None:
        """Forget what was written before a time."""
        await self._drop_notes({"written_at": {"$lt": before}})

    async def _drop_notes(self, which: Document) -> None:
        with self._reached():
            await self._collection(NOTES).delete_many(which)


def _id(note: WorkerNote) -> Document:
    return {"worker": note.worker, "topic": note.topic}
