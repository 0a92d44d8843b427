"""A push service and the browsers it delivers to: a web server that looks at the tokens, and decrypts by code of its own.

What it does is written down from RFC 8030, 8188, 8291 and 8292, with nothing of the server's own: HKDF by hand.
"""

import asyncio
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def raw(value: str) -> bytes:
    return urlsafe_b64decode(value + "==")


def hkdf(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, for at most one block."""
    made = hmac.digest(hmac.digest(salt, key, sha256), info + b"\x01", sha256)
    return made[:length]


@dataclass
class Browser:
    """A browser's side of a push subscription."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def key(self) -> str:
        return text(self.point)

    def read(self, body: bytes) -> bytes:
        """The payload of a body in one record."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        key = hkdf(self.secret, shared, b"WebPush: info\0" + self.point + theirs, 32)
        content, nonce = (
            hkdf(salt, key, b"Content-Encoding: " + name + b"\0", n) for name, n in ((b"aes128gcm", 16), (b"nonce", 12))
        )
        payload = AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert payload[-1:] == b"\2", "the last record"
        return payload[:-1]


def claims_of(authorization: str) -> dict[str, Any]:
    """What a token says, if the key beside it has signed it."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    r, s = raw(signature)[:32], raw(signature)[32:]
    assert len(s) == 32
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    head, said = (json.loads(raw(part)) for part in signed.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    return {**said, "key": parts["k"]}


@dataclass(frozen=True)
class Told:
    """A message that was taken: for which browser, its headers, and what it says."""

    path: str
    headers: dict[str, str]
    letter: dict[str, Any]


@dataclass
class PushService:
    """`answers`: statuses of the next answers, 201 when there are none; 0 hangs up without an answer, and what it has taken it
    has. `retry_after`: seconds that it asks for when it refuses."""

    port: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    retry_after: int | None = None
    told: list[Told] = field(default_factory=list)
    asked: int = 0

    def endpoint(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/push/{name}"

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(f"/push/{name}", Browser())

    def letters(self, name: str = "") -> list[dict[str, Any]]:
        return [one.letter for one in self.told if one.path.endswith(name)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, path, _ = head.split(" ", 2)
            pairs = (line.partition(": ")[::2] for line in head.splitlines()[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            self.asked += 1
            status = self.answers.pop(0) if self.answers else 201
            if path not in self.browsers:
                status = 404
            if status in (0, 201):
                self.told.append(self._told(method, path, headers, body))
            if status:
                later = f"Retry-After: {self.retry_after}\r\n" if self.retry_after is not None and status >= 400 else ""
                writer.write(f"HTTP/1.1 {status} X\r\n{later}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _told(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Told:
        assert method == "POST"
        assert headers["content-encoding"] == "aes128gcm"
        assert int(headers["ttl"]) >= 0
        assert len(headers.get("topic", "")) <= 32
        assert claims_of(headers["authorization"])["aud"] == f"http://127.0.0.1:{self.port}"
        return Told(path, headers, json.loads(self.browsers[path].read(body)))


@asynccontextmanager
async def pushing() -> AsyncGenerator[PushService, None]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    async with server:
        yield service
