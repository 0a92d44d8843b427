"""Tells webhooks what happens: follows the journals with a position for each hook, queues what is to be told, and sends it.

Each event is queued once for each hook, whatever is killed, for the position moves with what is queued. Sending repeats until
it arrives, with longer and longer pauses, and gives up after about a day; what was given up can be sent again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

import httpcore2
import structlog

from server.bell import Bell
from server.hooks.guard import Poster, Refused
from server.hooks.signing import signature
from server.hooks.telling import all_told
from server.jam.events import Event
from server.jam.state import JamState
from server.jam_store import JAM_CODEC, PREFIX, JamStore
from server.journal.port import JournalUnavailable
from server.vault.hooks import Delivery, Hook
from server.vault.port import Vault, VaultUnavailable

log = structlog.get_logger()
EVERY_S = 1.0
MOST_QUEUED = 500
AT_ONCE = 16
LEASE_MS = 60_000
"""Longer than any request may take: who holds a delivery is still at it, or dead."""

PAUSES_S = (5, 30, 120, 600, 3_600, 4 * 3_600, 8 * 3_600, 12 * 3_600)
"""Seconds after the first, second … try that failed; after the last one it is given up."""

GONE = 410
"""A receiver that answers so is not told anything any more."""


class Outgoing:
    """One a machine; several machines share the work by the vault."""

    def __init__(
        self, vault: Vault, store: JamStore, poster: Poster, clock: Callable[[], int], every_s: float = EVERY_S
    ) -> None:
        self._vault = vault
        self._store = store
        self._poster = poster
        self._clock = clock
        self._every_s = every_s
        self._bell = Bell()

    def watch(self, state: JamState, applied: Sequence[Event]) -> None:
        """Something happened: look soon."""
        self._bell.ring()

    async def run(self) -> None:
        """Queues and sends until it is cancelled."""
        while True:
            await self._bell.heard(self._every_s)
            try:
                await self.turn()
            except (VaultUnavailable, JournalUnavailable) as error:
                log.warning("webhooks wait: a store can't serve", reason=error.reason)
            await asyncio.sleep(self._every_s / 4)

    async def turn(self) -> None:
        """Queues what happened since, and sends what is due."""
        hooks = await self._vault.hooks()
        for hook in hooks:
            await self._queue(hook)
        await self._send({hook.id: hook for hook in hooks})

    async def close(self) -> None:
        await self._poster.close()

    async def _queue(self, hook: Hook) -> None:
        state = self._store.get(hook.jam_id)
        if state is None or state.seq <= hook.position or not state.is_sound:
            return
        kinds, now = frozenset(hook.kinds.split()), self._clock()
        position, found = hook.position, list[Delivery]()
        async with aclosing(self._store.journal.read(PREFIX + hook.jam_id, position)) as records:
            async for record in records:
                if record.last > state.seq or len(found) >= MOST_QUEUED:
                    break
                events = [event for entry in JAM_CODEC.decode(record.payload) for event in entry.events]
                found += [
                    Delivery(f"{hook.id}-{place}", hook.id, hook.jam_id, kind, body, now, now)
                    for place, kind, body in all_told(state, record.after, events, kinds)
                ]
                position = record.last
        await self._vault.queue(hook.id, hook.position, position, found)

    async def _send(self, hooks: dict[str, Hook]) -> None:
        while claimed := await self._vault.claim_deliveries(self._clock(), AT_ONCE, LEASE_MS):
            async with asyncio.TaskGroup() as sending:
                for delivery in claimed:
                    if delivery.hook_id in hooks:
                        sending.create_task(self._deliver(hooks[delivery.hook_id], delivery))
            if len(claimed) < AT_ONCE:
                return

    async def _deliver(self, hook: Hook, delivery: Delivery) -> None:
        status, error = await self._asked(hook, delivery)
        if 200 <= status < 300:
            await self._vault.delivered(delivery.id)
            return
        if status == GONE:
            await self._vault.pause_hook(hook.jam_id, hook.id, True)
        tries = delivery.attempts
        due_at = self._clock() + 1_000 * PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else None
        # Not its words: what a server says to a refused delivery may quote it.
        log.warning("a webhook was not taken", hook=hook.id, attempts=tries, is_given_up=due_at is None, status=status)
        await self._vault.undelivered(delivery.id, due_at, error)

    async def _asked(self, hook: Hook, delivery: Delivery) -> tuple[int, str]:
        """The status of the answer, 0 where there was none, and what went wrong."""
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Hothouse",
            "Hothouse-Delivery": delivery.id,
            "Hothouse-Event": delivery.kind,
            "Hothouse-Signature": signature(hook.secret, self._clock() // 1_000, body),
        }
        try:
            status, said = await self._poster.post(hook.url, headers, body)
        except Refused as refused:
            return 0, str(refused)
        except TimeoutError:
            return 0, "no answer in time"
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            return 0, f"no answer: {type(error).__name__}"
        return status, "" if 200 <= status < 300 else f"{status}: {said[:200]}"
