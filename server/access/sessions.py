"""Sessions: on the server, found by the hash of a cookie or bearer token, remembered for a second.

A session that ends on another worker must end here within a second, so nothing is remembered longer without asking the
vault again. To ask for each one by itself would cost a thread's turn for every person and second; so whoever is active is
asked about in time, many in one question (`Vault.ended_sessions`), and their requests wait for nothing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog
from starlette.requests import HTTPConnection
from starlette.types import Scope

from server.access.cookies import Cookies
from server.access.secrets import hashed, new_secret
from server.access.tokens import is_token
from server.vault.port import Session, SessionUse, Vault, VaultUnavailable

log = structlog.get_logger()

COOKIE = "hothouse_session"
REMEMBERED_MS = 1_000
"""A session is asked about again within a second, so that one ended by another worker ends here too."""

DUE_MS = 500
"""Whoever asks so long after the vault did say so is asked about with the others, before the second is over."""

GATHERING_S = 0.2
"""How long sessions that are due wait for each other."""

NOTING_S = 1.0
"""How long uses wait to be noted together: when a jam opens, everybody's is due at once."""

REMEMBERED = 50_000
CREDENTIAL_BYTES = 2_048
"""A longer header is not remembered by itself: a browser that sends many other cookies is looked up by its own."""

CREDENTIALS_BYTES = 8 * 1024 * 1024
TOUCH_MS = 600_000
DAY_MS = 86_400_000
NEVER = -REMEMBERED_MS
MOST_DAYS = 90
NO_END = 2**62


