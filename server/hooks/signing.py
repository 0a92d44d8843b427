"""Signatures of webhooks: HMAC-SHA256 over the time and the body. Nobody else can tell things, nor tell old ones again."""

import hmac
from hashlib import sha256

TOLERANCE_S = 300


def signature(secret: str, at_s: int, body: bytes) -> str:
    """The value of the header `Hothouse-Signature` for a body sent at `at_s` (seconds since 1970)."""
    return f"t={at_s},v1={_mac(secret, at_s, body)}"


def is_genuine(secret: str, header: str, body: bytes, now_s: int, tolerance_s: int = TOLERANCE_S) -> bool:
    """Whether a header signs this body, within `tolerance_s` seconds: what a receiver checks."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    at = parts.get("t", "")
    if not at.isdecimal() or abs(now_s - int(at)) > tolerance_s:
        return False
    return hmac.compare_digest(_mac(secret, int(at), body).encode(), parts.get("v1", "").encode())


def _mac(secret: str, at_s: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at_s}.".encode() + body, sha256).hexdigest()
