"""A device that makes and uses passkeys, in software: what it answers is what a browser would send."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey. `counts`: its counter rises with each use, as that of a key in hardware does."""

    def __init__(self, origin: str, counts: bool = False) -> None:
        self.origin = origin
        self.id = token_bytes(32)
        self.owner = b""
        self.counter = 1 if counts else 0
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any], flags: int = PRESENT | VERIFIED, **changed: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        self.owner = unb64(options["user"]["id"])
        site = changed.get("site", options["rp"]["id"])
        public = self._key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(site, flags | ATTESTED) + attested
        client = self._client("webauthn.create", changed.get("challenge", options["challenge"]), changed.get("origin"))
        sealed = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": b64(client),
            "attestationObject": b64(sealed),
            "transports": ["internal", "hybrid", "magic"],
        }
        return self._credential(response)

    def get(self, options: dict[str, Any], flags: int = PRESENT | VERIFIED, **changed: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.counter += 1 if self._counts else 0
        data = self._data(changed.get("site", options["rpId"]), flags)
        client = self._client("webauthn.get", changed.get("challenge", options["challenge"]), changed.get("origin"))
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        owner = changed.get("owner", self.owner)
        response = {
            "clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(owner)
        }  # fmt: skip
        return self._credential(response)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def _client(self, kind: str, challenge: str, origin: str | None) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin}).encode()

    def _data(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
