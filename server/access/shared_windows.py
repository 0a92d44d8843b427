"""Sliding windows that count over all workers of a store: for limits that somebody could multiply by the number of workers.

The counts are in the vault, under keyed hashes: of a person or an address nothing can be read from them, and they are swept a
window later. Where the vault can't serve, each worker counts for itself until it can.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

import structlog

from server.access.windows import SlidingWindow
from server.vault.counts import CountVault, Hit
from server.vault.port import VaultUnavailable

log = structlog.get_logger()
SECRET = "limits"
SECRET_BYTES = 32
KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` hits of one key within `seconds`; `name` tells the counts of different limits apart."""

    name: str
    most: int
    seconds: float


class SharedWindows:
    """`clock` is in ms since 1970, about the same on all workers."""

    def __init__(self, vault: CountVault, clock: Callable[[], int], limits: Sequence[Limit]) -> None:
        self._vault = vault
        self._clock = clock
        self._own = {limit: SlidingWindow(limit.most, limit.seconds, lambda: clock() / 1_000) for limit in limits}
        self._secret = b""

    async def hit(self, *hits: tuple[Limit, str]) -> bool:
        """Counts a hit of each (limit, key), unless one of them would be one too many: then none."""
        try:
            return await self._vault.count_hits(await self._asked(hits))
        except VaultUnavailable as error:
            log.warning("limits count for this worker alone: the vault can't serve", reason=error.reason)
            if not all(self._own[limit].has_room(key) for limit, key in hits):
                return False
            for limit, key in hits:
                self._own[limit].hit(key)
            return True

    async def has_room(self, *hits: tuple[Limit, str]) -> bool:
        """Whether they would be counted now."""
        try:
            return await self._vault.has_room_for(await self._asked(hits))
        except VaultUnavailable:
            return all(self._own[limit].has_room(key) for limit, key in hits)

    async def _asked(self, hits: Sequence[tuple[Limit, str]]) -> list[Hit]:
        if not self._secret:
            self._secret = await self._vault.shared_secret(SECRET, token_bytes(SECRET_BYTES))
        return [self._of(limit, key) for limit, key in hits]

    def _of(self, limit: Limit, key: str) -> Hit:
        """As in `server.access.windows`: the window before counts by how much of it the sliding one still covers."""
        length = round(1_000 * limit.seconds)
        window, into = divmod(self._clock(), length)
        digest = hmac.digest(self._secret, f"{limit.name}:{key}".encode(), sha256)[:KEY_BYTES]
        return Hit(digest.hex(), window, limit.most, 1 - into / length, (window + 2) * length)