OVER_HTTP = Cookies()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone signed in, by one session. `session_id` is the hash of their secret.

    `scopes`: what a program may do that calls with an API token in their name; None for the person, who may do all.
    """

    person_id: str
    session_id: str
    scopes: frozenset[str] | None = None


@dataclass(slots=True, eq=False)
class Known:
    """What the vault said of a session at `checked_at`: whose it is, or that there is none."""

    caller: SignedIn | None
    checked_at: int
    seen_at: int
    ends_at: int = NO_END


class Credentials:
    """Headers by their bytes, bounded by them; the oldest go first. A header always means the same session."""

    def __init__(self, most_bytes: int = CREDENTIALS_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._known: dict[bytes, Known] = {}

    def get(self, header: bytes | None) -> Known | None:
        """Whom a header means, if that is remembered."""
        return None if header is None else self._known.get(header)

    def put(self, header: bytes, known: Known) -> None:
        """Remember whom a header means, unless it is very long."""
        if len(header) > CREDENTIAL_BYTES:
            return
        self._size += 0 if header in self._known else len(header)
        self._known[header] = known
        while self._size > self._most:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._size -= len(oldest)


class Sessions:
    """Begins, finds and ends sessions. An unused session ends after `days` days, and any after `most_days`."""

    def __init__(
        self, vault: Vault, clock: Callable[[], int], days: int, most_days: int = MOST_DAYS, cookies: Cookies = OVER_HTTP
    ) -> None:
        self._vault = vault
        self._clock = clock
        self._lifetime = days * DAY_MS
        self._longest = most_days * DAY_MS
        self._reader = cookies
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._tokens = Credentials()
        self._cookies = Credentials()
        self._due: dict[str, Known] = {}
        self._checking: asyncio.Task[None] | None = None
        self._used: dict[str, SessionUse] = {}
        self._used_tokens: dict[str, int] = {}
        self._noting: asyncio.Task[None] | None = None
        self._endings = 0

    async def begin(self, person_id: str, user_agent: str) -> str:
        """A new session's secret, for the cookie."""
        secret, now = new_secret(), self._clock()
        expires_at = now + min(self._lifetime, self._longest)
        session = Session(hashed(secret), person_id, now, now, expires_at, user_agent[:200])
        await self._vault.add_session(session)
        return secret

    def recalled(self, authorization: bytes | None, cookie: bytes | None) -> SignedIn | None:
        """Who sent this Authorization header, or without one this Cookie header, before: if the vault said within a second
        that they are signed in. None means nothing: then `caller` is to be asked.
        """
        known = self._cookies.get(cookie) if authorization is None else self._tokens.get(authorization)
        return None if known is None or not self._is_fresh(known) else known.caller

    async def caller(self, connection: HTTPConnection, token: str | None) -> SignedIn | None:
        """Who asks: by a bearer token where there is one, else by the cookie."""
        secret = token if token is not None else self._reader.read(connection, COOKIE)
        if not secret:
            return None
        known = await self._find(hashed(secret), is_token=token is not None and is_token(secret))
        if known.caller is not None and connection.scope["type"] == "http":
            self._recall(connection.scope, known, is_token=token is not None)
        return known.caller

    async def end(self, id: str) -> None:
        """Ends one session, here at once."""
        await self._vault.end_session(id)
        self._endings += 1
        self._forget(id)

    def forget_all_of(self, person_id: str) -> None:
        """Nobody is that person any more unless the vault says so again: someone is being erased, perhaps by another worker."""
        self._endings += 1
        for id in [id for id, known in self._known.items() if known.caller is not None and known.caller.person_id == person_id]:
            self._forget(id)

    async def end_all_of(self, people: Collection[str], begun_by: int) -> None:
        """Ends all sessions of these people that began by `begun_by` (ms), here at once."""
        await self._vault.end_sessions_of(people, begun_by)
        self._endings += 1
        for id in [id for id, known in self._known.items() if known.caller is not None and known.caller.person_id in people]:
            self._forget(id)

    async def ended(self, ids: Collection[str]) -> set[str]:
        """Those that are over, ended here or by another worker, or expired; none where the vault can't say."""
        try:
            over = await self._vault.ended_sessions(ids, self._clock())
        except VaultUnavailable as error:
            log.warning("the vault can't say who is still signed in", reason=error.reason)
            return set()
        for id in over:
            self._forget(id)
        return over

    # ------------------------------------------------------------------------------------------------------- remembering
    def _is_fresh(self, known: Known) -> bool:
        age = self._clock() - known.checked_at
        if not 0 <= age < REMEMBERED_MS:
            return False
        if age >= DUE_MS and known.caller is not None:
            self._check_soon(known.caller.session_id, known)
        return True

    def forget(self, id: str) -> None:
        """What ended otherwise (an API token) is looked up anew the next time."""
        self._endings += 1
        self._forget(id)

    async def _find(self, id: str, is_token: bool = False) -> Known:
        known = self._known.get(id)
        return known if known is not None and self._is_fresh(known) else await self._look_up(id, is_token)

    async def _look_up(self, id: str, is_token: bool) -> Known:
        """Asks the vault; once more where a session ended here meanwhile, lest an old answer outlives it."""
        while True:
            now, endings = self._clock(), self._endings
            found = await (self._of_token(id, now) if is_token else self._of_session(id, now))
            if endings == self._endings:
                break
        self._remember(id, found)
        self._touch(id, found)
        return found

    async def _of_session(self, id: str, now: int) -> Known:
        session = await self._vault.session(id, now)
        if session is None or now >= session.created_at + self._longest:
            return Known(None, now, now)
        return Known(SignedIn(session.person_id, id), now, session.seen_at, session.created_at + self._longest)

    async def _of_token(self, id: str, now: int) -> Known:
        token = await self._vault.token(id, now)
        if token is None:
            return Known(None, now, now)
        return Known(SignedIn(token.person_id, id, frozenset(token.scopes.split())), now, token.used_at or 0)

    def _remember(self, id: str, found: Known) -> None:
        self._forget(id)
        self._known[id] = found
        if len(self._known) > REMEMBERED:
            self._forget(next(iter(self._known)))

    def _recall(self, scope: Scope, known: Known, is_token: bool) -> None:
        """Keeps the header itself, so that next time it needs neither be read nor hashed."""
        name = b"authorization" if is_token else b"cookie"
        sent = [value for header, value in scope["headers"] if header == name]
        if len(sent) == 1:
            (self._tokens if is_token else self._cookies).put(sent[0], known)

    def _forget(self, id: str) -> None:
        """A header that is still remembered finds nobody any more."""
        known = self._known.pop(id, None)
        if known is not None:
            known.caller, known.checked_at = None, NEVER

    # ---------------------------------------------------------------------------------------------------- asking in time
    def _check_soon(self, id: str, known: Known) -> None:
        self._due[id] = known
        if self._checking is None:
            self._checking = asyncio.create_task(self._check(), name="sessions asked about again")

    async def _check(self) -> None:
        """Asks about all that are due. Where the vault can't say, they are forgotten in time and looked up one by one."""
        try:
            await asyncio.sleep(GATHERING_S)
            due, self._due, now = self._due, {}, self._clock()
            self._checking = None
            for id in await self._vault.ended_sessions(due, now):
                self._forget(id)
            still = {id: known for id, known in due.items() if known.caller is not None}
            for known in still.values():
                known.checked_at = now
            for id, known in still.items():
                self._touch(id, known)
        except VaultUnavailable as error:
            log.warning("the vault can't say who is still signed in", reason=error.reason)

    # ------------------------------------------------------------------------------------------------- noting who is here
    def _touch(self, id: str, known: Known) -> None:
        """Notes now and then that a session is in use, so that it does not end; nobody waits for it, and many go together."""
        now = self._clock()
        if known.caller is None or now - known.seen_at <= TOUCH_MS:
            return
        known.seen_at = now
        if known.caller.scopes is not None:
            self._used_tokens[id] = now
        else:
            self._used[id] = SessionUse(id, now, min(now + self._lifetime, known.ends_at))
        if self._noting is None:
            self._noting = asyncio.create_task(self._note_soon(), name="sessions in use")

    async def settled(self) -> None:
        """Writes down what is still to be noted; before the vault closes."""
        if self._noting is not None:
            self._noting.cancel()
            self._noting = None
            await self._note()

    async def _note_soon(self) -> None:
        await asyncio.sleep(NOTING_S)
        self._noting = None
        await self._note()

    async def _note(self) -> None:
        """What can't be noted now is noted when the session is looked up again."""
        used, self._used = self._used, {}
        tokens, self._used_tokens = self._used_tokens, {}
        try:
            if used:
                await self._vault.touch_sessions(used.values())
            if tokens:
                await self._vault.touch_tokens(tokens)
        except VaultUnavailable as error:
            log.warning("the vault can't note who is signed in", reason=error.reason)
