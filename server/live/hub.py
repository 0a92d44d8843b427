"""Everything live on this worker: connections, people, jams and the tick."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from server.access.addresses import counted
from server.api.admission import Admission, Open
from server.api.documents import Documents, Prepared
from server.api.execution import Engine
from server.api.request import Headers, headers_of
from server.live.codes import CloseCode
from server.live.groups import Member
from server.live.limits import LiveLimits, Quota
from server.live.line import Line
from server.live.messages import SUBPROTOCOL
from server.live.metrics import LiveCounters
from server.live.outlets import outlet_of
from server.live.pacing import Pacing
from server.live.ports import Caller, Gate, Refused
from server.live.presence import Presence
from server.live.protocol import Connection
from server.live.solos import Solo
from server.live.stage import Stage, Tools
from server.live.target import Target, target_of
from server.live.ticker import Ticker
from server.tracing.current import Tracing


class Hub:
    """`endpoint` is the ASGI application for its websockets; `run()` and `watch_sessions()` go into tasks of the application.

    `allowed_hosts` are the host[:port] of pages that may open a socket with somebody's cookie. Root fields named in
    `documents.personal` ("Subscription.viewerChanges") are told only what `Feed.concerns` their person.
    """

    def __init__(
        self,
        documents: Documents,
        gate: Gate,
        allowed_hosts: frozenset[str] = frozenset(),
        limits: LiveLimits | None = None,
        counters: LiveCounters | None = None,
        engine: Engine | None = None,
        presence: Callable[[str], Presence] = Presence,
        pacing: Pacing | None = None,
        admission: Admission | None = None,
    ) -> None:
        self.documents = documents
        self.gate = gate
        self.admission = admission or Open()
        self.allowed_hosts = allowed_hosts
        self.limits = limits or LiveLimits()
        self.counters = counters or LiveCounters()
        self.engine = engine or Engine(documents.schema)
        self.endpoint = Endpoint(self)
        self.is_draining = False
        self.tracing: Tracing | None = None
        self.addresses = Quota(self.limits.connections_per_address)
        self.connections: set[Connection] = set()
        self._people: dict[str, set[Connection]] = {}
        self._sessions: dict[str, set[Connection]] = {}
        self._stages: dict[str, Stage] = {}
        pacing = pacing or Pacing()
        self._ticker = Ticker(self._stages.values, time.monotonic, self.limits.tick_seconds, pacing)
        wake = self._ticker.wake
        self._tools = Tools(self.engine, gate, self.limits, self.counters, time.monotonic, wake, presence, pacing)

    def trace(self, tracing: Tracing) -> None:
        """From now on, trace some operations and the ticks that tell of what is traced."""
        self.tracing = self._ticker.tracing = tracing

    async def run(self) -> None:
        """The tick loop, until cancelled."""
        await self._ticker.run()

    async def watch_sessions(self) -> None:
        """Closes the sockets of sessions that another worker ended, or that expired, within a second; until cancelled."""
        while True:
            await asyncio.sleep(self.limits.session_seconds)
            if self._sessions:
                for session_id in await self.gate.ended_sessions(list(self._sessions)):
                    self.end_session(session_id)

    def here(self, jam_id: str) -> int:
        """How many different people follow a jam on this worker now."""
        stage = self._stages.get(jam_id)
        return 0 if stage is None else len(stage.presence.on_this_worker)

    @property
    def stages(self) -> Mapping[str, Stage]:
        """The audience of each jam that was asked about, by its id."""
        return self._stages

    def nudge(self, jam_id: str) -> None:
        """Something of the jam changed without a new sequence number, such as its phase: tell its followers."""
        stage = self._stages.get(jam_id)
        if stage is not None:
            stage.nudge()

    def pace_changed(self) -> None:
        """Things are told more often, or less: find out anew when."""
        self._ticker.wake()

    def tell_again(self, jam_id: str) -> None:
        """Changes of the jam that were held back are to be told: tell its followers."""
        stage = self._stages.get(jam_id)
        if stage is not None:
            stage.tell_again()

    def tick(self, jam_id: str) -> int:
        """The number of the jam's tick: what was finished at one number is stale at the next."""
        return self._stage(jam_id).number

    def end_session(self, session_id: str) -> None:
        """Close the sockets of a session that ended."""
        self._end(self._sessions.get(session_id, ()))

    def end_person(self, person_id: str) -> None:
        """Close all sockets of a person."""
        self._end(self._people.get(person_id, ()))

    async def reclassify(self, person_id: str, jam_id: str) -> None:
        """A person's role or relation changed: tell them under their new visibility class, and to fetch afresh."""
        stage = self._stages.get(jam_id)
        if stage is None:
            return
        for connection in list(self._people.get(person_id, ())):
            for operation in list(connection.line.operations.values()):
                if isinstance(operation, Member) and operation.group.stage is stage:
                    await self._reclassify(connection, operation)
                elif isinstance(operation, Solo) and operation.stage is stage:
                    await stage.refresh(operation)

    def drain(self) -> None:
        """Before a restart: send everyone elsewhere to resume, and take nobody new."""
        self.is_draining = True
        for connection in list(self.connections):
            connection.close(CloseCode.RESTART, "Restarting: connect again and resume")

    # ---- for connections

    def admit(self, connection: Connection, caller: Caller) -> bool:
        """Enter a signed-in connection; False when the person has too many."""
        mine = self._people.setdefault(caller.person_id, set())
        if len(mine) >= self.limits.connections_per_person:
            return False
        mine.add(connection)
        self._sessions.setdefault(caller.session_id, set()).add(connection)
        return True

    def forget(self, connection: Connection) -> None:
        """A connection is over."""
        self.connections.discard(connection)
        if connection.caller is not None:
            _discard(self._people, connection.caller.person_id, connection)
            _discard(self._sessions, connection.caller.session_id, connection)

    async def subscribe(self, connection: Connection, operation_id: str, prepared: Prepared, variables: dict[str, Any]) -> None:
        """Begin a subscription; raises `Refused` or `DocumentRefused`."""
        target = target_of(self.documents, prepared, variables)
        stage = self._stage(target.jam_id)
        seen = self.gate.visibility(connection.caller, target.jam_id)
        if prepared.is_shareable:
            self._allow(connection.caller, stage, (target.shared_key, seen))
            group = stage.group((target.shared_key, seen), prepared, variables)
            person_id = connection.caller.person_id if connection.caller else None
            member = Member(connection.line, operation_id, group, person_id, target.after, time.monotonic())
            await stage.follow(member)
        else:
            self._allow(connection.caller, stage, prepared.key)
            await stage.follow_alone(self._solo(stage, connection, operation_id, prepared, variables, target))

    def _allow(self, caller: Caller | None, stage: Stage, key: Any) -> None:
        """Raises `Refused` where a person follows many different things already: each of them is an execution a tick."""
        mine = set(_followed(self._people.get(caller.person_id, ()))) if caller else set()
        if (stage, key) not in mine and len(mine) >= self.limits.subscriptions_per_person:
            raise Refused(
                "TOO_MANY_SUBSCRIPTIONS",
                f"You follow {len(mine)} different things live. Complete a subscription, or close a window, and try again.",
            )

    def _solo(
        self,
        stage: Stage,
        connection: Connection,
        operation_id: str,
        prepared: Prepared,
        variables: dict[str, Any],
        target: Target,
    ) -> Solo:
        is_personal = target.coordinate in self.documents.personal
        if is_personal and connection.caller is None:
            raise Refused("SIGN_IN_REQUIRED", "Sign in to follow what concerns you.")
        return Solo(
            stage,
            connection.line,
            operation_id,
            prepared,
            variables,
            connection.caller,
            is_personal,
            target.after,
            time.monotonic(),
        )

    def _stage(self, jam_id: str) -> Stage:
        stage = self._stages.get(jam_id)
        if stage is None:
            feed = self.gate.feed(jam_id)
            stage = self._stages[jam_id] = Stage(feed, self._tools)
        return stage

    async def _reclassify(self, connection: Connection, member: Member) -> None:
        stage: Stage = member.group.stage
        try:
            seen = self.gate.visibility(connection.caller, stage.feed.jam_id)
        except Refused as refused:
            connection.stop(member.id, refused)
        else:
            await stage.reclassify(member, seen)

    def _end(self, connections: Iterable[Connection]) -> None:
        for connection in list(connections):
            connection.close(CloseCode.UNAUTHORIZED, "The session has ended: sign in again")


