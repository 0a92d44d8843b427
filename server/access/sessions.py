"""Sessions: on the server, found by the hash of a cookie or bearer token, remembered for a second."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from server.access.secrets import hashed, new_secret
from server.vault.port import Session, Vault

COOKIE = "hothouse_session"
REMEMBERED_MS = 1_000
"""A session is looked up again after a second, so that one ended by another worker ends here too."""

REMEMBERED = 50_000
TOUCH_MS = 600_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone signed in, by one session. `session_id` is the hash of their secret."""

    person_id: str
    session_id: str


class Sessions:
    """Begins, finds and ends sessions. An unused session ends after `days` days."""

    def __init__(self, vault: Vault, clock: Callable[[], int], days: int) -> None:
        self._vault = vault
        self._clock = clock
        self._lifetime = days * DAY_MS
        self._remembered: OrderedDict[str, tuple[int, SignedIn | None]] = OrderedDict()

    async def begin(self, person_id: str, user_agent: str) -> str:
        """A new session's secret, for the cookie."""
        secret, now = new_secret(), self._clock()
        session = Session(hashed(secret), person_id, now, now, now + self._lifetime, user_agent[:200])
        await self._vault.add_session(session)
        return secret

    async def caller(self, connection: HTTPConnection, token: str | None) -> SignedIn | None:
        """Who asks: by a bearer token where there is one, else by the cookie."""
        secret = token if token is not None else connection.cookies.get(COOKIE)
        return None if not secret else await self._find(hashed(secret))

    async def _find(self, id: str) -> SignedIn | None:
        now = self._clock()
        known = self._remembered.get(id)
        if known is not None and now - known[0] < REMEMBERED_MS:
            return known[1]
        session = await self._vault.session(id, now)
        found = None if session is None else SignedIn(session.person_id, id)
        if session is not None and now - session.seen_at > TOUCH_MS:
            await self._vault.touch_session(id, now, now + self._lifetime)
        self._remember(id, now, found)
        return found

    def _remember(self, id: str, now: int, found: SignedIn | None) -> None:
        self._remembered[id] = (now, found)
        self._remembered.move_to_end(id)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    async def end(self, id: str) -> None:
        """Ends one session, here at once."""
        await self._vault.end_session(id)
        self._remembered.pop(id, None)
