"""What a MongoDB server is and holds, and what follows from that: what is refused, what is missing. The rules are pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from server.journal.mongo import INDEXES as JOURNAL_INDEXES
from server.journal.mongo import RECORDS, SHARD_KEY, SNAPSHOTS
from server.journal.mongo_layout import Index
from server.vault.mongo import INDEXES as VAULT_INDEXES

Document = Mapping[str, Any]

LEAST_VERSION = (5, 0)
"""From here on the read concern `majority` can't be switched off."""

LAYOUT = 1
"""The layout of collections that this program knows. Raised when a newer one must not be used by older programs."""

STORE = "store"
"""The collection with the one document that says that the store was set up."""

WANTED = (*JOURNAL_INDEXES, *VAULT_INDEXES)
COLLECTIONS = tuple(sorted({STORE, RECORDS, SNAPSHOTS, *(index.collection for index in WANTED)}))
"""Those that the vault has no index for are made by their first write."""

RIGHTS = (
    "find",
    "insert",
    "update",
    "remove",
    "createCollection",
    "createIndex",
    "listCollections",
    "listIndexes",
    "changeStream",
)
SHARDING_RIGHT = "enableSharding"


class Topology(Enum):
    REPLICA_SET = "a replica set"
    SHARDED = "a sharded cluster"
    STANDALONE = "a standalone server"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. `shard_key` is None where `records` is not sharded; `is_shard_known` is False where we may not look.

    `members` are those that hold data; `rights` is None where the server checks none or does not tell.
    """

    database: str
    version: tuple[int, ...]
    topology: Topology
    set_name: str = ""
    members: int = 1
    arbiters: int = 0
    rights: frozenset[str] | None = None
    collections: frozenset[str] = frozenset()
    indexes: tuple[Index, ...] = ()
    shard_key: tuple[tuple[str, Any], ...] | None = None
    is_shard_unique: bool = False
    is_shard_known: bool = True
    layout: int | None = None

    @property
    def must_shard(self) -> bool:
        return self.topology is Topology.SHARDED and self.is_shard_known and self.shard_key is None


def topology_of(hello: Document) -> Topology:
    """From the answer to `hello`."""
    if hello.get("msg") == "isdbgrid":
        return Topology.SHARDED
    return Topology.REPLICA_SET if hello.get("setName") else Topology.STANDALONE


def rights_in(database: str, status: Document) -> frozenset[str] | None:
    """The actions that whoever is connected may do in all of a database, from `connectionStatus` with `showPrivileges`."""
    info = status.get("authInfo", {})
    privileges = info.get("authenticatedUserPrivileges") or []
    if not info.get("authenticatedUsers") or not privileges:
        return None
    covering = (one for one in privileges if _covers(one.get("resource", {}), database))
    return frozenset(action for one in covering for action in one.get("actions", ()))


def _covers(resource: Document, database: str) -> bool:
    if resource.get("anyResource"):
        return True
    return resource.get("db") in ("", database) and resource.get("collection") == ""


def refusals(facts: Facts) -> list[str]:
    """Why nothing may be set up or used here, each with what to do."""
    said = []
    if facts.version[:2] < LEAST_VERSION:
        said.append(f"MongoDB {_dotted(facts.version)} is too old: {_dotted(LEAST_VERSION)} or newer is needed")
    if facts.topology is Topology.STANDALONE:
        said.append(
            "this is a standalone server, which can lose what it acknowledged: start mongod with --replSet rs0 and run "
            "rs.initiate() once (docs/operations.md)"
        )
    if facts.layout is not None and facts.layout > LAYOUT:
        said.append(f"a newer version of Hothouse has set this store up (layout {facts.layout}): upgrade this one")
    if facts.shard_key is not None and (facts.shard_key != SHARD_KEY or not facts.is_shard_unique):
        how = _keys(facts.shard_key) + ", not unique" * (not facts.is_shard_unique)
        said.append(
            f"{facts.database}.{RECORDS} is sharded by {how}: it has to be {_keys(SHARD_KEY)}, unique; take another database "
            "(HOTHOUSE_MONGO_DATABASE)"
        )
    return said + _wrong_indexes(facts) + missing_rights(facts)


def missing_rights(facts: Facts) -> list[str]:
    """What the user may not do and has to; empty where the server does not tell."""
    if facts.rights is None:
        return []
    lacking = [right for right in RIGHTS if right not in facts.rights]
    said = [f"the user may not {', '.join(lacking)} in {facts.database}: grant the role readWrite there"] if lacking else []
    if facts.must_shard and SHARDING_RIGHT not in facts.rights:
        said.append(
            f"the user may not {SHARDING_RIGHT} in {facts.database}: run this once as a user with the role clusterManager "
            "on admin as well"
        )
    return said


def _wrong_indexes(facts: Facts) -> list[str]:
    found = {(index.collection, index.name): index for index in facts.indexes}
    wrong = ((index, found.get((index.collection, index.name), index)) for index in WANTED)
    return [
        f"the index {index.name} of {index.collection} is {described(there)} and has to be {described(index)}: drop it first"
        for index, there in wrong
        if index != there
    ]


def lacking(facts: Facts) -> list[str]:
    """What `hothouse store init` would make, in words."""
    said = [f"the collection {name}" for name in missing_collections(facts)]
    said += [f"the index {index.name} of {index.collection}" for index in missing_indexes(facts)]
    if facts.must_shard:
        said.append(f"the shard key {_keys(SHARD_KEY)} of {RECORDS}")
    if facts.layout is None:
        said.append("the note that the store was set up")
    return said


def missing_collections(facts: Facts) -> list[str]:
    return [name for name in COLLECTIONS if name not in facts.collections]


def missing_indexes(facts: Facts) -> list[Index]:
    there = {(index.collection, index.name) for index in facts.indexes}
    return [index for index in WANTED if (index.collection, index.name) not in there]


def notes(facts: Facts) -> list[str]:
    """What is to be known, though nothing is wrong."""
    said = []
    if facts.topology is Topology.REPLICA_SET and facts.members < 3:
        said.append(
            f"the set has {facts.members} member{'s' * (facts.members > 1)} that hold{'s' * (facts.members == 1)} data: "
            "with three, writes go on while one is away"
        )
    if facts.arbiters:
        said.append("the set has an arbiter: while a member that holds data is away, no majority can confirm writes")
    if not facts.is_shard_known:
        said.append(f"whether {RECORDS} is sharded can't be looked up: this user may not read the database config")
    return said


def described(index: Index) -> str:
    """`{a: 1, b: 1} unique`"""
    return " ".join([_keys(index.keys), *["unique"] * index.is_unique, *["sparse"] * index.is_sparse])


def _keys(keys: Iterable[tuple[str, Any]]) -> str:
    return "{" + ", ".join(f"{field}: {way}" for field, way in keys) + "}"


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version[:2]))
