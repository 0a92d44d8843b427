"""The jams this worker holds, each as its live state, fed by its journal stream; and the organization around them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from time import perf_counter

import structlog

from server.command_handler import CommandHandler, Domain
from server.jam import apply, decide, events, ids, upcasts
from server.jam.commands import Command, CreateJam
from server.jam.rejections import NotFound, Rejection
from server.jam.state import JamState
from server.journal.codec import EventCodec, UnknownEvent
from server.journal.port import Journal, JournalUnavailable
from server.leasing.turns import NoTurns, Turns
from server.metrics.meters import FAULT, CommandMeter
from server.organization import domain as organization_domain
from server.organization.domain import (
    BeginErasure,
    FinishErasure,
    GrantOrganizer,
    OrganizationState,
    RegisterJam,
    RevokeOrganizer,
)
from server.organization.events import REGISTRY as ORGANIZATION_REGISTRY
from server.organization.events import ErasureBegun, ErasureFinished, JamRegistered, OrganizationEvent
from server.snapshots import KIND, dump, load

log = structlog.get_logger()

JAM_CODEC: EventCodec[events.Event] = EventCodec(events.REGISTRY, upcasts.UPCASTS)
JAM: Domain[JamState, events.Event] = Domain(JAM_CODEC, decide.decide, apply.apply_all, decide.room)
ORGANIZATION: Domain[OrganizationState, OrganizationEvent] = Domain(
    EventCodec(ORGANIZATION_REGISTRY, {}), organization_domain.decide, organization_domain.apply_all, lambda state, key: 0
)

ORGANIZATION_STREAM = "organization"
PREFIX = "jam:"
SNAPSHOT_EVERY = 50_000
"""Events between two snapshots: at most this many are replayed at a start (about 0.2 s)."""

AGAIN_S = 5.0
"""Following goes on this long after a record that could not be taken."""

IMPORT_WINDOW = 4_000
"""Commands of an import that wait at once."""

Handler = CommandHandler[JamState, events.Event] | CommandHandler[OrganizationState, OrganizationEvent]
Watcher = Callable[[JamState, Sequence[events.Event]], None]
Progress = Callable[[int], None]


async def load_state(journal: Journal, stream: str, from_zero: bool = False) -> JamState:
    """A jam's state from its newest snapshot and what follows it, or from the whole journal.

    A snapshot that is damaged, or ahead of the journal, is passed over: it is a cache.
    """
    snapshot = None if from_zero else await journal.load_snapshot(stream, KIND)
    if snapshot is not None:
        try:
            return await _caught_up(journal, stream, load(snapshot.data))
        except (ValueError, TypeError, LookupError) as error:
            log.warning("a snapshot can't be used; the whole journal is read", stream=stream, error=type(error).__name__)
    return await _caught_up(journal, stream, JamState())


async def _load_or_close(journal: Journal, jam_id: str, slug: str) -> JamState:
    """The jam's state; where a fault prevents it, one that is not sound. Raises what concerns more than this jam."""
    try:
        return await load_state(journal, PREFIX + jam_id)
    except (JournalUnavailable, UnknownEvent):
        raise
    except Exception:
        log.exception("a jam can't be read and is closed; the others are served", jam=jam_id, slug=slug)
    closed = JamState()
    closed.id, closed.slug, closed.is_sound = jam_id, slug, False
    return closed


async def _caught_up(journal: Journal, stream: str, state: JamState) -> JamState:
    async with aclosing(journal.read(stream, state.seq)) as records:
        async for record in records:
            for entry in JAM_CODEC.decode(record.payload):
                apply.apply_all(state, entry.command_key, entry.events)
    return state


async def load_organization(journal: Journal) -> OrganizationState:
    """Who may create jams, and the jams there are."""
    state = OrganizationState()
    async with aclosing(journal.read(ORGANIZATION_STREAM)) as records:
        async for record in records:
            for entry in ORGANIZATION.codec.decode(record.payload):
                organization_domain.apply_all(state, entry.command_key, entry.events)
    return state


