"""Secrets in links and cookies: only their hashes are ever kept."""

import secrets
from hashlib import sha256


def new_secret() -> str:
    """A secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash is enough."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_person_id() -> str:
    """The id of a person; it says nothing about them."""
    return "p" + secrets.token_hex(8)
