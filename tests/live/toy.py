"""A jam small enough to see through: a feed in memory, a gate with three people, a schema, and an application."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Route, WebSocketRoute
from strawberry.types import Info

from server.api.documents import Documents
from server.api.http import GraphQLHTTP
from server.api.limits import DocumentLimits, HttpLimits
from server.api.sharing import Share, Sight
from server.live.hub import Hub
from server.live.limits import LiveLimits
from server.live.ports import Changes, Refused

PERSONAL = frozenset({"Subscription.viewerChanges", "Idea.viewerHasSupported", "Query.whoami"})
HOSTS = frozenset({"jam.test"})


@dataclass(frozen=True)
class What:
    ids: frozenset[str]
    here: bool = False


@dataclass
class Person:
    person_id: str
    session_id: str
    role: str = "PARTICIPANT"


class ToyFeed:
    """Totals by idea; remembers the last `memory` records."""

    def __init__(self, jam_id: str = "j1", memory: int = 1000) -> None:
        self.jam_id = jam_id
        self.memory = memory
        self.seq = 0
        self.votes: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.supporters: dict[str, dict[str, int]] = {}
        self.touched: dict[str, int] = {}
        self.callbacks: list[Callable[[], None]] = []
        self.reads = 0

    def support(self, idea: str, person: str = "nobody", by: int = 1) -> int:
        self.seq += 1
        self.votes[idea] = self.votes.get(idea, 0) + by
        self.changed[idea] = self.seq
        self.supporters.setdefault(person, {})[idea] = self.seq
        self.touched[person] = self.seq
        for callback in self.callbacks:
            callback()
        return self.seq

    def changes_since(self, after: int) -> Changes:
        self.reads += 1
        if after < self.seq - self.memory:
            return Changes(after, self.seq, True, What(frozenset()))
        return Changes(after, self.seq, False, What(frozenset(i for i, s in self.changed.items() if s > after)))

    def with_here(self, changes: Changes) -> Changes:
        return replace(changes, what=replace(changes.what, here=True))

    def concerns(self, person_id: str, after: int) -> bool:
        return self.touched.get(person_id, 0) > after

    def on_change(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)


@dataclass
class Context:
    world: "World"
    person: Person | None
    visibility: Hashable = None


@dataclass
class World:
    """Feeds and people, and what the gate says about them."""

    feeds: dict[str, ToyFeed] = field(default_factory=lambda: {"j1": ToyFeed("j1"), "j2": ToyFeed("j2")})
    people: dict[str, Person] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)
    slow: asyncio.Event | None = None
    ended: set[str] = field(default_factory=set)
    hub: Hub | None = None
    shares: dict[Any, Share] = field(default_factory=dict)

    async def caller(self, connection: HTTPConnection, token: str | None) -> Person | None:
        token = token or connection.cookies.get("session")
        if token == "explode":
            raise Refused("BANNED", "You are banned.")
        if token is None or token == "expired":
            return None
        return self.people.setdefault(token, Person(token, f"s-{token}"))

    async def ended_sessions(self, session_ids: Collection[str]) -> Collection[str]:
        return self.ended & set(session_ids)

    def context(self, caller: Person | None) -> Context:
        return Context(self, caller)

    def shared_context(self, jam_id: str, visibility: Hashable) -> Context:
        return Context(self, None, visibility)

    def visibility(self, caller: Person | None, jam_id: str) -> Hashable:
        self.feed(jam_id)
        role = caller.role if caller else "ANONYMOUS"
        if role == "SUSPENDED":
            raise Refused("NOT_ALLOWED", "You are suspended.")
        return role

    def feed(self, jam_id: str) -> ToyFeed:
        if jam_id not in self.feeds:
            raise Refused("NOT_FOUND", "There is no such jam.")
        return self.feeds[jam_id]

    def recalled(self, authorization: bytes | None, cookie: bytes | None) -> Person | None:
        token = (authorization or cookie or b"").decode().removeprefix("Bearer ").removeprefix("session=")
        return self.people.get(token)

    def about(self, prepared: Any, variables: dict[str, Any]) -> str | None:
        if prepared.root_fields != ("board",) or self.hub is None:
            return None
        return self.feed(self.hub.documents.roots(prepared, variables)[0].arguments["jamId"]).jam_id

    def sight(self, jam_id: str, caller: Person | None) -> Sight | None:
        assert self.hub is not None
        seen = self.visibility(caller, jam_id)
        share = self.shares.setdefault((jam_id, seen), Share(jam_id, seen))
        return Sight(share, (self.hub.tick(jam_id),), self.feed(jam_id).seq)


ToyInfo = Info[Context, Any]


def _feed(info: ToyInfo, jam_id: str) -> ToyFeed:
    return info.context.world.feed(jam_id)


@strawberry.type
class Idea:
    id: strawberry.ID
    votes: int

    @strawberry.field
    def title(self) -> str:
        return f'Idea "{self.id}" — רעיון'

    @strawberry.field
    def similar(self, first: int = 3) -> list["Idea"]:
        return [Idea(id=self.id, votes=self.votes)] * min(first, 3)

    @strawberry.field
    def viewer_has_supported(self, info: ToyInfo) -> bool:
        person = info.context.person
        return person is not None and self.id in info.context.world.feeds["j1"].supporters.get(person.person_id, {})


def _ideas(feed: ToyFeed, ids: frozenset[str]) -> list[Idea]:
    return [Idea(id=strawberry.ID(one), votes=feed.votes[one]) for one in sorted(ids)]


@strawberry.type
class JamChanges:
    changes: strawberry.Private[Changes]
    feed: strawberry.Private[ToyFeed]

    @strawberry.field
    def from_seq(self) -> int:
        return self.changes.from_seq

    @strawberry.field
    def seq(self) -> int:
        return self.changes.seq

    @strawberry.field
    def must_refetch(self) -> bool:
        return self.changes.must_refetch

    @strawberry.field
    def ideas(self) -> list[Idea]:
        if "poison" in self.changes.what.ids:
            raise ValueError("secret detail")
        return _ideas(self.feed, self.changes.what.ids)

    @strawberry.field
    def visibility(self, info: ToyInfo) -> str:
        return str(info.context.visibility)

    @strawberry.field
    def here_count(self, info: ToyInfo) -> int | None:
        hub = info.context.world.hub
        return hub.here(self.feed.jam_id) if self.changes.what.here and hub else None


@strawberry.type
class ViewerChanges:
    seq: int
    supported_idea_ids: list[strawberry.ID]


@strawberry.type
class Query:
    @strawberry.field
    def board(self, info: ToyInfo, jam_id: strawberry.ID, first: int = 20) -> list[Idea]:
        info.context.world.executed.append("board")
        feed = _feed(info, jam_id)
        return _ideas(feed, frozenset(feed.votes))[:first]

    @strawberry.field
    def echo(self, info: ToyInfo, text: str = "hi") -> str:
        info.context.world.executed.append("echo")
        return text

    @strawberry.field
    def whoami(self, info: ToyInfo) -> str | None:
        return info.context.person.person_id if info.context.person else None

    @strawberry.field
    def fail(self) -> str | None:
        raise ValueError("secret detail")

    @strawberry.field
    def busy(self) -> str | None:
        raise Refused("TOO_MANY", "Wait a little.", retry_after=2.5)

    @strawberry.field
    async def slow(self, info: ToyInfo) -> str:
        info.context.world.executed.append("slow")
        if info.context.world.slow is not None:
            await info.context.world.slow.wait()
        return "done"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def support(self, info: ToyInfo, jam_id: strawberry.ID, idea_id: strawberry.ID) -> int:
        world = info.context.world
        world.executed.append("support")
        person = info.context.person
        _feed(info, jam_id).support(idea_id, person.person_id if person else "nobody")
        return _feed(info, jam_id).votes[idea_id]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def jam_changes(self, jam_id: strawberry.ID, after_seq: int) -> AsyncGenerator[JamChanges, None]:
        raise NotImplementedError
        yield

    @strawberry.subscription
    async def viewer_changes(self, jam_id: strawberry.ID, after_seq: int) -> AsyncGenerator[ViewerChanges, None]:
        raise NotImplementedError
        yield

    @strawberry.subscription
    async def elsewhere(self) -> AsyncGenerator[int, None]:
        yield 1


schema = strawberry.Schema(Query, Mutation, Subscription)
core = schema._schema


def _changes(changes: Changes, info: Any, **arguments: Any) -> JamChanges:
    context: Context = info.context
    context.world.executed.append("jamChanges")
    return JamChanges(changes=changes, feed=context.world.feed(arguments["jamId"]))


def _mine(changes: Changes, info: Any, **arguments: Any) -> ViewerChanges:
    context: Context = info.context
    assert context.person is not None
    context.world.executed.append(f"viewerChanges {context.person.person_id}")
    mine = context.world.feed(arguments["jamId"]).supporters.get(context.person.person_id, {})
    ids = [strawberry.ID(one) for one, seq in mine.items() if seq > changes.from_seq]
    return ViewerChanges(seq=changes.seq, supported_idea_ids=ids)


assert core.subscription_type is not None
core.subscription_type.fields["jamChanges"].resolve = _changes
core.subscription_type.fields["viewerChanges"].resolve = _mine


def documents(**limits: Any) -> Documents:
    return Documents(core, DocumentLimits(**limits), personal=PERSONAL)


def build(world: World, limits: LiveLimits | None = None, http: HttpLimits | None = None) -> Starlette:
    """The application around a world, with the tick loop in its lifespan."""
    ready = documents()
    hub = world.hub = Hub(ready, world, HOSTS, limits)
    endpoint = GraphQLHTTP(ready, world, world, http or HttpLimits(allowed_hosts=HOSTS))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        tasks = [asyncio.create_task(work) for work in (hub.run(), hub.watch_sessions())]
        yield
        for task in tasks:
            task.cancel()

    routes = [Route("/graphql", endpoint), WebSocketRoute("/graphql", hub.endpoint)]
    return Starlette(routes=routes, lifespan=lifespan)
