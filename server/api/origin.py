"""Which pages may act with somebody's cookie."""

from urllib.parse import urlsplit


def is_allowed(origin: str | None, hosts: frozenset[str]) -> bool:
    """Whether a page of `origin` may use the cookie. Browsers always name one where it matters; others needn't."""
    return origin is None or urlsplit(origin).netloc.lower() in hosts
