"""How much waits to be sent, in the MongoDB vault."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection

from server.vault.backlogs import Backlogs
from server.vault.hooks import DeliveryState
from server.vault.invitations import OPEN_STATES
from server.vault.mongo_hooks import DELIVERIES
from server.vault.mongo_invitations import MAILS
from server.vault.mongo_pushes import PUSHES

Document = dict[str, Any]


class MongoBacklogs:
    """The part of `MongoVault` that `BacklogVault` describes."""

    _collection: Callable[[str], AsyncIOMotorCollection[Document]]
    _reached: Callable[..., AbstractContextManager[None]]

    async def backlogs(self) -> Backlogs:
        return Backlogs(
            mails=await self._how_many(MAILS, {"state": {"$in": [state.value for state in OPEN_STATES]}}),
            webhooks=await self._how_many(DELIVERIES, {"state": DeliveryState.WAITING.value}),
            dead_webhooks=await self._how_many(DELIVERIES, {"state": DeliveryState.DEAD.value}),
            pushes=await self._how_many(PUSHES, {"due_at": {"$gt": 0}}),
        )

    async def _how_many(self, name: str, which: Document) -> int:
        with self._reached():
            return int(await self._collection(name).count_documents(which))
