"""The product under test: the real server, on the embedded store with full sync, and what clients ask of it."""

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.preparing import Prepared, Recipe, prepared
from bench.processes import BenchFailed, Running, free_port, serving
from bench.swarming import Swarm
from bench.tools import OUT

ENVIRONMENT = {
    "HOTHOUSE_THEME_WORKERS": "0",
    "HOTHOUSE_CONNECTIONS_PER_ADDRESS": "20000",
    "HOTHOUSE_VOTES_PER_MINUTE": "1000000",
    "HOTHOUSE_POSTS_PER_MINUTE": "1000000",
    "HOTHOUSE_ACTS_PER_MINUTE": "1000000",
}
"""One address plays everybody, and a person of the load does in a second what one of flesh does in a day. The limits are
counted all the same: they are only higher. Themes are worked out by other processes, which here have no core of their own.
"""

TICK = """subscription ($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) {
  seq serverTime ideas { id title supportCount commentCount status author { name } } } }"""
"""Eight fields; a result with one idea is about 300 bytes, as the peers' is."""

IDEA = "id title body supportCount commentCount buildOnCount status author { name } postedAt"
BOARD = f"query ($jam: ID!) {{ jam(id: $jam) {{ ideas(order: TOP, first: 20) {{ edges {{ node {{ {IDEA} language }} }} }} }} }}"
PERSONAL = BOARD.replace("language", "viewerHasSupported")
EXECUTED = f"{{ jams {{ ideas(order: TOP, first: 20) {{ edges {{ node {{ {IDEA} viewerHasSupported }} }} }} }} }}"
FILTERED = EXECUTED.replace("first: 20)", 'first: 20, language: "en", relation: EMPLOYEE)').replace(
    "{ edges", "{ totalCount edges"
)
VOTE = """mutation ($input: IdeaInput!) { supportIdea(input: $input) {
  ... on IdeaSuccess { idea { id supportCount } } ... on Rejection { code message } } }"""
SUPPORTS = "query ($jam: ID!) { jam(id: $jam) { seq counts { supports } } }"
REST_S, REST_WITHIN_S = 0.5, 120.0
STAMP, COUNT = '"serverTime":', '"supportCount":'


@dataclass(frozen=True, slots=True)
class Product:
    """The running server with a store of a recipe."""

    running: Running
    store: Prepared

    def board(self, personal: bool = False) -> str:
        """The body of the query of a board: 20 ideas with 10 fields."""
        return body(PERSONAL if personal else BOARD, jam=self.store.jam_id)

    def executed_board(self) -> str:
        """The same with a personal field, asked through the person's own jams: so it is executed for each request."""
        return body(EXECUTED)

    def filtered_board(self) -> str:
        """The same of ideas in a language by people of a relation, with how many there are."""
        return body(FILTERED)

    def votes(self) -> str:
        """The body of a vote, for `requesting.vote`."""
        return body(VOTE, input={"commandId": "bench-vote-@VOTE@", "ideaId": "@IDEA@"})

    def supports(self) -> int:
        """How many votes the jam counts."""
        return int(self.asked(SUPPORTS)["jam"]["counts"]["supports"])

    def asked(self, query: str) -> Any:
        """The data that answers a query with the one variable `$jam`."""
        return self.answered(body(query, jam=self.store.jam_id))

    def answered(self, body: str) -> Any:
        """The data of an answer to the organizer. Raises `BenchFailed` for one with errors."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.store.organizer_token}"}
        request = urllib.request.Request(self.running.url, body.encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as reply:
            answer = json.load(reply)
        if "errors" in answer:
            raise BenchFailed(f"the server answered {answer['errors']}")
        return answer["data"]

    def watching(self, clients: int, seconds: float, rate: float, **more: Any) -> Swarm:
        """A swarm of signed-in people who follow the jam, while others vote for one idea `rate` times a second."""
        return Swarm(
            clients=clients, seconds=seconds, rate=rate, subscribe=_line("subscribe", self._subscription()),
            tokens=self.store.tokens, stamp=STAMP, stamp_unit="ms", count=COUNT, publish=self._voting(), expect=COUNT,
            **{"drain": 3.0, **more},
        )  # fmt: skip

    def idling(self, clients: int) -> Swarm:
        """The same people, with nothing to tell them."""
        return Swarm(
            clients=clients, seconds=0.5, warm=0.0, settle=2.0, subscribe=_line("subscribe", self._subscription()),
            tokens=self.store.tokens,
        )  # fmt: skip

    def _subscription(self) -> str:
        return body(TICK, jam=self.store.jam_id, after=self.store.seq)

    def _voting(self) -> Path:
        """A vote of each person for the idea that nobody has voted for."""
        path = OUT / "votes.tsv"
        with path.open("w") as file:
            for number, token in enumerate(self.store.token_list()):
                text = body(VOTE, input={"commandId": f"bench-watch-{number}", "ideaId": self.store.first_idea})
                file.write(f"{token}\t{text}\n")
        return path


@contextmanager
def product(recipe: Recipe, tick_ms: int = 200) -> Iterator[Product]:
    """`python -m server serve` on the servers' CPU, over a fresh copy of the recipe's store, when it has come to rest.

    It answers before it has sorted in all words to be found by; what a start costs is measured by `herd` and `bench.jam`.
    """
    store = prepared(recipe)
    data, port = store.copied(OUT / "data"), free_port()
    command = [sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port)]
    with serving(
        command, OUT / "logs" / "product.log", port, {**ENVIRONMENT, "HOTHOUSE_TICK_MS": str(tick_ms)}, "/healthz"
    ) as it:
        _come_to_rest(it)
        yield Product(it, store)


def _come_to_rest(running: Running) -> None:
    """Returns when a server has done next to nothing for a while. Raises `BenchFailed` for one that never rests."""
    until, before = time.monotonic() + REST_WITHIN_S, running.cpu_s()
    while time.monotonic() < until:
        time.sleep(REST_S)
        before, last = running.cpu_s(), before
        if before - last <= REST_S / 10:
            return
    raise BenchFailed(f"the server did not come to rest within {REST_WITHIN_S:.0f} s")


def body(query: str, **variables: Any) -> str:
    """A request's body: the query on one line, and its variables."""
    return json.dumps({"query": " ".join(query.split()), "variables": variables}, separators=(",", ":"))


def _line(name: str, text: str) -> Path:
    path = OUT / f"{name}.json"
    path.write_text(text + "\n")
    return path
