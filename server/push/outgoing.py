"""Sends pushes: looks at every jam for what those who asked for it are to be told, queues that for each of their devices, and
sends it, again after pauses where it was not taken.

The mark of a person moves with what is queued, so each thing is queued once, whatever is killed. What it says is read from the
jam when it is sent: only of what its reader may see then, and nothing if they have read it meanwhile. Push services know of no
delivery twice; whoever is killed between a service's answer and its note here leaves a push that is sent again, under the same
id, and the device shows it in place of the first.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from server.bell import Bell
from server.jam.entities import Member
from server.jam.events import Event
from server.jam.phases import Phase
from server.jam.state import JamState
from server.jam_store import JamStore
from server.push.counters import PushCounters
from server.push.happenings import Happening, Place, happenings, may_have_news, moments, place_now, unread
from server.push.message import Sending, Style, letter_of
from server.push.places import Places
from server.push.posting import Outcome, PushPoster, Verdict
from server.push.readers import Readers
from server.push.rules import due_at, wished
from server.vault.port import Vault, VaultUnavailable
from server.vault.pushes import Push, PushDevice, PushReader

log = structlog.get_logger()
EVERY_S = 5.0
AT_ONCE = 32
LEASE_MS = 60_000
"""Longer than any request may take: who holds a push is still at it, or dead."""

SLICE = 500
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
STALE_MS = DAY_MS
"""A push that could not be sent for so long is dropped; the thing itself is in the jam."""

DEAD_MS = 7 * DAY_MS
"""A device that took nothing for so long is removed."""

AFTER_END_MS = 7 * DAY_MS
"""So long after a jam has closed people still hear what became of what they wrote."""

PAUSES_S = (10, 60, 300, 900, 3_600)
"""Seconds after the first, second … try that failed; the last one again and again."""

LONGEST_PAUSE_S = 6 * 3_600


class PushOutgoing:
    """One a machine; several machines share the work by the vault. `language_of` a person, if they are there."""

    def __init__(
        self,
        vault: Vault,
        store: JamStore,
        poster: PushPoster,
        language_of: Callable[[str], str],
        clock: Callable[[], int],
        every_s: float = EVERY_S,
    ) -> None:
        self._vault = vault
        self._store = store
        self._poster = poster
        self._language_of = language_of
        self._clock = clock
        self._every_s = every_s
        self._bell = Bell()
        self.readers = Readers(vault)
        self.counters = PushCounters()

    def watch(self, state: JamState, applied: Sequence[Event]) -> None:
        """Something happened: look soon."""
        self._bell.ring()

    async def run(self) -> None:
        """Queues and sends until it is cancelled. What a clock brings about is looked for as often as what happens."""
        while True:
            await self._bell.heard(self._every_s)
            try:
                await self.turn()
            except VaultUnavailable as error:
                log.warning("pushes wait: the vault can't serve", reason=error.reason)
            await asyncio.sleep(self._every_s)

    async def turn(self) -> None:
        """Queues what is due, and sends what waits."""
        await self.readers.refresh()
        jams = [(state, _instants(state)) for state in self._store.all() if self._is_alive(state)]
        for start in range(0, len(self.readers), SLICE):
            for reader in self.readers.slice(start, SLICE):
                if (found := self._due(reader, jams)) is not None:
                    await self._queue(reader, *found)
            await asyncio.sleep(0)
        await self._send()
        self.counters.waiting = await self._vault.waiting_pushes()

    async def close(self) -> None:
        await self._poster.close()

    def _is_alive(self, state: JamState) -> bool:
        """Whether people are to hear of it: published, and not closed for long."""
        if not state.is_sound or state.schedule is None or state.phase(self._clock()) is Phase.DRAFT:
            return False
        return self._clock() < state.schedule.closes_at + AFTER_END_MS

    # -------------------------------------------------------------------------------------------------------- queueing
    def _due(self, reader: PushReader, jams: Iterable[tuple[JamState, Sequence[int]]]) -> tuple[JamState, Place] | None:
        """The jam that somebody is to be told of now, and up to where they were told; of several, the one due longest."""
        now, places, found = self._clock(), Places.of(reader.mark), list[tuple[int, JamState, Place]]()
        for state, instants in jams:
            member, after = state.member(reader.wish.person_id), places.of_jam(state.id)
            if member is None or not may_have_news(state, member, after, instants, now):
                continue
            at = due_at(self._new(state, member, reader, after, place_now(state, now)), reader.wish, reader.mark.told_at, now)
            if at is not None and at <= now:
                found.append((at, state, after))
        return min(found, key=lambda one: one[0])[1:] if found else None

    def _new(self, state: JamState, member: Member, reader: PushReader, after: Place, upto: Place) -> list[Happening]:
        return happenings(state, member, after, upto, self._clock(), reader.wish.since)

    async def _queue(self, reader: PushReader, state: JamState, after: Place) -> None:
        person, now = reader.wish.person_id, self._clock()
        upto = place_now(state, now)
        devices = await self._vault.push_devices(person, now)
        if not devices:
            self.readers.forget(person)
            return
        moved = replace(reader.mark, told_at=now, places=Places.of(reader.mark).moved(state.id, upto))
        queued = [Push(one.id, state.id, person, after.to_json(), upto.to_json(), now, now) for one in devices]
        if await self._vault.queue_pushes(reader.mark, moved, queued):
            self.readers.put(PushReader(reader.wish, moved))

    # --------------------------------------------------------------------------------------------------------- sending
    async def _send(self) -> None:
        while claimed := await self._vault.claim_pushes(self._clock(), AT_ONCE, LEASE_MS):
            async with asyncio.TaskGroup() as sending:
                for push in claimed:
                    sending.create_task(self._handle(push))
            if len(claimed) < AT_ONCE:
                return

    async def _handle(self, push: Push) -> None:
        """One step for one push. A fault of ours concerns this push alone; its lease brings it back until it is stale."""
        try:
            await self._deliver(push)
        except VaultUnavailable:
            log.warning("what became of a push could not be noted; it is sent again")
        except Exception as error:
            log.error("a push could not be handled", error=type(error).__name__)

    async def _deliver(self, push: Push) -> None:
        now = self._clock()
        found = await self._vault.push_devices(push.person_id, now)
        device = next((one for one in found if one.id == push.device_id), None)
        sending = await self._sending(push) if device is not None else None
        if device is None or sending is None:
            await self._vault.push_done(push, now)
        elif now > push.created_at + STALE_MS:
            self.counters.stale += 1
            await self._vault.push_done(push, now)
        else:
            await self._took(push, device, await self._poster.post(device, sending))

    async def _sending(self, push: Push) -> Sending | None:
        """What is said now; None where there is nothing left to say."""
        state, wish = self._store.get(push.jam_id), await self._vault.push_wish(push.person_id)
        member = None if state is None else state.member(push.person_id)
        if state is None or member is None or wish is None or not state.is_sound:
            return None
        after, upto, now = Place.of_json(push.after), Place.of_json(push.upto), self._clock()
        new = wished(happenings(state, member, after, upto, now, wish.since), wish)
        if not new:
            return None
        style = Style(self._language_of(push.person_id), wish.shows_words)
        return letter_of(state, new, wished(unread(state, member, upto, now, wish.since), wish), upto, style, now)

    async def _took(self, push: Push, device: PushDevice, outcome: Outcome) -> None:
        now = self._clock()
        match outcome.verdict:
            case Verdict.TAKEN:
                self.counters.sent += 1
                await self._vault.push_done(push, now)
                await self._vault.note_push_device(device.id, now, None)
            case Verdict.GONE:
                await self._remove(device, "the push service says that it is gone")
            case Verdict.LATER:
                self.counters.failed += 1
                log.warning("a push was not taken", attempts=push.attempts, reason=outcome.reason)
                since = device.failing_since or now
                if now > since + DEAD_MS:
                    await self._remove(device, "it took nothing for days")
                    return
                await self._vault.note_push_device(device.id, None, since)
                await self._vault.push_failed(push, now + 1_000 * _pause_s(push.attempts, outcome.retry_after_s))

    async def _remove(self, device: PushDevice, why: str) -> None:
        self.counters.removed += 1
        log.info("a device is told nothing any more", reason=why)
        await self._vault.end_push_device(device.person_id, device.id)


def _instants(state: JamState) -> list[int]:
    return [] if state.schedule is None else [moment.at for moment in moments(state.schedule)]


def _pause_s(attempts: int, asked_s: int | None) -> int:
    """As long as was asked for, but not without end; at least our own pause."""
    own = PAUSES_S[min(attempts, len(PAUSES_S)) - 1]
    return max(own, min(asked_s or 0, LONGEST_PAUSE_S))
