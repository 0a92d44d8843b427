"""POST /graphql: every refusal with its status and code, and that nothing was executed."""

from typing import Any

import pytest
import structlog

from server.api.limits import HttpLimits
from tests.api.conftest import Api

pytestmark = pytest.mark.anyio
VOTE = 'mutation { support(jamId: "j1", ideaId: "i1") }'
JSON = {"content-type": "application/json"}


def code(response: Any) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


async def test_a_query_and_a_mutation(api: Api) -> None:
    response = await api.post("query($t: String!) { echo(text: $t) }", variables={"t": "שלום"})
    assert (response.status_code, response.json()) == (200, {"data": {"echo": "שלום"}})
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "private, no-cache"
    assert await api.ask(VOTE) == {"data": {"support": 1}}


@pytest.mark.parametrize(
    ("method", "headers", "content", "status", "expected"),
    [
        ("GET", {}, b"", 405, "USE_POST"),
        ("PUT", JSON, b"{}", 405, "USE_POST"),
        ("POST", {}, b"{}", 415, "USE_JSON"),
        ("POST", {"content-type": "text/plain"}, b"{}", 415, "USE_JSON"),
        ("POST", {"content-type": "multipart/form-data; boundary=x"}, b"", 415, "USE_JSON"),
        ("POST", JSON, b"", 400, "BAD_JSON"),
        ("POST", JSON, b"{", 400, "BAD_JSON"),
        ("POST", JSON, b'{"query":"\xff"}', 400, "BAD_JSON"),
        ("POST", JSON, b"[]", 400, "BATCHING_REFUSED"),
        ("POST", JSON, b'[{"query":"{echo}"}]', 400, "BATCHING_REFUSED"),
        ("POST", JSON, b'"{echo}"', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"query":1}', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"query":"{echo}","variables":[]}', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"query":"{echo}","variables":"{}"}', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"query":"{echo}","operationName":1}', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"extensions":{"persistedQuery":{"sha256Hash":5}}}', 400, "BAD_REQUEST"),
        ("POST", JSON, b"{}", 400, "DOCUMENT_MISSING"),
        ("POST", JSON, b'{"documentId":"abc"}', 400, "PERSISTED_QUERY_NOT_FOUND"),
        ("POST", JSON, b'{"query":"","extensions":{"persistedQuery":{"sha256Hash":"abc"}}}', 400, "PERSISTED_QUERY_NOT_FOUND"),
        ("POST", JSON, b'{"query":""}', 400, "DOCUMENT_MISSING"),
        ("POST", JSON, b'{"query":"{ echo"}', 400, "SYNTAX"),
        ("POST", JSON, b'{"query":"{ nope }"}', 400, "INVALID_DOCUMENT"),
        ("POST", JSON, b'{"query":"query($t:String!){echo(text:$t)}"}', 400, "BAD_REQUEST"),
        ("POST", JSON, b'{"query":"subscription{elsewhere}"}', 400, "USE_A_SOCKET"),
        ("POST", JSON, b'{"query":"' + b"x" * (256 * 1024) + b'"}', 413, "BODY_TOO_BIG"),
        ("POST", JSON | {"content-length": "999999999"}, b"{}", 413, "BODY_TOO_BIG"),
        ("POST", JSON | {"authorization": "Bearer expired"}, b'{"query":"{echo}"}', 401, "BAD_TOKEN"),
        ("POST", JSON | {"authorization": "Bearer explode"}, b'{"query":"{echo}"}', 403, "BANNED"),
        ("POST", JSON | {"cookie": "session=alice"}, b'{"query":"{echo}"}', 403, "HEADER_MISSING"),
        ("POST", JSON | {"cookie": "session=alice", "x-hothouse": "0"}, b'{"query":"{echo}"}', 403, "HEADER_MISSING"),
        (
            "POST",
            JSON | {"cookie": "session=alice", "x-hothouse": "1", "origin": "https://evil.test"},
            b'{"query":"{echo}"}',
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        (
            "POST",
            JSON | {"cookie": "session=alice", "x-hothouse": "1", "origin": "null"},
            b'{"query":"{echo}"}',
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
    ],
)
async def test_refusals(api: Api, method: str, headers: dict[str, str], content: bytes, status: int, expected: str) -> None:
    response = await api.http.request(method, "/graphql", headers=headers, content=content)
    assert (response.status_code, code(response)) == (status, expected)
    assert api.world.executed == []
    assert "data" not in response.json() or response.json()["data"] is None


