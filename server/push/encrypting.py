"""Payloads that only the browser can read: RFC 8291 (the keys) over RFC 8188 (`aes128gcm`), in one record."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4_096
"""Bytes of the one record, which push services must take (RFC 8030, 7.2)."""

SALT, AUTH, POINT, TAG = 16, 16, 65, 16
LONGEST = RECORD - (SALT + 4 + 1 + POINT) - TAG - 1
"""Bytes of a payload, so that the whole body is within a record's size."""


class BadKey(ValueError):
    """A device's key or secret can't be one."""


def decoded(text: str) -> bytes:
    """Bytes from base64url, with or without padding. Raises `BadKey`."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadKey("not base64url") from None


def encoded(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as an uncompressed point, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def device_key(text: str) -> ec.EllipticCurvePublicKey:
    """The public key of a device (`p256dh`). Raises `BadKey`."""
    point = decoded(text)
    if len(point) != POINT:
        raise BadKey("an uncompressed P-256 point has 65 bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadKey("not a point of the curve P-256") from None


def device_secret(text: str) -> bytes:
    """The authentication secret of a device (`auth`). Raises `BadKey`."""
    secret = decoded(text)
    if len(secret) != AUTH:
        raise BadKey("the secret has 16 bytes")
    return secret


def encrypt(
    payload: bytes, key: str, secret: str, ours: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body for a device. `ours` and `salt` are new for each; they are given only to compare with the RFC's example.

    Raises `BadKey`, or `ValueError` for more than `LONGEST` bytes.
    """
    if len(payload) > LONGEST:
        raise ValueError(f"a payload has at most {LONGEST} bytes, not {len(payload)}")
    theirs, auth = device_key(key), device_secret(secret)
    ours, salt = ours or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(SALT)
    our_point = point_of(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    secret_key = _derived(auth, shared, b"WebPush: info\x00" + point_of(theirs) + our_point, 32)
    content_key = _derived(salt, secret_key, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, secret_key, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(our_point)]) + our_point
    # The delimiter 2 says that this record is the last one (RFC 8188, 2).
    return header + AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)


def _derived(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)
