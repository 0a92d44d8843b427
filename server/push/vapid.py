"""Who sends: tokens signed with the server's key, by which a push service knows that it is the one the browser agreed to.

RFC 8292. The key is made at the first start and kept in the vault, or given by a setting. A browser's agreement is with this
key: with another one, everybody has to agree again.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from server.push.encrypting import decoded, encoded, point_of
from server.vault.pushes import PushVault

GOOD_FOR_S = 12 * 3_600
"""A token is good for so long, of at most a day (RFC 8292, 2)."""

RENEWED_S = 6 * 3_600
MOST = 200
"""Tokens that are remembered, one a push service."""

BYTES = 32


def new_key() -> str:
    """A private key, base64url."""
    return _text(ec.generate_private_key(ec.SECP256R1()))


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key. Raises `ValueError`."""
    raw = decoded(text.strip())
    if len(raw) != BYTES:
        raise ValueError("a VAPID key is 32 bytes in base64url")
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def _text(key: ec.EllipticCurvePrivateKey) -> str:
    return encoded(key.private_numbers().private_value.to_bytes(BYTES, "big"))


class Vapid:
    """`contact`: a mailto: or https: address where a push service reaches whoever runs the server. `load` it before use."""

    def __init__(self, contact: str, clock: Callable[[], int]) -> None:
        self._signer: ECKey | None = None
        self._contact = contact
        self._clock = clock
        self._tokens: dict[str, tuple[int, str]] = {}
        self.public_key = ""
        """What a browser agrees to be told by (`applicationServerKey`), base64url."""

    async def load(self, vault: PushVault, given: str = "") -> None:
        """The server's key: the one that is given, else the vault's, which is made where there is none."""
        private = read_key(given.strip() or await vault.push_key(new_key()))
        self._signer = ECKey.import_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.public_key = encoded(point_of(private.public_key()))

    def authorization(self, endpoint: str) -> str:
        """The header for a request to an endpoint."""
        parts = urlsplit(endpoint)
        return f"vapid t={self._token(f'{parts.scheme}://{parts.netloc}')}, k={self.public_key}"

    def _token(self, audience: str) -> str:
        now_s = self._clock() // 1_000
        made_s, token = self._tokens.get(audience, (0, ""))
        if not made_s <= now_s < made_s + RENEWED_S:
            assert self._signer is not None  # loaded at the start
            claims = {"aud": audience, "exp": now_s + GOOD_FOR_S, "sub": self._contact}
            token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._signer)
            if len(self._tokens) >= MOST:
                self._tokens.clear()
            self._tokens[audience] = (now_s, token)
        return token
