"""Sealed authors: who has the private key reads them, bound to what they are of; nobody else learns even a length."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam.anonymity import hash_of
from server.jam.audit_keys import fingerprint_of, raw_key
from server.jam.rejections import InvalidInput
from server.sealing import NotSealedForThis, seal_author, unseal

FIXTURE = Path(__file__).parents[1] / "frontend/src/anonymity/sealed_by_server.json"
PRIVATE = generate_private_key(SECP256R1())


def public_of(private: EllipticCurvePrivateKey) -> tuple[str, str]:
    raw = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return fingerprint_of(raw), urlsafe_b64encode(raw).decode().rstrip("=")


def sealed(person: str, **other: Any) -> str:
    fields = {"jam": "j1", "target": "i1", "salt": token_urlsafe(16), "proof": "proof"} | other
    return seal_author(person, public_of(PRIVATE), **fields).sealed


@settings(max_examples=60, deadline=None)
@given(
    person=st.text(min_size=1, max_size=20).filter(lambda text: len(text.encode("utf-8", "ignore")) < 64 and text.isprintable())
)
def test_the_holder_of_the_key_reads_who_it_was(person: str) -> None:
    assert unseal(sealed(person), PRIVATE, "j1", "i1") == person


def test_every_seal_is_as_long_as_any_other_and_none_comes_twice() -> None:
    seals = [sealed(person) for person in ("p", "p", "p" * 63, "p1234567890123")]
    assert len({len(seal) for seal in seals}) == 1
    assert len(set(seals)) == 4


@pytest.mark.parametrize("place", [0, 1, 40, 66, 90, -1])
def test_a_seal_that_was_touched_opens_nothing(place: int) -> None:
    raw = bytearray(urlsafe_b64decode(sealed("ann") + "=="))
    raw[place] ^= 1
    with pytest.raises(NotSealedForThis):
        unseal(urlsafe_b64encode(raw).decode(), PRIVATE, "j1", "i1")


@pytest.mark.parametrize(("jam", "target"), [("j2", "i1"), ("j1", "i2"), ("j1i", "1")])
def test_a_seal_is_of_one_post_in_one_jam(jam: str, target: str) -> None:
    with pytest.raises(NotSealedForThis):
        unseal(sealed("ann"), PRIVATE, jam, target)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotSealedForThis):
        unseal(sealed("ann"), generate_private_key(SECP256R1()), "j1", "i1")


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 200])
def test_what_is_no_seal_is_none(text: str) -> None:
    with pytest.raises(NotSealedForThis):
        unseal(text, PRIVATE, "j1", "i1")


def test_the_seal_names_the_key_and_the_hash_of_the_proof() -> None:
    seal = seal_author("ann", public_of(PRIVATE), "j1", "i1", "salt", "proof")
    assert (seal.key, seal.salt, seal.proof_hash) == (public_of(PRIVATE)[0], "salt", hash_of("proof"))
    assert "ann" not in seal.sealed


def test_an_id_that_does_not_fit_is_not_cut() -> None:
    with pytest.raises(ValueError, match="this long"):
        sealed("p" * 64)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80))
def test_the_check_of_keys_is_that_of_the_library(raw: bytes) -> None:
    """`server.jam` checks points by itself, because it is pure: it takes just what can be computed with."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    for candidate in (raw, b"\x04" + raw.ljust(64, b"\1")[:64], public_raw()):
        text = urlsafe_b64encode(candidate).decode()
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), candidate)
            is_point = len(candidate) == 65
        except ValueError:
            is_point = False
        try:
            raw_key(text)
            is_taken = True
        except InvalidInput:
            is_taken = False
        assert is_taken is is_point


def public_raw() -> bytes:
    return generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def test_what_the_page_is_tested_with_was_sealed_by_this_code() -> None:
    """The same file is opened by `sealing.test.ts`: a key that a browser made, and a seal that the server made to it."""
    kept = orjson.loads(FIXTURE.read_bytes())
    private = load_der_private_key(urlsafe_b64decode(kept["privateKey"] + "=="), None)
    assert isinstance(private, EllipticCurvePrivateKey)
    assert public_of(private) == (kept["fingerprint"], kept["publicKey"])
    assert unseal(kept["sealed"], private, kept["jam"], kept["target"]) == kept["person"]
    assert hash_of(kept["proof"]) == kept["proofHash"]
