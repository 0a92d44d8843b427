"""All about one person in the MongoDB vault, and the notes by which workers learn of changes."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Int64, ObjectId
from motor.motor_asyncio import AsyncIOMotorCollection

from server.journal.mongo_calls import BULK_S
from server.vault.own import CHANGES_KEPT_MS, PeopleChanges, Row

Document = dict[str, Any]
CHANGES = "people_changes"
OWNED = {CHANGES: "person_id"}
SWEPT = (CHANGES,)

OVERLAP_MS = 5_000
"""How long after it was made a note may still come to light: it has no place in a row, only the time of its server."""

DERIVED = frozenset({"_id", "words"})


class MongoOwn:
    """The part of `MongoVault` that `OwnVault` describes. A position is a time (ms)."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]
    _owned: Mapping[str, str]

    async def belongings(self, person_id: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for name, owner in sorted({"people": "_id", **self._owned}.items()):
            if name == CHANGES:
                continue
            with self._reached(BULK_S):
                documents = await self._collection(name).find({owner: person_id}).sort("_id").to_list(None)
            if documents:
                found[name] = [_row(document, is_person=name == "people") for document in documents]
        return found

    async def people_position(self) -> int:
        return _now_ms()

    async def changed_people(self, after: int) -> PeopleChanges:
        """Those of the last seconds before the position again: to read someone twice costs little, to miss one is a fault."""
        since = datetime.fromtimestamp(max(0, after - OVERLAP_MS) / 1000, UTC)
        now = _now_ms()
        with self._reached(BULK_S):
            notes = await self._collection(CHANGES).find({"at": {"$gte": since}}, {"person_id": 1}).to_list(None)
        return PeopleChanges(list(dict.fromkeys(note["person_id"] for note in notes)), now)

    async def kinds_with(self, text: str) -> list[str]:
        return [name for name in sorted({"people", "tickets", *self._owned}) if await self._has(name, text)]

    async def _has(self, name: str, text: str) -> bool:
        with self._reached(None):
            async for document in self._collection(name).find():
                if text in repr(document) or text.encode() in b"".join(v for v in document.values() if isinstance(v, bytes)):
                    return True
        return False

    async def wipe(self) -> None:
        """The server reuses the space by itself; docs/operations.md says what that means."""

    async def _note_change(self, person_id: str) -> None:
        now = datetime.now(UTC)
        expires = Int64((now + timedelta(milliseconds=CHANGES_KEPT_MS)).timestamp() * 1000)
        await self._collection(CHANGES).insert_one(
            {"_id": ObjectId(), "person_id": person_id, "at": now, "expires_at": expires}
        )


def _row(document: Document, is_person: bool) -> Row:
    row = {name: _plain(value) for name, value in document.items() if name not in DERIVED}
    return {"id": document["_id"], "email": None, **row} if is_person else row


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
