"""What was asked before is asked again in the same words: the same answer, nothing forgotten that matters, and bounded."""

import json
import string
from hashlib import sha256
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.api.documents import Documents
from server.api.http import GraphQLHTTP
from server.api.limits import HttpLimits
from server.api.questions import BODY_BYTES, Question, Questions
from server.live.hub import Hub
from tests.api.conftest import Api
from tests.live.toy import HOSTS, World, build, core

pytestmark = pytest.mark.anyio
BOARD = 'query($first: Int) { board(jamId: "j1", first: $first) { id votes } }'
ALICE = {"authorization": "Bearer alice"}
SOME = Documents(core).prepare("{ echo }", None, None)


def question(**variables: Any) -> Question:
    return Question(SOME, variables)


# ------------------------------------------------------------------------------------------------------------------- kept
def test_what_is_kept_is_bounded_by_bytes_and_the_least_asked_for_goes_first() -> None:
    kept = Questions(most_bytes=8 * 100 * 3)
    for number in range(50):
        kept.keep(b"%0100d" % number, question())
        kept.keep(b"%0100d" % number, question())
        kept.get(b"%0100d" % 0, 0)
    assert [number for number in range(50) if kept.get(b"%0100d" % number, 0)] == [0, 48, 49]
    assert kept.size == 8 * 100 * 3
    kept.keep(b"x" * (BODY_BYTES + 1), question())
    assert kept.get(b"x" * (BODY_BYTES + 1), 0) is None


def test_another_edition_of_the_documents_forgets_everything() -> None:
    kept = Questions()
    kept.keep(b"body", question())
    assert kept.get(b"body", 0) is not None
    assert kept.get(b"body", 1) is None
    assert (kept.get(b"body", 0), kept.size) == (None, 0)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)), st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)))
def test_the_same_variables_are_the_same_question_in_any_order(one: dict[str, int], other: dict[str, int]) -> None:
    assert (question(**one).key == question(**other).key) is (one == other)
    assert question(**one).key == question(**dict(reversed(one.items()))).key


# -------------------------------------------------------------------------------------------------------------- over HTTP
async def test_a_document_that_is_not_trusted_any_more_is_refused_though_it_was_asked_before() -> None:
    world, text = World(), "{ echo }"
    trusted = {sha256(text.encode()).hexdigest(): text}
    documents = Documents(core, trusted=trusted, trusted_only=True)
    world.hub = Hub(documents, world, HOSTS)
    endpoint = GraphQLHTTP(documents, world, world, HttpLimits(allowed_hosts=HOSTS))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(endpoint), base_url="http://jam.test") as client:
        for _ in range(2):
            assert (await client.post("/graphql", json={"query": text})).status_code == 200
        documents.trust({})
        for _ in range(2):
            assert (await client.post("/graphql", json={"query": text})).status_code == 400


async def test_a_mutation_is_not_remembered_and_never_answered_at_once(api: Api) -> None:
    vote = 'mutation { support(jamId: "j1", ideaId: "i1") }'
    for expected in range(1, 6):
        assert (await api.post(vote, ALICE)).json() == {"data": {"support": expected}}


async def test_a_costly_question_is_refused_each_time(api: Api) -> None:
    for _ in range(3):
        refused = await api.post(BOARD, ALICE, variables={"first": 1_000_000})
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "TOO_COSTLY")
        assert (await api.post(BOARD, ALICE, variables={"first": 1})).status_code == 200


async def test_who_is_suspended_or_of_another_class_is_not_answered_from_what_is_finished(api: Api) -> None:
    api.world.feeds["j1"].support("i1")
    for _ in range(3):
        assert (await api.post(BOARD, ALICE)).status_code == 200
    assert api.world.executed == ["board"]
    api.world.people["alice"].role = "MODERATOR"
    await api.post(BOARD, ALICE)
    assert api.world.executed == ["board"] * 2
    api.world.people["alice"].role = "SUSPENDED"
    for _ in range(2):
        refused = await api.post(BOARD, ALICE)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "NOT_ALLOWED")


async def test_a_header_that_is_sent_twice_is_read_with_care(api: Api) -> None:
    for _ in range(3):
        await api.post("{ whoami }", ALICE)
    twice = [("authorization", "Bearer bob"), ("authorization", "Bearer alice")]
    answer = await api.http.post("/graphql", json={"query": "{ whoami }"}, headers=twice)
    assert answer.json() == {"data": {"whoami": "alice"}}


PIECES = st.sampled_from(
    [
        BOARD,
        "{ echo }",
        "{ whoami }",
        "query A { echo } query B { whoami }",
        "{",
        "",
        "mutation { nothing }",
        "subscription { x }",
    ]
)
VALUES = st.none() | st.booleans() | st.integers(-5, 300) | st.text(string.printable, max_size=5) | st.just(2**70)
BODIES = (
    st.fixed_dictionaries(
        {},
        optional={
            "query": PIECES | VALUES, "variables": st.dictionaries(st.sampled_from(["first", "t"]), VALUES) | VALUES,
            "operationName": st.sampled_from(["A", "B", "C"]) | VALUES, "documentId": VALUES,
            "extensions": st.fixed_dictionaries({"persistedQuery": st.fixed_dictionaries({"sha256Hash": VALUES}) | VALUES}) | VALUES,
        },
    ).map(lambda payload: json.dumps(payload).encode())
    | st.binary(max_size=40)
    | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(BODIES, max_size=3), st.sampled_from(["alice", "bob", None]))
def test_any_body_is_answered_alike_again_and_never_fails(bodies: list[bytes], person: str | None) -> None:
    async def ask() -> None:
        world = World()
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {person}"} if person else {})
        transport = httpx.ASGITransport(build(world, http=HttpLimits(allowed_hosts=HOSTS)))
        async with httpx.AsyncClient(transport=transport, base_url="http://jam.test", headers=headers) as client:
            for body in [*bodies, *bodies, *bodies[::-1]]:
                answers = [await client.post("/graphql", content=body) for _ in range(3)]
                told = [(answer.status_code, answer.content, answer.headers.get("etag")) for answer in answers]
                assert told == told[:1] * 3
                assert told[0][0] in (200, 400), told
                assert b"INTERNAL" not in told[0][1]

    anyio.run(ask)
