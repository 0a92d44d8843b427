"""Puts together what invitations are made of: the service, the mails that go out, and the routes."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Route

from server.access.limiter import Limiter
from server.access.mailer import Mailer
from server.access.sessions import Sessions
from server.directory import Directory
from server.inviting.guest_list import GuestLists
from server.inviting.outbox import Outbox
from server.inviting.service import Inviting
from server.jam_store import JamStore
from server.vault.port import Vault
from server.web.entering import Entering
from server.web.guest_list import GuestListRoute
from server.web.inviting import InvitingRoutes


@dataclass(frozen=True, slots=True)
class InvitingParts:
    service: Inviting
    outbox: Outbox

    def routes(
        self,
        entering: Entering,
        limiter: Limiter,
        vault: Vault,
        store: JamStore,
        sessions: Sessions,
        hosts: frozenset[str],
        clock: Callable[[], int],
    ) -> list[Route]:
        lists = GuestLists(self.service, vault, store, clock)
        return [
            *InvitingRoutes(self.service, entering, limiter, vault, store, hosts, clock).routes(),
            *GuestListRoute(lists, store, sessions, limiter, hosts, clock).routes(),
        ]


def inviting_parts(
    vault: Vault, store: JamStore, people: Directory, mailer: Mailer, url: str, clock: Callable[[], int]
) -> InvitingParts:
    """`url` is where people reach the server."""
    outbox = Outbox(vault, store, people, mailer, url, clock)
    return InvitingParts(Inviting(vault, store, mailer, outbox, clock), outbox)
