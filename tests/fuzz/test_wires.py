"""Whatever comes over the wire: no answer above 499, no fault, nobody hung for a second."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from server.live.codes import CloseCode
from tests.fuzz.conftest import COUNTS, Stopwatch, fuzz
from tests.fuzz.inputs import NASTY, anything, operations, plain
from tests.fuzz.serving import Target, served
from tests.web.running import OURS

CODES = {int(code) for code in CloseCode} | {1000, 1001, 1002, 1003, 1006, 1007, 1009, 1012}
TYPES = ["connection_init", "subscribe", "complete", "ping", "pong", "next", "error", "connection_ack", "", "start", None, 3]
KINDS = ["application/json", "text/plain", "application/graphql", "multipart/form-data", "", "application/json; charset=x"]
FIRST_LINES = [
    b"GET / HTTP/1.1", b"POST /graphql HTTP/1.1", b"GET /graphql HTTP/1.1", b"OPTIONS * HTTP/1.1", b"HEAD / HTTP/1.0",
    b"GET /../../etc/passwd HTTP/1.1", b"POST /auth/link HTTP/1.1", b"GET /assets/%2e%2e/%2e%2e/x HTTP/1.1", b"PRI * HTTP/2.0",
    b"\x16\x03\x01\x02",
]  # fmt: skip
HEADERS = [
    b"Host: 127.0.0.1", b"Host: evil.example", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999",
    b"Transfer-Encoding: chunked", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b" folded",
    b"Sec-WebSocket-Key: AAAA", b"Cookie: hothouse_session=\xff", b"X-Hothouse: 1", b"Expect: 100-continue",
]  # fmt: skip


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with served(tmp_path_factory.mktemp("fuzzed")) as one:
        yield one


class Watch:
    """Nothing may take long, and others are answered all the while."""

    def __init__(self, target: Target) -> None:
        self._client = httpx.Client(base_url=target.url, headers=OURS)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def well(self, began: Stopwatch) -> None:
        began.check()
        assert self._client.get("/healthz").text == "ok\n"


def test_graphql_over_http(target: Target) -> None:
    one, many = operations().map(plain), st.lists(operations(), max_size=3).map(plain)
    bodies = one | many | anything().map(plain) | st.binary(max_size=300)
    cookies = {"hothouse_session": target.session}
    with Watch(target) as watch, httpx.Client(base_url=target.url, headers=OURS, cookies=cookies) as client:

        def check(case: tuple[bytes, str]) -> None:
            body, kind = case
            began = Stopwatch()
            answer = client.post("/graphql", content=body, headers={"Content-Type": kind})
            assert answer.status_code < 500, answer.text
            assert "Traceback" not in answer.text
            if "json" in answer.headers.get("content-type", ""):
                assert set(json.loads(answer.content)) <= {"data", "errors", "extensions"}
            watch.well(began)

        COUNTS["GraphQL over HTTP"] = fuzz(st.tuples(bodies, st.sampled_from(KINDS)), check)


def messages() -> st.SearchStrategy[Any]:
    """What is sent on a websocket: mostly messages of the protocol with something wrong."""
    ids = st.sampled_from(["1", "2", "", "x" * 200, None, 7]) | anything()
    optional = {"id": ids, "payload": operations() | anything(), "extra": anything()}
    message = st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional=optional).map(plain)
    nasty = st.sampled_from(NASTY).map(lambda text: text.encode("utf-8", "surrogatepass"))
    return message | message.map(lambda whole: whole[:-1]) | st.binary(max_size=200) | nasty


def test_the_websocket(target: Target) -> None:
    headers = {"Cookie": f"hothouse_session={target.session}", "Origin": target.url}
    frames = st.lists(st.tuples(messages(), st.booleans()), min_size=1, max_size=8)
    with Watch(target) as watch:

        def check(case: tuple[bool, list[tuple[bytes, bool]]]) -> None:
            is_begun, sent = case
            began = Stopwatch()
            with connect(
                f"ws://127.0.0.1:{target.port}/graphql", additional_headers=headers, close_timeout=2, compression=None,
                subprotocols=[Subprotocol("graphql-transport-ws")],
            ) as line:  # fmt: skip
                try:
                    if is_begun:
                        line.send('{"type": "connection_init"}')
                    for message, is_text in sent:
                        line.send(message.decode("utf-8", "replace") if is_text else message)
                    while True:
                        line.recv(timeout=0.02)
                except TimeoutError:
                    pass
                except ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd is not None else 1006
                    assert code in CODES, f"closed with {code}"
            watch.well(began)

        COUNTS["the websocket protocol"] = fuzz(st.tuples(st.booleans(), frames), check)


def test_bytes_that_are_hardly_http(target: Target) -> None:
    lines = st.sampled_from(FIRST_LINES) | st.binary(max_size=60)
    headers = st.lists(st.sampled_from(HEADERS) | st.binary(max_size=40), max_size=6)
    with Watch(target) as watch:

        def check(case: tuple[bytes, list[bytes], bytes]) -> None:
            line, named, body = case
            began = Stopwatch()
            answer = _answer(target.port, b"\r\n".join([line, *named, b"", body]))
            assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")), answer[:300]
            watch.well(began)

        COUNTS["bytes that are hardly HTTP"] = fuzz(st.tuples(lines, headers, st.binary(max_size=60)), check)


def _answer(port: int, request: bytes) -> bytes:
    """What comes back within a moment, if anything."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.settimeout(0.3)
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            return line.recv(4_096)
        except (TimeoutError, OSError):
            return b""
