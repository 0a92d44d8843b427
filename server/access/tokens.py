"""API tokens: secrets by which programs act for a person, within scopes, until a date.

A secret is `hh_`, 43 letters of 256 random bits, and 6 letters of a checksum: whoever scans texts for leaked secrets knows one
at a glance. Only its hash is kept.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Sequence
from zlib import crc32

from server.access.scopes import Scope
from server.access.secrets import hashed
from server.jam.rejections import Conflict, InvalidInput
from server.jam.texts import NAME, clean_text
from server.vault.credentials import ApiToken
from server.vault.port import Vault

PREFIX = "hh_"
LENGTH = len(PREFIX) + 43 + 6
DAY_MS = 86_400_000
MOST_DAYS = 365
MOST_TOKENS = 20
TOUCH_MS = 60_000


def new_token() -> str:
    """A new secret."""
    body = PREFIX + secrets.token_urlsafe(32)
    return body + checksum(body)


def checksum(body: str) -> str:
    """Six letters of the CRC-32 of a secret's beginning."""
    return urlsafe_b64encode(crc32(body.encode("ascii")).to_bytes(4, "big")).decode("ascii").rstrip("=")


def is_token(secret: str) -> bool:
    """Whether this is a well-formed secret of an API token."""
    if len(secret) != LENGTH or not secret.startswith(PREFIX) or not secret.isascii():
        return False
    return secret[-6:] == checksum(secret[:-6])


class Tokens:
    """The API tokens of people. Each act concerns what is the person's own."""

    def __init__(self, vault: Vault, clock: Callable[[], int], ended: Callable[[str], None]) -> None:
        """`ended` is told the hash of a token that ended, so that its connections close at once."""
        self._vault = vault
        self._clock = clock
        self._ended = ended

    async def make(self, person_id: str, name: str, scopes: Collection[str], days: int) -> tuple[str, ApiToken]:
        """A new token and its secret, which is told this once. Every token can read: what it does answers what it changed.

        Raises `InvalidInput` or `Conflict`.
        """
        cleaned = clean_text("name", name, NAME)
        chosen = _chosen(scopes)
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput("days", f"A token lasts from 1 to {MOST_DAYS} days.")
        kept = await self.all(person_id)
        if len(kept) >= MOST_TOKENS:
            raise Conflict(f"At most {MOST_TOKENS} tokens at a time: revoke one that you don't need.")
        secret, now = new_token(), self._clock()
        token = ApiToken(
            hashed(secret), person_id, secrets.token_hex(6), cleaned, " ".join(chosen), now, now + days * DAY_MS, None
        )
        await self._vault.add_token(token)
        return secret, token

    async def all(self, person_id: str) -> Sequence[ApiToken]:
        """Those that have not ended, newest first."""
        return [one for one in await self._vault.tokens(person_id) if one.expires_at > self._clock()]

    async def revoke(self, person_id: str, id: str) -> bool:
        """Ends a token, its open connections too; False if the person has no such."""
        found = [one for one in await self._vault.tokens(person_id) if one.id == id]
        if not found or not await self._vault.end_token(person_id, id):
            return False
        self._ended(found[0].token_hash)
        return True


def _chosen(scopes: Collection[str]) -> list[str]:
    unknown = sorted({*scopes} - {scope.value for scope in Scope})
    if unknown:
        raise InvalidInput("scopes", f"There is no scope {unknown[0][:20]!r}: choose of {', '.join(Scope)}.")
    return [scope.value for scope in Scope if scope is Scope.READ or scope in scopes]
