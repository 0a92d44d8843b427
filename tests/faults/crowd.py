"""Clients that vote, post and comment at a given pace and keep a history, and followers with open subscriptions."""

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, islice, pairwise
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.faults.checker import Attempt
from tests.faults.conftest import chance_of
from tests.faults.site import JAM, Prepared
from tests.web.running import OURS, TOPIC

AGAIN_S = 0.05
PATIENCE_S = 10.0
CHANGES = """subscription ($jam: ID!, $after: Int!) { jamChanges(jamId: $jam, afterSeq: $after) {
  seq mustRefetch ideas { id title supportCount commentCount } removedIds } }"""
BOARD = """query ($jam: ID!, $after: String) { jam(id: $jam) { seq ideas(order: NEW, first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { id title supportCount commentCount } } } } }"""
TRANSIENT = frozenset({"Unavailable", "TooMany"})

Command = tuple[str, str, dict[str, Any]]
Board = dict[str, dict[str, Any]]


def mutation(name: str, kind: str) -> str:
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ ... on {kind_of(name)} {{ seq }} ... on Rejection {{ code message }} }} }}"


def kind_of(name: str) -> str:
    return "CommentSuccess" if name == "postComment" else "IdeaSuccess"


DOCUMENTS = {
    "supportIdea": mutation("supportIdea", "IdeaInput"),
    "withdrawSupport": mutation("withdrawSupport", "IdeaInput"),
    "postIdea": mutation("postIdea", "PostIdeaInput"),
    "postComment": mutation("postComment", "PostCommentInput"),
}


@dataclass
class Client:
    """Does one thing after the other, and sends again with the same id what was not answered."""

    person: str
    cookie: str
    ideas: list[str]
    chance: random.Random
    history: list[Attempt] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    rests: asyncio.Event = field(default_factory=asyncio.Event)
    port: int | None = None
    is_busy: bool = False

    async def act(self, url: str, pace_s: float, until: asyncio.Event) -> None:
        """Acts every `pace_s` seconds, and returns once told to and answered."""
        async with httpx.AsyncClient(
            base_url=url, headers=OURS, cookies={"hothouse_session": self.cookie}, timeout=PATIENCE_S
        ) as http:
            await asyncio.sleep(self.chance.random() * pace_s)
            due = time.monotonic()
            while not until.is_set() and not self.rests.is_set():
                self.is_busy = True
                await self._do(http, *self._next())
                self.is_busy = False
                due = max(due + pace_s, time.monotonic() - pace_s)
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _next(self) -> Command:
        number, chance = next(self.numbers), self.chance.random()
        command = f"{self.person}-{number}"
        idea = self.chance.choice(self.ideas)
        if chance < 0.03:
            return command, "postIdea", {"jamId": JAM, "topicId": TOPIC, "title": f"Idea {command}", "body": ""}
        if chance < 0.15:
            return command, "postComment", {"ideaId": idea, "body": f"Comment {command}"}
        return command, "withdrawSupport" if idea in self.holds else "supportIdea", {"ideaId": idea}

    async def _do(self, http: httpx.AsyncClient, command: str, name: str, given: dict[str, Any]) -> None:
        attempt = Attempt(self.person, _stamp(command, name), time.monotonic())
        self.history.append(attempt)
        body = {"query": DOCUMENTS[name], "variables": {"input": {"commandId": command} | given}}
        while attempt.settled_at is None:
            attempt.tries += 1
            answer = await self._answer(http, body, attempt)
            if answer is None or answer.get(name, {}).get("code") in TRANSIENT:
                attempt.turned_away += answer is not None
                await asyncio.sleep(AGAIN_S)
                continue
            attempt.settled_at = time.monotonic()
            attempt.seq, attempt.refused = answer[name].get("seq"), answer[name].get("code")
        if attempt.is_acknowledged and name == "supportIdea":
            self.holds.add(given["ideaId"])
        if attempt.is_acknowledged and name == "withdrawSupport":
            self.holds.discard(given["ideaId"])

    async def _answer(self, http: httpx.AsyncClient, body: dict[str, Any], attempt: Attempt) -> dict[str, Any] | None:
        """The data of an answer; None where there was none, or the server said that it can't now."""
        try:
            response = await http.post("/graphql" if self.port is None else f"http://127.0.0.1:{self.port}/graphql", json=body)
            if response.status_code >= 500:
                attempt.turned_away += 1
                return None
            data: dict[str, Any] | None = response.json().get("data")
            assert data is not None, response.text
            return data
        except httpx.ConnectError:
            attempt.turned_away += 1
            return None
        except (httpx.TransportError, json.JSONDecodeError):
            return None


def _stamp(command: str, name: str) -> str:
    """The id under which the journal has the command: those that make something name the jam as well."""
    return f"{JAM} {command}" if name.startswith("post") else command


