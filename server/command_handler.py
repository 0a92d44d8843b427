"""From command to durable event: commands that arrive together are decided, appended as one record, applied, acknowledged.

Two commands share a record only where neither writes a key that the other touches (`Command.touches`), so each is decided
against the durable state. Nothing is applied before it is durable, and nothing is rolled back. Where applying fails all the
same, what it left behind is thrown away: the state is made anew from the journal, and until then nobody reads or writes it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, Generic, Protocol, TypeVar

import structlog

from server.command_batch import MOST_BYTES, MOST_COMMANDS, Batch, Taken, Waiting
from server.jam.commands import Command
from server.jam.ids import command_key
from server.jam.rejections import Unavailable
from server.journal.codec import Entry, EventCodec
from server.journal.port import Conflict, Journal, JournalUnavailable, Record
from server.leasing.turns import NoTurns, Turns
from server.metrics.meters import CommandMeter
from server.tracing.commands import commit_of, traced
from server.tracing.current import Span

log = structlog.get_logger()

QUIET_TURNS = 2
"""Turns of the event loop without a new command after which a record is made of those that wait."""

LONGEST_WAIT_S = 0.001
"""How long commands that have come wait for others, in any case: a sync of a fast disk takes as long."""

MOST_TURNS = 12
"""Turns of the event loop that a record waits for more commands, at most."""

PATIENCE_S = 5.0
"""How long an append is tried again while the store can't be reached, before its commands are refused."""

MOST_WAITING = 20_000
"""Commands waiting for one stream; beyond it they are refused at once, so that the queue can't eat the memory."""

TURN_S = 0.005
"""How long a worker that has more to write keeps its turn while others wait: to hand it over costs as much as a record."""

COMPETING_S = 0.25
"""Others are taken to write a stream too for so long after a record of theirs: then their newest are read before deciding."""

MEND_AGAIN_S = 2.0
"""Between two attempts to make a state anew, while the store can't be reached."""

OUT_OF_ORDER = "After a fault of ours this jam can't be read or written until it is put in order. Nothing is lost."


class State(Protocol):
    """`is_sound` is False from a fault in applying until the state has been made anew: it must not be read meanwhile."""

    seq: int
    is_sound: bool

    def become(self, other: Any) -> None: ...
    def remembers(self, command_key: int) -> bool: ...


S = TypeVar("S", bound=State)
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Domain(Generic[S, E]):
    """The pure functions of a kind of stream."""

    codec: EventCodec[E]
    decide: Callable[[S, Any, int], tuple[E, ...]]
    apply_all: Callable[[S, int | None, Iterable[E]], None]
    room: Callable[[S, str], int]