async def save_snapshot(journal: Journal, state: JamState) -> None:
    """Saves a jam as it is now. Half a second of work for the largest: a server leaves it to another process."""
    seq, data = state.seq, dump(state)
    await journal.save_snapshot(PREFIX + state.id, seq, KIND, data)
    log.info("snapshot saved", jam=state.id, seq=seq, bytes=len(data))


class JamStore:
    """Every jam's state, and the way to change it. One a process; other processes may write the same journal: `turns_of` makes
    the turns that those of this machine take in writing a stream.
    """

    def __init__(
        self, journal: Journal, clock: Callable[[], int], turns_of: Callable[[str], Turns] = lambda stream: NoTurns()
    ) -> None:
        self.journal = journal
        self._clock = clock
        self._turns_of = turns_of
        self._handlers: dict[str, CommandHandler[JamState, events.Event]] = {}
        self._organization = CommandHandler(
            ORGANIZATION_STREAM, OrganizationState(), ORGANIZATION, journal, clock, self._organization_changed,
            partial(load_organization, journal), turns_of(ORGANIZATION_STREAM),
        )  # fmt: skip
        self._watchers: list[Watcher] = []
        self._arrivals: list[Callable[[JamState], None]] = []
        self._erasure_watchers: list[Callable[[str], None]] = []
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._snapshot_at: dict[str, int] = {}
        self._following = False
        self._outgrown: set[str] = set()

    @classmethod
    async def open(
        cls,
        journal: Journal,
        clock: Callable[[], int],
        follow: bool = False,
        turns_of: Callable[[str], Turns] = lambda stream: NoTurns(),
    ) -> "JamStore":
        """All jams of the journal, loaded. With `follow`, what other processes write is applied as it appears; then a jam whose
        records can't be applied is closed (`JamState.is_sound`), and the others are served.
        """
        store = cls(journal, clock, turns_of)
        store.organization.become(await load_organization(journal))
        for slug, jam_id in store.organization.slugs.items():
            load = _load_or_close(journal, jam_id, slug) if follow else load_state(journal, PREFIX + jam_id)
            store._hold(jam_id, await load)
        if follow:
            store.follow()
        return store

    # ------------------------------------------------------------------------------------------------------- look-ups
    @property
    def organization(self) -> OrganizationState:
        return self._organization.state

    def get(self, jam_id: str) -> JamState | None:
        handler = self._handlers.get(jam_id)
        return handler.state if handler is not None and handler.state.exists else None

    def by_slug(self, slug: str) -> JamState | None:
        return self.get(self.organization.slugs.get(slug, ""))

    def all(self) -> Sequence[JamState]:
        return [handler.state for handler in self._handlers.values() if handler.state.exists]

    @property
    def waiting(self) -> int:
        """Commands that wait to be committed."""
        return sum(handler.waiting for handler in self._handlers.values())

    @property
    def outgrown(self) -> int:
        """Streams that a newer version of the program writes, so that this one can neither read on nor write."""
        return len(self._outgrown)

    @property
    def meters(self) -> Mapping[str, CommandMeter]:
        """What was counted of each jam's commands, those of imports and replays left out."""
        return {jam_id: handler.meter for jam_id, handler in self._handlers.items()}

    def waiting_of(self, jam_id: str) -> int:
        """Commands of one jam that wait to be committed."""
        return self._handlers[jam_id].waiting

    def watch(self, callback: Watcher) -> None:
        """Call back after every applied record, whoever wrote it, with the state and the record's events."""
        self._watchers.append(callback)

    def on_arrival(self, callback: Callable[[JamState], None]) -> None:
        """Call back for every jam that appears after the start."""
        self._arrivals.append(callback)

    # -------------------------------------------------------------------------------------------------------- commands
    async def create(self, command: Command, at: int | None = None) -> int:
        """Make a jam: its address first, so that no two jams have the same. Sent again after a failure, it goes on."""
        if not isinstance(command, CreateJam):
            raise TypeError("only CreateJam makes a jam")
        decide.decide(JamState(), command, self._clock() if at is None else at)
        await self._organization.submit(RegisterJam(actor=command.actor, id=command.id, jam=command.jam, slug=command.slug))
        self._hold(command.jam, JamState())
        return await _counted(self._handlers[command.jam], command, at)

    async def submit(self, jam_id: str, command: Command, at: int | None = None) -> int:
        """The seq at which the command is in effect, durably. Raises a `Rejection`; then nothing has changed."""
        return await _counted(self._handler(jam_id), command, at)

    async def submit_many(
        self, jam_id: str, commands: Iterable[tuple[Command, int | None]], on_progress: Progress | None = None
    ) -> list[int | Rejection]:
        """Many commands in few records, in their order as far as they depend on each other; each with its own answer."""
        handler = self._handler(jam_id)
        answers: list[int | Rejection] = []
        window: list[Awaitable[int]] = []
        for command, at in commands:
            window.append(handler.submit(command, at))
            if len(window) == IMPORT_WINDOW:
                answers += await _settled(window)
                window = []
                if on_progress is not None:
                    on_progress(len(answers))
        answers += await _settled(window)
        if on_progress is not None:
            on_progress(len(answers))
        return answers

    async def grant_organizer(self, person: str, by: str = ids.SYSTEM) -> None:
        """Lets a person create jams."""
        await self._organization.submit(GrantOrganizer(actor=by, id=f"grant-{person}", person=person))

    async def revoke_organizer(self, person: str, by: str = ids.SYSTEM) -> None:
        """Lets a person create jams no more. Raises a `Rejection` where they may not, or where nobody else may."""
        await self._organization.submit(RevokeOrganizer(actor=by, id=f"revoke-{person}", person=person))

    async def begin_erasure(self, person: str, withdraws: bool) -> None:
        """Records that a person is being erased; from now on it will be finished. Raises a `Rejection`."""
        command = BeginErasure(actor=ids.SYSTEM, id=f"erase-{person}", person=person, withdraws=withdraws)
        await self._organization.submit(command)

    async def finish_erasure(self, person: str) -> None:
        """Records that nothing is left to be done."""
        await self._organization.submit(FinishErasure(actor=ids.SYSTEM, id=f"erased-{person}", person=person))

    def on_erasure(self, callback: Callable[[str], None]) -> None:
        """Call back with the id of whoever is being erased, on every server: when it begins, and at its end."""
        self._erasure_watchers.append(callback)

    def _handler(self, jam_id: str) -> CommandHandler[JamState, events.Event]:
        handler = self._handlers.get(jam_id)
        if handler is None or not handler.state.exists:
            raise NotFound("jam", jam_id)
        return handler

    # ------------------------------------------------------------------------------------------------------- following
    def follow(self) -> None:
        """From now on apply what other processes write, and open the jams that they make."""
        self._following = True
        self._follow(ORGANIZATION_STREAM, self._organization)
        for jam_id, handler in self._handlers.items():
            self._follow(PREFIX + jam_id, handler)

    def _follow(self, stream: str, handler: Handler) -> None:
        if stream not in self._followers:
            self._followers[stream] = asyncio.create_task(self._keep_up(stream, handler), name=f"follow {stream}")

    async def _keep_up(self, stream: str, handler: Handler) -> None:
        """Takes each record as it appears. Ends when the journal is closed, and never by a fault.

        A record of a newer version is never half taken: the state stays where it was, and what asks to be written is refused.
        """
        while True:
            try:
                known = partial(_seq_of, handler)
                async with aclosing(self.journal.follow(stream, known(), known)) as records:
                    async for record in records:
                        handler.take(record)
                        self._outgrown.discard(stream)
                return
            except UnknownEvent as error:
                if stream not in self._outgrown:
                    log.error("a newer version writes here: this one reads no further", stream=stream, reason=error.reason)
                self._outgrown.add(stream)
            except Exception:
                log.exception("what others write could not be taken; it is tried again", stream=stream)
            await asyncio.sleep(AGAIN_S)

    def _hold(self, jam_id: str, state: JamState) -> None:
        """Takes a jam in. One that appears while the server runs begins empty: all its events pass by the watchers."""
        if jam_id in self._handlers:
            return
        stream = PREFIX + jam_id
        handler = self._handlers[jam_id] = CommandHandler(
            stream, state, JAM, self.journal, self._clock, self._changed, partial(load_state, self.journal, stream),
            self._turns_of(stream),
        )  # fmt: skip
        self._snapshot_at[jam_id] = state.seq
        if self._following:
            self._follow(PREFIX + jam_id, handler)

    def _changed(self, state: JamState, applied: Sequence[events.Event]) -> None:
        """Tells arrivals and watchers. The record is durable and applied: a fault of one of them undoes nothing."""
        if any(isinstance(event, events.JamCreated) for event in applied):
            for arrival in self._arrivals:
                _guarded(arrival, state)
        for watcher in self._watchers:
            _guarded(watcher, state, applied)

    def _organization_changed(self, state: OrganizationState, applied: Sequence[OrganizationEvent]) -> None:
        for event in applied:
            if isinstance(event, JamRegistered) and self._following:
                self._hold(event.jam, JamState())
            if isinstance(event, ErasureBegun | ErasureFinished):
                for watcher in self._erasure_watchers:
                    _guarded(watcher, event.person)

    # ------------------------------------------------------------------------------------------------------- snapshots
    @property
    def unsaved_events(self) -> int:
        """Events of the jam that has grown most since its last snapshot, or since the start: a start has to replay them."""
        return max((state.seq - self._snapshot_at.get(state.id, 0) for state in self.all()), default=0)

    def due_for_snapshot(self, least_events: int = SNAPSHOT_EVERY) -> list[JamState]:
        """The jams that have grown by at least so many events since they were last named here."""
        grown = (state for state in self.all() if state.seq - self._snapshot_at.get(state.id, 0) >= least_events)
        due = [state for state in grown if state.is_sound]
        self._snapshot_at.update((state.id, state.seq) for state in due)
        return due

    async def save_snapshot(self, state: JamState) -> None:
        """Saves a jam as it is now."""
        await save_snapshot(self.journal, state)

    async def close(self) -> None:
        """Answers what waits, keeps snapshots of what has grown much, and stops following."""
        await self._organization.close()
        for handler in self._handlers.values():
            await handler.close()
        for task in self._followers.values():
            task.cancel()
        await asyncio.gather(*self._followers.values(), return_exceptions=True)
        try:
            for state in self.due_for_snapshot(5_000):
                await self.save_snapshot(state)
        except Exception:
            log.exception("a snapshot could not be saved; the next start takes longer")


def _seq_of(handler: Handler) -> int:
    return handler.state.seq


async def _counted(handler: CommandHandler[JamState, events.Event], command: Command, at: int | None) -> int:
    """Has the command carried out, and counts what became of it."""
    meter, kind, began = handler.meter, type(command).__name__, perf_counter()
    try:
        seq = await handler.submit(command, at)
    except Exception as error:
        meter.refused(kind, error.code if isinstance(error, Rejection) else FAULT)
        raise
    meter.done(kind, perf_counter() - began)
    return seq


def _guarded(callback: Callable[..., None], *args: object) -> None:
    try:
        callback(*args)
    except Exception:
        log.exception("a watcher of a jam failed", watcher=getattr(callback, "__qualname__", repr(callback)))


async def _settled(window: Iterable[Awaitable[int]]) -> list[int | Rejection]:
    """The answers, in order. What is no rejection is a fault, and raised."""
    answers: list[int | Rejection] = []
    for answer in await asyncio.gather(*window, return_exceptions=True):
        if isinstance(answer, BaseException) and not isinstance(answer, Rejection):
            raise answer
        answers.append(answer)
    return answers
