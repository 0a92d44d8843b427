"""Webhooks: where other programs are told what happens in a jam, and what is still to be told. The part of the vault port
that is about them. Nothing here belongs to a person: a delivery names things by their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hook:
    """`kinds` are names of what is told, with a space between. `secret` signs; it is shown once. `position`: the number of the
    jam's journal up to which deliveries have been queued.
    """

    id: str
    jam_id: str
    url: str
    secret: str
    kinds: str
    created_at: int
    position: int
    is_paused: bool = False


class DeliveryState(StrEnum):
    """WAITING for its first or next try; DEAD: given up, until somebody has it sent again. One that arrived is gone."""

    WAITING = "WAITING"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be told. `id` is derived from the hook and the journal's number: the same thing queued twice is one. `error`
    says why the last try failed; `body` is JSON.
    """

    id: str
    hook_id: str
    jam_id: str
    kind: str
    body: str
    created_at: int
    due_at: int
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    error: str = ""


class HookVault(Protocol):
    """Every adapter passes the one contract test."""

    async def add_hook(self, hook: Hook) -> bool:
        """Keep a hook; False if its id is taken, in which case nothing changes."""

    async def hooks(self, jam_id: str | None = None) -> list[Hook]:
        """The hooks of a jam, or of all jams, the oldest first."""

    async def end_hook(self, jam_id: str, id: str) -> bool:
        """Remove a jam's hook with all that it had to tell; False if the jam has no such."""

    async def pause_hook(self, jam_id: str, id: str, is_paused: bool) -> bool:
        """Pause a jam's hook, or let it go on; False if the jam has no such."""

    async def queue(self, hook_id: str, after: int, position: int, deliveries: Sequence[Delivery]) -> bool:
        """Queue deliveries and move the hook from `after` to `position`, both or neither. False if the hook is gone or has been
        moved by another process: then nothing is queued that was not before.
        """

    async def claim_deliveries(self, now: int, most: int, lease_ms: int) -> list[Delivery]:
        """At most so many that are due, of hooks that are not paused, the one due longest first. Until the lease is over they
        are nobody else's; their attempts are counted.
        """

    async def delivered(self, id: str) -> None:
        """It arrived."""

    async def undelivered(self, id: str, due_at: int | None, error: str) -> None:
        """It did not arrive, and is due again at `due_at`; None: it is given up."""

    async def dead_deliveries(self, jam_id: str, most: int) -> list[Delivery]:
        """Those of a jam that were given up, the newest first."""

    async def waiting_deliveries(self, jam_id: str) -> dict[str, int]:
        """How many wait, by hook."""

    async def send_again(self, jam_id: str, hook_id: str, now: int) -> int:
        """Have all that a hook gave up sent again, from the first try on; returns how many."""
