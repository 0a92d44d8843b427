"""Puts together what webhooks are made of: their keeping, and what goes out."""

from collections.abc import Callable
from dataclasses import dataclass

from server.hooks.guard import Poster
from server.hooks.outgoing import Outgoing
from server.hooks.service import Webhooks
from server.jam_store import JamStore
from server.vault.port import Vault


@dataclass(frozen=True, slots=True)
class HookParts:
    service: Webhooks
    outgoing: Outgoing


def hook_parts(vault: Vault, store: JamStore, clock: Callable[[], int], allow_private: bool) -> HookParts:
    """`allow_private`: also into private networks, and over http."""
    outgoing = Outgoing(vault, store, Poster(allow_private), clock)
    store.watch(outgoing.watch)
    return HookParts(Webhooks(vault, clock, allow_private), outgoing)
