"""Counts that hold for all workers of a store, and secrets that they share: the part of the vault port for limits of safety.

A count belongs to a window of time with a number. Its key is opaque: who counts people or addresses gives a keyed hash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """One more for `key` in `window`, if with `before_share` (0..1) of the window before there are `most` then at most. It is
    forgotten after `expires_at` (ms).
    """

    key: str
    window: int
    most: int
    before_share: float
    expires_at: int


class CountVault(Protocol):
    """However many count at once, from however many workers, no more are counted than there may be."""

    async def count_hits(self, hits: Sequence[Hit]) -> bool:
        """Count all of them, or none and say False where one would be too many. Raises `VaultUnavailable`."""

    async def has_room_for(self, hits: Sequence[Hit]) -> bool:
        """Whether they would be counted now. Raises `VaultUnavailable`."""

    async def shared_secret(self, name: str, proposal: bytes) -> bytes:
        """The store's secret of this name: `proposal`, if there was none before. Raises `VaultUnavailable`."""
