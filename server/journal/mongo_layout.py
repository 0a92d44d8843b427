"""The indexes that the MongoDB adapters need, as data: made where they are missing, and compared by `hothouse store`."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import IndexModel

Document = dict[str, Any]
Keys = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """One index; `keys` are (field, 1 or -1). Sparse: documents without the field are not in it."""

    collection: str
    name: str
    keys: Keys
    is_unique: bool = False
    is_sparse: bool = False

    @property
    def model(self) -> IndexModel:
        options = {name: True for name, is_on in (("unique", self.is_unique), ("sparse", self.is_sparse)) if is_on}
        return IndexModel(list(self.keys), name=self.name, **options)

    @classmethod
    def found(cls, collection: str, document: Document) -> "Index":
        """What `listIndexes` says of one."""
        keys = tuple((field, int(way)) for field, way in document["key"].items())
        return cls(collection, document["name"], keys, bool(document.get("unique")), bool(document.get("sparse")))


async def make(store: "AsyncIOMotorDatabase[Document]", indexes: Iterable[Index]) -> None:
    """Make those that are missing. Raises the driver's errors: another index of the same name is one."""
    for name, wanted in groupby(sorted(indexes, key=lambda index: index.collection), lambda index: index.collection):
        await store[name].create_indexes([index.model for index in wanted])
