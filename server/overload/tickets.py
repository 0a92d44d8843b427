"""Tickets of the waiting room: when somebody came, signed, so that no worker has to remember them and nobody can come earlier.

A ticket says nothing of who holds it. It is `issued at (ms) . nonce . HMAC-SHA256 of the two`, in base64url.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

NONCE_BYTES = 9
SEAL_BYTES = 16
LENGTH = 8 + NONCE_BYTES + SEAL_BYTES


@dataclass(frozen=True, slots=True)
class Ticket:
    """`at` is when its holder came, in ms since 1970; `text` is what they show."""

    at: int
    text: str


class Tickets:
    """All workers of a store have the same `key`: so a ticket is good at each of them."""

    def __init__(self, key: bytes, purpose: bytes = b"waiting room") -> None:
        self._key = hmac.digest(key, purpose, sha256)

    def issue(self, at: int, nonce: bytes | None = None) -> Ticket:
        """A new ticket."""
        body = at.to_bytes(8, "big") + (token_bytes(NONCE_BYTES) if nonce is None else nonce)
        return Ticket(at, urlsafe_b64encode(body + self._seal(body)).decode())

    def read(self, text: str | None) -> Ticket | None:
        """The ticket, or None for anything that was not issued here."""
        if text is None or len(text) != len(urlsafe_b64encode(bytes(LENGTH))):
            return None
        try:
            data = urlsafe_b64decode(text)
        except (Error, ValueError):
            return None
        body, seal = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
        if len(data) != LENGTH or not hmac.compare_digest(seal, self._seal(body)):
            return None
        return Ticket(int.from_bytes(body[:8], "big"), text)

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, sha256)[:SEAL_BYTES]