async def test_a_refusal_has_the_media_type_that_the_client_reads_errors_under(api: Api) -> None:
    """GraphQL over HTTP: under application/json, Apollo Client takes a status that is not 200 for a fault of the network."""
    accept = "application/graphql-response+json,application/json;q=0.9"
    for body in (b"{", b'{"query":"{ nope }"}', b'{"query":"query($t:String!){echo(text:$t)}"}'):
        response = await api.http.post("/graphql", content=body, headers=JSON | {"accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (400, "application/graphql-response+json")
        assert code(response)
        plain = await api.http.post("/graphql", content=body, headers=JSON)
        assert (plain.headers["content-type"], plain.json()) == ("application/json; charset=utf-8", response.json())


async def test_a_body_in_pieces_is_held_to_the_limit_too(api: Api) -> None:
    async def pieces() -> Any:
        for _ in range(300):
            yield b" " * 1024

    response = await api.http.post("/graphql", headers=JSON, content=pieces())
    assert (response.status_code, code(response)) == (413, "BODY_TOO_BIG")


async def test_405_names_the_method_allowed(api: Api) -> None:
    assert (await api.http.get("/graphql")).headers["allow"] == "POST"


@pytest.mark.parametrize("origin", [None, "https://jam.test"])
async def test_the_cookie_works_from_our_own_page(api: Api, origin: str | None) -> None:
    headers = {"cookie": "session=alice", "x-hothouse": "1"} | ({"origin": origin} if origin else {})
    assert (await api.post("{ whoami }", headers)).json() == {"data": {"whoami": "alice"}}


async def test_what_was_kept_for_somebody_is_not_done_by_whoever_signed_in_since(api: Api) -> None:
    ours = {"cookie": "session=alice", "x-hothouse": "1"}
    for other in (ours | {"x-hothouse-person": "bob"}, JSON | {"x-hothouse-person": "alice"}):
        response = await api.post(VOTE, other)
        assert (response.status_code, code(response)) == (409, "ANOTHER_PERSON")
    assert api.world.executed == []
    assert (await api.post(VOTE, ours | {"x-hothouse-person": "alice"})).json() == {"data": {"support": 1}}


async def test_a_token_needs_no_header_of_ours(api: Api) -> None:
    headers = {"authorization": "bearer bob", "cookie": "session=alice", "origin": "https://tool.test"}
    assert (await api.post("{ whoami }", headers)).json() == {"data": {"whoami": "bob"}}


async def test_a_fault_of_ours_is_masked_and_numbered(api: Api) -> None:
    with structlog.testing.capture_logs() as logged:
        answer = await api.ask("{ fail echo }")
    (error,) = answer["errors"]
    assert answer["data"] == {"fail": None, "echo": "hi"}
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(answer)
    (line,) = logged
    assert line["request"] == error["extensions"]["requestId"]
    assert str(line["exc_info"]) == "secret detail"


async def test_a_refusal_that_passes_says_when_to_come_back(api: Api) -> None:
    response = await api.post("{ busy }")
    assert response.headers["retry-after"] == "3"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "TOO_MANY", "retryAfterSeconds": 2.5}
    assert error["message"] == "Wait a little."


async def test_an_unknown_jam_in_a_shared_query_is_404_before_anything_runs(api: Api) -> None:
    response = await api.post('{ board(jamId: "none") { id } }')
    assert (response.status_code, code(response)) == (404, "NOT_FOUND")
    assert api.world.executed == []


@pytest.mark.parametrize("api", [HttpLimits(development=True)], indirect=True)
async def test_in_development_get_shows_a_page_and_never_executes(api: Api) -> None:
    response = await api.http.get("/graphql", params={"query": VOTE})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "GraphiQL" in response.text
    assert api.world.executed == []
