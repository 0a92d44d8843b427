"""Strawberry as its documentation shows it, under Starlette and uvicorn: a subscription of 8 fields, a board of 20 ideas
with 10 fields, and a vote that is kept in memory.

python -m bench.peers.stock_strawberry --port P --clients N --interval MS [--cached]

`--cached` adds its parser and validation caches.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from bench.peers.telling import arguments, event, keep_telling


@strawberry.type
class BoardEvent:
    ts: float
    seq: int
    ideaId: strawberry.ID
    title: str
    votes: int
    rank: int
    status: str
    author: str


@strawberry.type
class Idea:
    id: strawberry.ID
    title: str
    summary: str
    votes: int
    rank: int
    status: str
    author: str
    commentCount: int
    createdAt: str
    score: float


@strawberry.type
class Vote:
    ideaId: strawberry.ID
    votes: int
    rank: int


def _idea(number: int) -> Idea:
    return Idea(
        id=strawberry.ID(f"64f0c2a1b2c3d4e5f6a7b8{number:02}"),
        title=f"Idea number {number}: solar bike lockers",
        summary="Lorem ipsum dolor sit amet, consectetur adipiscing elit " * 2,
        votes=100 + number,
        rank=number + 1,
        status="OPEN",
        author=f"Participant {number:06}",
        commentCount=number,
        createdAt="2026-11-22T04:00:00Z",
        score=number * 1.5,
    )


IDEAS = [_idea(number) for number in range(20)]
BY_ID = {idea.id: idea for idea in IDEAS}


class Audience:
    """Everyone who follows. `tell` returns when every subscriber's generator has been asked for the next event, that is
    when the library has sent this one.
    """

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[dict[str, Any]]] = set()
        self._waiting = 0
        self._all_told = asyncio.Event()

    async def tell(self) -> None:
        told = event()
        self._waiting = len(self.queues)
        self._all_told.clear()
        for queue in self.queues:
            queue.put_nowait(told)
        await self._all_told.wait()

    def sent(self) -> None:
        self._waiting -= 1
        if self._waiting <= 0:
            self._all_told.set()


AUDIENCE = Audience()


@strawberry.type
class Query:
    @strawberry.field
    def board(self, first: int = 20) -> list[Idea]:
        return IDEAS[:first]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def castVote(self, ideaId: strawberry.ID) -> Vote:
        idea = BY_ID[ideaId]
        idea.votes += 1
        return Vote(ideaId=idea.id, votes=idea.votes, rank=idea.rank)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def boardEvents(self) -> AsyncGenerator[BoardEvent, None]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        AUDIENCE.queues.add(queue)
        try:
            while True:
                yield BoardEvent(**await queue.get())
                AUDIENCE.sent()
        finally:
            AUDIENCE.queues.discard(queue)


def application(asked: Namespace) -> Starlette:
    caches: tuple[Callable[[], SchemaExtension], ...] = ()
    if asked.cached:
        caches = (lambda: ParserCache(maxsize=256), lambda: ValidationCache(maxsize=256))
    config = StrawberryConfig(auto_camel_case=False)
    schema = strawberry.Schema(Query, Mutation, Subscription, extensions=caches, config=config)
    graphql: GraphQL[None, None] = GraphQL(schema, subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,))

    @asynccontextmanager
    async def telling(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(keep_telling(asked, lambda: len(AUDIENCE.queues), AUDIENCE.tell))
        yield
        task.cancel()

    return Starlette(routes=[Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)], lifespan=telling)


if __name__ == "__main__":
    asked = arguments()
    uvicorn.run(
        application(asked), host="127.0.0.1", port=asked.port, backlog=4096, log_level="warning",
        access_log=False, ws="websockets-sansio", ws_per_message_deflate=False,
    )  # fmt: skip
