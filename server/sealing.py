"""Sealing an author: a person's id encrypted so that only the holder of a jam's audit key can read it.

The scheme is ECIES with an ephemeral key for each seal: ECDH on P-256, HKDF-SHA256 (RFC 5869) over the shared x coordinate with
both public keys as salt, AES-256-GCM with what is sealed (jam, idea or comment) as associated data. The key is used once, so
the nonce is derived with it. What browsers have of it is in `frontend/src/anonymity/sealing.ts`; the two are tested
against each other.

    seal = base64url( 1 | ephemeral public key, 65 bytes | ciphertext of 64 bytes | tag, 16 bytes )

The server can make seals and can't open them: it never has the private key. `unseal` is for tests, and for whoever has a
private key and no browser.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.jam.anonymity import Seal, hash_of
from server.jam.audit_keys import raw_key

CURVE = SECP256R1()
VERSION = b"\x01"
POINT, PADDED, TAG, KEY, NONCE = 65, 64, 16, 32, 12
INFO = b"hothouse author seal 1"


class NotSealedForThis(Exception):
    """The seal is damaged, for another key, or of another idea or comment."""


def seal_author(person: str, key: tuple[str, str], jam: str, target: str, salt: str, proof: str) -> Seal:
    """The seal on `person` as the author of `target` in `jam`. `key` is the (fingerprint, public part) of the audit key; every
    seal has the same length, and no two look alike.
    """
    fingerprint, public = key
    their_key = EllipticCurvePublicKey.from_encoded_point(CURVE, raw_key(public))
    ephemeral = generate_private_key(CURVE)
    own = _raw(ephemeral.public_key())
    key_bytes, nonce = _secrets(ephemeral.exchange(ECDH(), their_key), own + _raw(their_key))
    encrypted = AESGCM(key_bytes).encrypt(nonce, _padded(person), _bound_to(jam, target))
    return Seal(fingerprint, urlsafe_b64encode(VERSION + own + encrypted).decode("ascii").rstrip("="), salt, hash_of(proof))


def unseal(sealed: str, private: EllipticCurvePrivateKey, jam: str, target: str) -> str:
    """The id of the person. Raises `NotSealedForThis`."""
    try:
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        if raw[:1] != VERSION or len(raw) != 1 + POINT + PADDED + TAG:
            raise NotSealedForThis
        ephemeral = EllipticCurvePublicKey.from_encoded_point(CURVE, raw[1 : 1 + POINT])
        key, nonce = _secrets(private.exchange(ECDH(), ephemeral), raw[1 : 1 + POINT] + _raw(private.public_key()))
        plain = AESGCM(key).decrypt(nonce, raw[1 + POINT :], _bound_to(jam, target))
    except (ValueError, InvalidTag) as error:
        raise NotSealedForThis from error
    return plain[1 : 1 + plain[0]].decode()


def _secrets(shared: bytes, salt: bytes) -> tuple[bytes, bytes]:
    derived = HKDF(SHA256(), KEY + NONCE, salt, INFO).derive(shared)
    return derived[:KEY], derived[KEY:]


def _padded(person: str) -> bytes:
    """One byte of length, the id, zeros: the length of an id would tell whose it is."""
    id = person.encode()
    if len(id) >= PADDED:
        raise ValueError("an id this long can't be sealed")
    return (bytes([len(id)]) + id).ljust(PADDED, b"\0")


def _bound_to(jam: str, target: str) -> bytes:
    return f"{jam}\0{target}".encode()


def _raw(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