class CommandHandler(Generic[S, E]):
    """The writer of one stream in this process. Other processes may write it too: the journal lets one append win, and the
    loser reads what it missed, decides again and retries.

    `load` makes the state anew from the journal. `turns` keeps those of one machine from getting in each other's way.
    """

    def __init__(
        self,
        stream: str,
        state: S,
        domain: Domain[S, E],
        journal: Journal,
        clock: Callable[[], int],
        applied: Callable[[S, Sequence[E]], None],
        load: Callable[[], Awaitable[S]],
        turns: Turns | None = None,
    ) -> None:
        self.stream = stream
        self.state = state
        self._domain = domain
        self._journal = journal
        self._clock = clock
        self._applied = applied
        self._load = load
        self._mending: asyncio.Task[None] | None = None
        self.meter = CommandMeter()
        self._queue: deque[Waiting] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._behind = False
        self._latest = 0
        self._turns = turns or NoTurns()
        self._heard_others_at = float("-inf")

    # -------------------------------------------------------------------------------------------------------- commands
    def submit(self, command: Command, at: int | None = None) -> Awaitable[int]:
        """Queue a command. The answer is the seq at which it is in effect, or a `Rejection`; then it is durable.

        `at` (ms) stands for the clock: importers and replays give the time at which something really happened.
        """
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if len(self._queue) >= MOST_WAITING:
            answer.set_exception(Unavailable("Too many people at once: please try again in a moment.", 2.0))
            return answer
        self._queue.append(Waiting(command, at, answer, traced(type(command))))
        if self._pump is None or self._pump.done():
            # It serves all who come while it runs, and so it is not the business of the request that began it.
            self._pump = asyncio.create_task(self._run(), name=f"pump {self.stream}", context=Context())
        return answer

    @property
    def waiting(self) -> int:
        """Commands in the queue."""
        return len(self._queue)

    async def drained(self) -> None:
        """Returns when everything queued has been answered."""
        while self._pump is not None and not self._pump.done():
            await asyncio.wait([self._pump])

    async def close(self) -> None:
        """Answers what is queued; what is still out of order stays so."""
        await self.drained()
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.wait([self._mending])
        self._turns.close()

    async def _run(self) -> None:
        while self._queue:
            batch: Batch[E] = Batch()
            try:
                await self._sound()
                await self._let_arrive()
                async with self._turns.turn() as had_to_wait:
                    if had_to_wait or self._behind or self._is_competing():
                        await self._catch_up()
                    until = perf_counter() + TURN_S
                    while self._queue and not (batch.waiting and perf_counter() > until):
                        batch = self._gather()
                        await self._commit(batch)
                        await self._let_arrive()
            except Exception as error:
                self._fail(batch.waiting or self._drop_waiting(), error)

    def _is_competing(self) -> bool:
        return perf_counter() - self._heard_others_at < COMPETING_S

    async def _let_arrive(self) -> None:
        """Waits as long as more commands come with each turn of the loop, so that they share a record and its sync.

        A request is read in one turn and handled in the next: one turn without a new command does not mean that none is coming.
        While a tick is written to thousands a turn takes long, so the wait is bounded by the clock as well.
        """
        quiet = 0
        until = perf_counter() + LONGEST_WAIT_S
        for _ in range(MOST_TURNS):
            queued = len(self._queue)
            if queued >= MOST_COMMANDS or quiet == QUIET_TURNS:
                return
            await asyncio.sleep(0)
            if perf_counter() > until:
                return
            quiet = quiet + 1 if len(self._queue) == queued else 0

    def _drop_waiting(self) -> list[Waiting]:
        """Everyone who waits, when even reading the journal fails: they are told, and may try again."""
        waiting = list(self._queue)
        self._queue.clear()
        return waiting

    def _gather(self) -> Batch[E]:
        """Decides as many waiting commands as may share a record; the others stay in the queue, in their order."""
        batch: Batch[E] = Batch()
        taken = Taken(partial(self._domain.room, self.state))
        held: list[Waiting] = []
        queue, waiting_in = self._queue, batch.waiting
        while queue and len(waiting_in) < MOST_COMMANDS and batch.size < MOST_BYTES and len(held) < MOST_COMMANDS:
            waiting = queue.popleft()
            if waiting.answer.cancelled():
                waiting.settle(asyncio.CancelledError())
                continue
            if taken.admits(waiting.command):
                self._decide(batch, waiting)
            else:
                held.append(waiting)
        self._queue.extendleft(reversed(held))
        return batch

    def _decide(self, batch: Batch[E], waiting: Waiting) -> None:
        """Adds a command's events to the batch, or answers it at once where nothing needs to be written.

        They are encoded here, so that what can't be is one command's fault and not the whole record's.
        """
        command = waiting.command
        if waiting.trace is not None:
            waiting.trace.decides()
        key = command_key(command.actor, command.id)
        try:
            happened = self.state.remembers(key)
            events = () if happened else self._domain.decide(self.state, command, self._now(waiting.at))
            if not events:
                waiting.settle(self.state.seq)
                return
            entry = Entry(key, events)
            batch.add(waiting, entry, self._domain.codec.encode_entry(entry))
            if waiting.trace is not None:
                waiting.trace.decided()
        except Exception as error:
            waiting.settle(error)

    def _now(self, at: int | None) -> int:
        """The time of a decision; a clock that steps back does not take the jam with it."""
        if at is not None:
            return at
        self._latest = max(self._latest, self._clock())
        return self._latest

    # ---------------------------------------------------------------------------------------------------------- commit
    async def _commit(self, batch: Batch[E]) -> None:
        while batch.entries:
            after = self.state.seq
            try:
                commit = await self._append_traced(after, batch)
            except Conflict:
                self.meter.lost += 1
                await self._catch_up()
                batch = self._again(batch)
                continue
            self._apply_traced(after, batch.entries, commit)
            await self._sound()
            if self.state.seq < after + batch.count:
                await self._catch_up()
            for waiting in batch.waiting:
                waiting.settle(self.state.seq)
            return

    async def _append_traced(self, after: int, batch: Batch[E]) -> Span | None:
        """Appends; the span of that, where one of the commands is traced."""
        on_their_way = [waiting.trace for waiting in batch.waiting if waiting.trace is not None]
        if not on_their_way:
            await self._append(after, batch)
            return None
        commit = commit_of(self.stream, on_their_way, len(batch.waiting))
        try:
            await self._append(after, batch)
        except BaseException as error:
            commit.fail(type(error).__name__)
            raise
        finally:
            commit.end()
        return commit

    def _apply_traced(self, after: int, entries: Sequence[Entry[E]], commit: Span | None) -> None:
        if commit is None:
            self._apply(after, entries)
            return
        applying = commit.child("apply")
        commit.will_be_told(self.stream, after + len(entries))
        self._apply(after, entries)
        applying.end()

    async def _append(self, after: int, batch: Batch[E]) -> None:
        """Appends, trying again with the same token while the store can't be reached, for `PATIENCE_S` seconds."""
        payload = self._domain.codec.joined(batch.parts)
        began = perf_counter()
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        pause = 0.05
        while True:
            try:
                await self._journal.append(self.stream, after, batch.count, payload, batch.token)
                self.meter.recorded(len(batch.waiting), perf_counter() - began)
                return
            except JournalUnavailable as error:
                self._behind = self._behind or error.uncertain
                if asyncio.get_running_loop().time() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.8)

    def _again(self, batch: Batch[E]) -> Batch[E]:
        """The same commands, decided against the state as it is now."""
        again: Batch[E] = Batch()
        for waiting in batch.waiting:
            self._decide(again, waiting)
        return again

    def _apply(self, after: int, entries: Sequence[Entry[E]]) -> None:
        """Applies a record that follows `after`, unless the follower was faster."""
        if self.state.seq != after:
            return
        events: list[E] = []
        try:
            for entry in entries:
                self._domain.apply_all(self.state, entry.command_key, entry.events)
                events.extend(entry.events)
        except Exception:
            log.exception(
                "a record could not be applied: the state is made anew from the journal", stream=self.stream, after=after
            )
            self.state.is_sound = False
            self._mending = asyncio.create_task(self._mend(after), name=f"mend {self.stream}")
            return
        self._applied(self.state, events)

    # ------------------------------------------------------------------------------------------------------------ mend
    async def _sound(self) -> None:
        """Waits while the state is being made anew; raises `Unavailable` where that takes long or has failed."""
        if self.state.is_sound:
            return
        if self._mending is not None:
            await asyncio.wait([self._mending], timeout=PATIENCE_S)
        if not self.state.is_sound:
            is_hopeless = self._mending is None or self._mending.done()
            raise Unavailable(OUT_OF_ORDER, 60.0 if is_hopeless else 2.0)

    async def _mend(self, after: int) -> None:
        """Makes the state anew, in place, and tells of what came after `after`. Waits for a store that is away.

        A fault that comes again is the program's: the state stays unsound until another version of it is started.
        """
        while True:
            try:
                whole = await self._load()
                events = [event async for event in self._events(after, whole.seq)]
            except JournalUnavailable as error:
                log.warning("the journal can't be read to put a state in order", stream=self.stream, reason=error.reason)
                await asyncio.sleep(MEND_AGAIN_S)
            except Exception:
                log.exception("a state could not be made anew: it is neither read nor written", stream=self.stream)
                return
            else:
                break
        self.state.become(whole)
        log.warning("the state was made anew", stream=self.stream, seq=self.state.seq)
        self._applied(self.state, events)

    async def _events(self, after: int, last: int) -> AsyncIterator[E]:
        """The events numbered from `after` + 1 to `last`."""
        async with aclosing(self._journal.read(self.stream, after)) as records:
            async for record in records:
                for entry in self._domain.codec.decode(record.payload) if record.last <= last else ():
                    for event in entry.events:
                        yield event

    def _fail(self, waiting: Iterable[Waiting], error: Exception) -> None:
        refusal = _refusal_for(error)
        for one in waiting:
            one.settle(refusal)
        if isinstance(error, JournalUnavailable):
            log.error("commands were refused: the store can't be written to", stream=self.stream, reason=error.reason)

    # -------------------------------------------------------------------------------------------------------- catch up
    async def _catch_up(self) -> None:
        """Reads and applies what others have written since our last record."""
        async for record in self._journal.read(self.stream, self.state.seq):
            self.take(record)
        await self._sound()
        self._behind = False

    def take(self, record: Record) -> None:
        """Applies a record that someone wrote, if it is the next one."""
        if record.after == self.state.seq and self.state.is_sound:
            self._heard_others_at = perf_counter()
            self._apply(record.after, self._domain.codec.decode(record.payload))


def _refusal_for(error: Exception) -> Exception:
    if not isinstance(error, JournalUnavailable):
        return error
    why = f" ({error.plain})" if error.plain else ""
    refusal = Unavailable(f"The jam can't be written to at the moment{why}. Nothing is lost: please try again.", 2.0)
    refusal.__cause__ = error
    return refusal
