"""Anonymous posts of a world, without the cryptography: the seal is any text, and a proof is a name."""

from base64 import urlsafe_b64encode
from typing import Any

from server.jam import commands as c
from server.jam import ids
from server.jam.anonymity import POSTING, Seal, hash_of, pseudonym_of
from server.jam.audit_keys import fingerprint_of
from tests.jam.world import World

BASE_POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The base point of P-256 (SP 800-186 section 3.2.1.3), which is as good a key as any here."""

ITS_OPPOSITE = BASE_POINT[:33] + (2**256 - 2**224 + 2**192 + 2**96 - 1 - int.from_bytes(BASE_POINT[33:], "big")).to_bytes(
    32, "big"
)


def written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


KEY, OTHER_KEY = written(BASE_POINT), written(ITS_OPPOSITE)


def author(proof: str, jam: str = "j1") -> str:
    return pseudonym_of(jam, hash_of(proof))


def seal(proof: str, key: bytes = BASE_POINT) -> Seal:
    return Seal(fingerprint_of(key), f"sealed for {proof}", f"salt of {proof}", hash_of(proof))


def open_for_all(world: World) -> None:
    """Switches anonymous posting on."""
    world.do(c.SetAuditKey, "org", public=KEY)
    world.do(c.SetAnonymousPosting, "org", on=True)


def idea_fields(world: World, poster: str, proof: str, **given: Any) -> dict[str, Any]:
    fields = {"topic": world.topic, "title": "Unnamed", "body": "", "poster": poster, "seal": seal(proof), "id": POSTING}
    return fields | given


def post(world: World, poster: str, proof: str = "proof", **given: Any) -> str:
    """Posts an idea without a name; its id."""
    return world.make(ids.IDEA, c.PostAnonymousIdea, author(proof), **idea_fields(world, poster, proof, **given))


def comment(world: World, idea: str, poster: str, proof: str = "proof of a comment", **given: Any) -> str:
    fields = {"idea": idea, "body": "Unsigned", "poster": poster, "seal": seal(proof), "id": POSTING} | given
    return world.make(ids.COMMENT, c.PostAnonymousComment, author(proof), **fields)


def mine(poster: str, proof: str = "proof") -> dict[str, str]:
    """What shows that something posted without a name is one's own."""
    return {"poster": poster, "proof_hash": hash_of(proof)}
