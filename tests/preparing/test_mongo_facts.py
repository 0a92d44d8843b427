"""What is refused and what is missing, from what was found."""

from dataclasses import replace

import pytest

from server.journal.mongo import SHARD_KEY
from server.preparing.mongo_facts import (
    COLLECTIONS,
    LAYOUT,
    RIGHTS,
    WANTED,
    Facts,
    Topology,
    lacking,
    notes,
    refusals,
    rights_in,
    topology_of,
)

NEW = Facts("jams", (7, 0, 1), Topology.REPLICA_SET, "rs0", members=3)
WHOLE = replace(NEW, collections=frozenset(COLLECTIONS), indexes=WANTED, layout=LAYOUT)
SHARDED = replace(NEW, topology=Topology.SHARDED, set_name="")


def test_a_new_replica_set_is_taken_and_lacks_everything() -> None:
    assert refusals(NEW) == []
    assert len(lacking(NEW)) == len(COLLECTIONS) + len(WANTED) + 1
    assert notes(NEW) == []


def test_a_store_that_was_set_up_lacks_nothing() -> None:
    assert (refusals(WHOLE), lacking(WHOLE)) == ([], [])


def test_the_records_have_the_one_index_that_decides_races() -> None:
    assert [index.keys for index in WANTED if index.collection == "records" and index.is_unique] == [SHARD_KEY]


def test_no_two_indexes_of_a_collection_have_one_name() -> None:
    names = [(index.collection, index.name) for index in WANTED]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(NEW, version=(4, 4, 9)), "4.4 is too old: 5.0 or newer"),
        (replace(NEW, topology=Topology.STANDALONE), "--replSet rs0"),
        (replace(WHOLE, layout=LAYOUT + 1), "upgrade this one"),
        (replace(SHARDED, shard_key=(("stream", "hashed"),)), "sharded by {stream: hashed}, not unique"),
        (replace(SHARDED, shard_key=SHARD_KEY, is_shard_unique=False), "has to be {stream: 1, after: 1}, unique"),
        (replace(NEW, indexes=(replace(WANTED[0], is_unique=False),)), "by_number of records is {stream: 1, after: 1} and has to be"),
        (replace(NEW, rights=frozenset(RIGHTS) - {"createIndex"}), "may not createIndex in jams: grant the role readWrite"),
        (replace(SHARDED, rights=frozenset(RIGHTS)), "enableSharding in jams: run this once as a user with the role clusterManager"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_refused_with_what_to_do(facts: Facts, words: str) -> None:
    (said,) = refusals(facts)
    assert words in said


def test_who_may_do_everything_or_whom_the_server_does_not_check_is_not_refused() -> None:
    assert refusals(replace(SHARDED, rights=frozenset({*RIGHTS, "enableSharding"}))) == []
    assert refusals(replace(NEW, rights=None)) == []


def test_a_cluster_sharded_as_it_must_be_needs_no_right_to_shard() -> None:
    done = replace(SHARDED, shard_key=SHARD_KEY, is_shard_unique=True, rights=frozenset(RIGHTS))
    assert refusals(done) == []
    assert not done.must_shard
    assert "the shard key" not in " ".join(lacking(done))
    assert "the shard key {stream: 1, after: 1} of records" in lacking(SHARDED)


def test_what_is_to_be_known() -> None:
    assert "1 member that holds data" in notes(replace(NEW, members=1))[0]
    assert "2 members that hold data" in notes(replace(NEW, members=2))[0]
    assert "arbiter" in notes(replace(NEW, arbiters=1))[0]
    assert "may not read the database config" in notes(replace(SHARDED, is_shard_known=False))[0]


@pytest.mark.parametrize(
    ("hello", "topology"),
    [
        ({"msg": "isdbgrid"}, Topology.SHARDED),
        ({"setName": "rs0"}, Topology.REPLICA_SET),
        ({"isWritablePrimary": True}, Topology.STANDALONE),
    ],
)
def test_what_a_server_says_it_is(hello: dict[str, object], topology: Topology) -> None:
    assert topology_of(hello) is topology


def test_rights_count_where_they_cover_the_whole_database() -> None:
    def of(*privileges: dict[str, object]) -> frozenset[str] | None:
        return rights_in(
            "jams", {"authInfo": {"authenticatedUsers": [{"user": "h"}], "authenticatedUserPrivileges": privileges}}
        )

    assert of({"resource": {"db": "jams", "collection": ""}, "actions": ["find"]}) == frozenset({"find"})
    assert of({"resource": {"db": "", "collection": ""}, "actions": ["find"]}) == frozenset({"find"})
    assert of({"resource": {"anyResource": True}, "actions": ["find"]}) == frozenset({"find"})
    assert of({"resource": {"db": "other", "collection": ""}, "actions": ["find"]}) == frozenset()
    assert of({"resource": {"db": "jams", "collection": "records"}, "actions": ["find"]}) == frozenset()
    assert of({"resource": {"cluster": True}, "actions": ["find"]}) == frozenset()
    assert of() is None
    assert rights_in("jams", {"authInfo": {"authenticatedUsers": [], "authenticatedUserPrivileges": []}}) is None
