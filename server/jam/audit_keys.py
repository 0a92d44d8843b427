"""What an audit key may be: a point of the curve P-256, as browsers export it.

The curve is y² = x³ - 3x + b over the integers modulo p (FIPS 186-5, SP 800-186 section 3.2.1.3). A point that is not on it
would let whoever made it learn something of what is sealed, and what is sealed to it could never be opened.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256

from server.jam.rejections import InvalidInput

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
BYTES = 32
UNCOMPRESSED = 4
FINGERPRINT = 32

WRONG = "This is no audit key: make one on the page of the jam's organizers, which exports it as 65 bytes in base64url."


def raw_key(public: str) -> bytes:
    """The 65 bytes of an uncompressed point of the curve. Raises `InvalidInput` for anything else."""
    try:
        raw = urlsafe_b64decode(public + "=" * (-len(public) % 4))
    except (Error, ValueError) as error:
        raise InvalidInput("publicKey", WRONG) from error
    if len(raw) != 2 * BYTES + 1 or raw[0] != UNCOMPRESSED or not _is_on_curve(raw):
        raise InvalidInput("publicKey", WRONG)
    return raw


def _is_on_curve(raw: bytes) -> bool:
    x, y = int.from_bytes(raw[1 : BYTES + 1], "big"), int.from_bytes(raw[BYTES + 1 :], "big")
    return x < P and y < P and (y * y - (x * x * x - 3 * x + B)) % P == 0


def fingerprint_of(raw: bytes) -> str:
    """What people compare: the first half of the key's SHA-256, in hexadecimal."""
    return sha256(raw).hexdigest()[:FINGERPRINT]


def canonical(raw: bytes) -> str:
    """The key in base64url without padding: one way to write it only."""
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")
