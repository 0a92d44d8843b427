"""For how long the certificate holds that people's browsers are shown: looked at from outside, once an hour."""

import asyncio
import ssl
from urllib.parse import urlsplit

import structlog
from cryptography.x509 import load_pem_x509_certificate

log = structlog.get_logger()
LOOK_EVERY_MS = 3_600_000
WITHIN_S = 5.0
DAY_MS = 86_400_000


class Certificate:
    """The one of the server's public address; there is none where that is not https."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._address = (parts.hostname or "", parts.port or 443) if parts.scheme == "https" else None
        self._ends_at: int | None = None
        self._looked_at: int | None = None

    async def days_left(self, now: int) -> float | None:
        """Days from `now` (ms), less than 0 for one that is over; None where none can be looked at."""
        if self._address is None:
            return None
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY_MS:
            self._looked_at = now
            self._ends_at = await asyncio.to_thread(_ends_at, self._address)
        return None if self._ends_at is None else (self._ends_at - now) / DAY_MS


def _ends_at(address: tuple[str, int]) -> int | None:
    try:
        shown = ssl.get_server_certificate(address, timeout=WITHIN_S)
        ends = load_pem_x509_certificate(shown.encode()).not_valid_after_utc
    except (OSError, ValueError) as error:
        log.warning("the certificate of the public address can't be looked at", error=type(error).__name__)
        return None
    return int(1_000 * ends.timestamp())
