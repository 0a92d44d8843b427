"""What a document and a request may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Limits of one document. `list_sizes` maps "Type.field" to how many items that list is taken to hold."""

    depth: int = 12
    aliases: int = 30
    tokens: int = 4_000
    cost: int = 20_000
    list_size: int = 10
    list_sizes: Mapping[str, int] = field(default_factory=dict)
    introspection: bool = False
    cached_documents: int = 1_000
    cached_characters: int = 1_000_000


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Limits of one HTTP request; `allowed_hosts` are the host[:port] of pages that may use the cookie."""

    allowed_hosts: frozenset[str] = frozenset()
    body_bytes: int = 256 * 1024
    development: bool = False