class Endpoint:
    """The ASGI application behind the websocket route."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket from handshake to close."""
        await receive()
        is_spoken = SUBPROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if is_spoken else None})
        address = counted((scope.get("client") or ("",))[0])
        if refusal := self._refusal(is_spoken, address, headers_of(scope)):
            code, reason = refusal
            self._hub.counters.closed_with(code)
            await send({"type": "websocket.close", "code": int(code), "reason": reason})
            return
        try:
            await self._serve(scope, receive, send)
        finally:
            self._hub.addresses.leave(address)

    def _refusal(self, is_spoken: bool, address: str, headers: Headers) -> tuple[CloseCode, str] | None:
        if not is_spoken:
            return CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable"
        if self._hub.is_draining:
            return CloseCode.RESTART, "Restarting: connect again and resume"
        if not self._hub.admission.may_connect(headers):
            return CloseCode.BUSY, "Very busy: connect again in a while"
        if not self._hub.addresses.enter(address):
            return CloseCode.TOO_MANY_CONNECTIONS, "Too many connections from one address"
        return None

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        hub = self._hub
        line = Line(outlet_of(scope, send, hub.limits.high_water_bytes))
        connection = Connection(hub, line, scope, receive)
        hub.connections.add(connection)
        hub.counters.opened += 1
        hub.counters.connections += 1
        try:
            await connection.serve()
        except asyncio.CancelledError:
            # Plain ASGI has no way to cut a connection but to end the task that reads it.
            if not line.closed:
                raise
        finally:
            hub.counters.connections -= 1
            hub.forget(connection)


def _followed(connections: Iterable[Connection]) -> Iterator[tuple[Stage, Any]]:
    """What is followed on these connections: the groups, and the documents of what is not shared."""
    for connection in connections:
        for operation in connection.line.operations.values():
            if isinstance(operation, Member):
                yield operation.group.stage, operation.group.key
            elif isinstance(operation, Solo):
                yield operation.stage, operation.prepared.key


def _discard(index: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    held = index.get(key)
    if held is not None:
        held.discard(connection)
        if not held:
            del index[key]
