"""Puts together what web push is made of: what people wish, and what goes out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from server.directory import Directory
from server.hooks.guard import Poster
from server.jam_store import JamStore
from server.push.outgoing import PushOutgoing
from server.push.posting import PushPoster
from server.push.service import Pushes
from server.push.vapid import Vapid
from server.settings import Settings
from server.vault.port import Vault


@dataclass(frozen=True, slots=True)
class PushParts:
    service: Pushes
    outgoing: PushOutgoing
    load: Callable[[], Awaitable[None]]
    """Gets the server's key: to be called before anybody is answered."""


def push_parts(settings: Settings, vault: Vault, store: JamStore, people: Directory, clock: Callable[[], int]) -> PushParts:
    """Endpoints in private networks, and over http, are for development only."""
    given = settings.vapid_key.get_secret_value() if settings.vapid_key else ""
    vapid = Vapid(_contact(settings), clock)
    poster = PushPoster(Poster(settings.development), vapid)

    def language_of(person_id: str) -> str:
        person = people.person(person_id)
        return "en" if person is None else person.language

    outgoing = PushOutgoing(vault, store, poster, language_of, clock)
    store.watch(outgoing.watch)
    store.on_erasure(outgoing.readers.forget)
    service = Pushes(vault, vapid, clock, settings.development)
    return PushParts(service, outgoing, lambda: vapid.load(vault, given))


def _contact(settings: Settings) -> str:
    """Where a push service reaches whoever runs the server (RFC 8292, 2.1)."""
    address = parseaddr(settings.mail_from)[1]
    is_https = urlsplit(settings.url).scheme == "https"
    return settings.url if is_https else f"mailto:{address or 'jam@localhost'}"
