"""How the MongoDB adapters reach their server: one way to connect, and a bound on every call.

Motor calls the driver on a few threads. Against a store that stalls, each thread would wait for as long as its socket does, and
all others for a thread: the last of a few hundred requests for minutes. So a deadline is set where the work is asked for
(`pymongo.timeout`, which Motor takes along to the thread): a call that gets its turn after that fails at once.
"""

import asyncio
from contextlib import AbstractContextManager
from typing import Any

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import InvalidURI, OperationFailure, PyMongoError, ServerSelectionTimeoutError, WTimeoutError
from pymongo.read_concern import ReadConcern

Document = dict[str, Any]

CALL_S = 5.0
"""What somebody waits for: a few documents."""

BULK_S = 30.0
"""Many documents: snapshots, people by the thousand, whatever runs in the background."""

LONG_S = 900.0
"""Indexes of a large collection, people by the hundred thousand."""

FEW = 1_000
"""Documents that are read or written within `CALL_S`."""

SELECTION_MS = 5_000
SOCKET_MS = 10_000
"""Where there is no deadline, as for a change stream, a connection that says nothing for so long is given up."""

DURABLE_MS = 10_000
HELD_TRIES, HELD_PAUSE_S = 40, 0.05


def connected(url: str) -> "AsyncIOMotorClient[Document]":
    """A client; nothing is asked of the server yet. Raises `pymongo.errors.PyMongoError` for what is no address."""
    try:
        return AsyncIOMotorClient(
            url, serverSelectionTimeoutMS=SELECTION_MS, connectTimeoutMS=SELECTION_MS, socketTimeoutMS=SOCKET_MS
        )
    except ValueError:
        # Not chained: the text, and a traceback with the address in it, would tell the password.
        raise InvalidURI("no address of a MongoDB server") from None


def durable(client: "AsyncIOMotorClient[Document]", database: str) -> "AsyncIOMotorDatabase[Document]":
    """The database as both adapters use it: written to a majority's disks, read as a majority holds it."""
    concern = WriteConcern(w="majority", j=True, wtimeout=DURABLE_MS)
    return client.get_database(
        database, None, ReadPreference.PRIMARY, write_concern=concern, read_concern=ReadConcern("majority")
    )


def for_so_many(count: int) -> float:
    """The bound for reading or writing so many documents in one go."""
    return CALL_S if count <= FEW else LONG_S


def within(seconds: float | None) -> AbstractContextManager[None]:
    """All calls made inside end within so many seconds together, waiting for a thread included; None: no such bound.

    Inside another one the nearer deadline holds.
    """
    return pymongo.timeout(seconds)


async def held(collection: "AsyncIOMotorCollection[Document]", query: Document) -> Document:
    """The document that made an insert fail as a duplicate. Raises `WTimeoutError` where no majority holds it for two seconds.

    Whoever inserted it may not have been acknowledged yet, and a reading as a majority holds it finds nothing until then.
    """
    for _ in range(HELD_TRIES):
        found: Document | None = await collection.find_one(query)
        if found is not None:
            return found
        await asyncio.sleep(HELD_PAUSE_S)
    raise WTimeoutError("a document is written, and not yet held by a majority")


def in_words(error: PyMongoError) -> str:
    """What went wrong, without a text that somebody wrote: a server's message may quote a document."""
    if isinstance(error, ServerSelectionTimeoutError):
        return "no MongoDB server that takes writes can be reached"
    if error.timeout:
        return f"MongoDB does not answer in time ({type(error).__name__})"
    details = error.details if isinstance(error, OperationFailure) and error.details else {}
    return f"MongoDB: {details.get('codeName') or type(error).__name__}"