@dataclass
class Follower:
    """An open subscription that resumes after every drop, merging what it is told by id."""

    cookie: str
    board: Board = field(default_factory=dict)
    seq: int = 0
    drops: int = 0
    refetches: int = 0

    async def follow(self, prepared: Prepared) -> None:
        """Follows until it is cancelled."""
        await self._refetch(prepared)
        headers = {"Cookie": f"hothouse_session={self.cookie}", "Origin": prepared.url}
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(
                    f"ws://127.0.0.1:{prepared.port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")],
                    additional_headers=headers, compression=None,
                ) as socket:  # fmt: skip
                    await self._listen(socket, prepared)
            self.drops += 1
            await asyncio.sleep(AGAIN_S)

    async def _listen(self, socket: ClientConnection, prepared: Prepared) -> None:
        await socket.send(json.dumps({"type": "connection_init"}))
        subscription = {"query": CHANGES, "variables": {"jam": JAM, "after": self.seq}}
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": subscription}))
        async for message in socket:
            told = json.loads(message)
            if told["type"] == "ping":
                await socket.send(json.dumps({"type": "pong"}))
            elif told["type"] == "next":
                await self._take(told["payload"]["data"]["jamChanges"], prepared)
            elif told["type"] in ("error", "complete"):
                return

    async def _take(self, changes: dict[str, Any], prepared: Prepared) -> None:
        if changes["mustRefetch"]:
            await self._refetch(prepared)
            return
        assert changes["seq"] >= self.seq, "numbers only rise"
        self.seq = changes["seq"]
        for idea in changes["ideas"]:
            self.board[idea["id"]] = idea
        for id in changes["removedIds"]:
            self.board.pop(id, None)

    async def _refetch(self, prepared: Prepared) -> None:
        self.refetches += 1
        while True:
            with suppress(httpx.TransportError, json.JSONDecodeError, KeyError, TypeError):
                self.seq, self.board = await fresh(prepared, self.cookie)
                return
            await asyncio.sleep(AGAIN_S)


async def fresh(prepared: Prepared, cookie: str) -> tuple[int, Board]:
    """The whole board as it is now, and the number it is fresh up to: that of its first page."""
    board: Board = {}
    after, seq = None, -1
    async with httpx.AsyncClient(base_url=prepared.url, headers=OURS, cookies={"hothouse_session": cookie}) as http:
        while True:
            answer = (await http.post("/graphql", json={"query": BOARD, "variables": {"jam": JAM, "after": after}})).json()
            jam = answer["data"]["jam"]
            seq = jam["seq"] if seq < 0 else seq
            board |= {edge["node"]["id"]: edge["node"] for edge in jam["ideas"]["edges"]}
            after = jam["ideas"]["pageInfo"]["endCursor"]
            if not jam["ideas"]["pageInfo"]["hasNextPage"]:
                return seq, board


@dataclass
class Crowd:
    """Everybody."""

    prepared: Prepared
    clients: list[Client]
    followers: list[Follower]

    @property
    def history(self) -> list[Attempt]:
        return [attempt for client in self.clients for attempt in client.history]

    def acknowledged(self) -> int:
        return sum(attempt.is_acknowledged for client in self.clients for attempt in client.history)

    def go_through(self, port: int) -> None:
        """From now on clients send their commands to this port of 127.0.0.1 instead."""
        for client in self.clients:
            client.port = port

    def longest_silence(self) -> float:
        """The longest time in which nobody was answered, in seconds."""
        times = sorted(attempt.settled_at for attempt in self.history if attempt.settled_at is not None)
        return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


@asynccontextmanager
async def acting(prepared: Prepared, followers: int, events_per_s: float, most: int = 50) -> AsyncGenerator[Crowd, None]:
    """The crowd, so many at most, at work inside. At the end everything sent is answered, and followers have heard of it or not."""
    clients = [
        Client(person, cookie, prepared.ideas, chance_of(1_000 + place))
        for place, (person, cookie) in enumerate(islice(prepared.people.items(), most))
    ]
    cookies = list(prepared.people.values())
    crowd = Crowd(prepared, clients, [Follower(cookies[place % len(cookies)]) for place in range(followers)])
    until = asyncio.Event()
    following = [asyncio.create_task(follower.follow(prepared)) for follower in crowd.followers]
    pace_s = len(clients) / events_per_s
    working = [asyncio.create_task(client.act(prepared.url, pace_s, until)) for client in clients]
    try:
        yield crowd
        until.set()
        await asyncio.gather(*working)
        await asyncio.sleep(1.0)
    finally:
        for task in (*working, *following):
            task.cancel()
        await asyncio.gather(*working, *following, return_exceptions=True)
