"""The webhooks of a jam, as its organizers manage them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.access.secrets import new_secret
from server.hooks.guard import Refused, check_url
from server.hooks.telling import KINDS
from server.jam.rejections import Conflict, InvalidInput, NotFound
from server.jam.state import JamState
from server.vault.hooks import Delivery, Hook
from server.vault.port import Vault

MOST = 10
LONGEST_URL = 2_000
DEAD_SHOWN = 50


@dataclass(frozen=True, slots=True)
class HookView:
    """A webhook as organizers see it: how much it has still to tell, and what was given up (the newest fifty of the jam)."""

    hook: Hook
    waiting: int
    dead: Sequence[Delivery]


class Webhooks:
    """Who calls has been found to be an organizer of the jam."""

    def __init__(self, vault: Vault, clock: Callable[[], int], allow_private: bool) -> None:
        self._vault = vault
        self._clock = clock
        self._allow_private = allow_private

    async def of(self, jam_id: str) -> list[HookView]:
        """The webhooks of a jam, the oldest first."""
        hooks = await self._vault.hooks(jam_id)
        if not hooks:
            return []
        waiting, dead = await self._vault.waiting_deliveries(jam_id), await self._vault.dead_deliveries(jam_id, DEAD_SHOWN)
        return [HookView(one, waiting.get(one.id, 0), [late for late in dead if late.hook_id == one.id]) for one in hooks]

    async def add(self, state: JamState, id: str, url: str, kinds: Sequence[str]) -> tuple[HookView, str | None]:
        """The webhook, and its secret where it was made just now. Raises `InvalidInput` or `Conflict`."""
        self._check(url, kinds)
        there = await self._vault.hooks(state.id)
        if all(one.id != id for one in there) and len(there) >= MOST:
            raise Conflict(f"A jam has at most {MOST} webhooks: end one first.")
        told = " ".join(kind for kind in KINDS if kind in kinds)
        hook = Hook(id, state.id, url.strip(), new_secret(), told, self._clock(), state.seq)
        is_new = await self._vault.add_hook(hook)
        return await self._view(state.id, id), hook.secret if is_new else None

    async def pause(self, jam_id: str, id: str, is_paused: bool) -> HookView:
        """Raises `NotFound`."""
        if not await self._vault.pause_hook(jam_id, id, is_paused):
            raise NotFound("webhook", id)
        return await self._view(jam_id, id)

    async def end(self, jam_id: str, id: str) -> None:
        """Raises `NotFound`."""
        if not await self._vault.end_hook(jam_id, id):
            raise NotFound("webhook", id)

    async def send_again(self, jam_id: str, id: str) -> HookView:
        """Has all that was given up sent again. Raises `NotFound`."""
        await self._vault.send_again(jam_id, id, self._clock())
        return await self._view(jam_id, id)

    async def _view(self, jam_id: str, id: str) -> HookView:
        found = next((one for one in await self.of(jam_id) if one.hook.id == id), None)
        if found is None:
            raise NotFound("webhook", id)
        return found

    def _check(self, url: str, kinds: Sequence[str]) -> None:
        if len(url) > LONGEST_URL:
            raise InvalidInput("url", f"An address has at most {LONGEST_URL:,} characters.")
        try:
            check_url(url.strip(), self._allow_private)
        except Refused as refused:
            raise InvalidInput("url", str(refused)) from refused
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown or not kinds:
            raise InvalidInput("kinds", f"Name at least one of: {', '.join(KINDS)}.")
