"""Ids: short, prefixed by what they name, and derived from the command that made the thing.

An id derived from (actor, command id) makes creation idempotent for ever: the same command sent twice names the same idea.
Command ids that people choose are unique in a jam at best, so the id of such a command names its jam too.
"""

from base64 import b32encode
from hashlib import blake2b

JAM, TOPIC, IDEA, COMMENT, REPORT, ANNOUNCEMENT, THEME, CIRCLE, INVITATION, PERSON, RUN, PROPOSAL, MEMBER_ACT, HOOK = (
    "j", "t", "i", "c", "r", "a", "h", "o", "v", "p", "g", "q", "b", "k",
)  # fmt: skip

SYSTEM = "system"
"""The actor of commands that no person gave: recorded groupings, imports, the first organizer."""


def derive_id(prefix: str, *parts: str) -> str:
    """An id of 14 characters, the same for the same parts; 65 bits, so that 46,000 ideas do not collide."""
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8, person=b"hothouse-id").digest()
    return prefix + b32encode(digest).decode("ascii").rstrip("=").lower()


def command_key(actor: str, command_id: str) -> int:
    """What the state remembers of a command, to answer a repetition: 63 bits of (actor, command id)."""
    digest = blake2b(f"{actor}\0{command_id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
