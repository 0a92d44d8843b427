"""Passkeys (WebAuthn level 3): a key pair on the person's device signs in, and neither a password nor a mail is needed.

The device verifies its owner (finger, face or PIN), so a passkey alone is enough. Challenges are good once, for five minutes,
and for the browser that asked.

* PasskeyRefused                 with a stable code; nothing was changed
"""

from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import orjson
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from server.access.secrets import hashed, new_secret
from server.jam.texts import NAME
from server.vault.credentials import Passkey, Ticket
from server.vault.port import PersonRecord, Vault

MAKING, USING = "passkey-new", "passkey"
MINUTES = 5
MOST = 20
"""Passkeys of one person."""

RELYING_PARTY = "Hothouse"


class PasskeyRefused(Exception):
    """`code` is one of Unavailable, TooMany, TooLate, NotAccepted, Unknown, Copied."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Offer:
    """`options` (JSON) go to the browser's `navigator.credentials`; `secret` into a cookie until it answers."""

    options: str
    secret: str


def site_of(url: str) -> str | None:
    """The relying party's id: the host of our address. None where it is a number, which browsers take no passkeys for."""
    host = urlsplit(url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host or None
    return None


class Passkeys:
    """Makes, checks and uses passkeys of people at this site."""

    def __init__(self, vault: Vault, url: str, clock: Callable[[], int]) -> None:
        parts = urlsplit(url)
        self._vault = vault
        self._clock = clock
        self._site = site_of(url)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    @property
    def are_possible(self) -> bool:
        """Whether a browser makes passkeys for this server's address."""
        return self._site is not None

    def now(self) -> int:
        """Milliseconds since 1970."""
        return self._clock()

    # ------------------------------------------------------------------------------------------------------- a new one
    async def offer_new(self, person: PersonRecord) -> Offer:
        """Begins to make a passkey for a person. Raises `PasskeyRefused`."""
        site, known = self._here(), await self._vault.passkeys(person.id)
        if len(known) >= MOST:
            raise PasskeyRefused("TooMany", f"You have {MOST} passkeys: please remove one that you do not use any more.")
        options = webauthn.generate_registration_options(
            rp_id=site,
            rp_name=RELYING_PARTY,
            user_id=person.id.encode(),
            user_name=person.email or person.name,
            user_display_name=person.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[_descriptor(key) for key in known],
        )
        secret = await self._remember(MAKING, options.challenge, {"person": person.id})
        return Offer(options_to_json(options), secret)

    async def take_new(self, person_id: str, answer: Mapping[str, Any], secret: str | None, name: str) -> Passkey:
        """Keeps the passkey that the browser made. Raises `PasskeyRefused`."""
        challenge, body = await self._recall(MAKING, answer, secret)
        if body.get("person") != person_id:
            raise PasskeyRefused("TooLate", "This was begun by someone else: please begin again.")
        made = self._verified(answer, challenge)
        key = Passkey(
            id=bytes_to_base64url(made.credential_id),
            person_id=person_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=" ".join(_transports(answer)),
            name=name[:NAME],
            is_synced=made.credential_backed_up,
            created_at=self._clock(),
            used_at=None,
        )
        if not await self._vault.add_passkey(key):
            raise PasskeyRefused("NotAccepted", "This key is in use already.")
        return key

    def _verified(self, answer: Mapping[str, Any], challenge: bytes) -> VerifiedRegistration:
        try:
            return webauthn.verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._here(),
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as refused:
            raise PasskeyRefused("NotAccepted", "This device's key was not accepted: please try another one.") from refused

    # --------------------------------------------------------------------------------------------------------- signing in
    async def offer(self) -> Offer:
        """Begins a sign-in by whichever passkey the person chooses: who they are is not asked, and not told."""
        options = webauthn.generate_authentication_options(
            rp_id=self._here(), user_verification=UserVerificationRequirement.REQUIRED
        )
        secret = await self._remember(USING, options.challenge, {})
        return Offer(options_to_json(options), secret)

    async def take(self, answer: Mapping[str, Any], secret: str | None) -> str:
        """The id of the person whose passkey answered. Raises `PasskeyRefused`."""
        challenge, _ = await self._recall(USING, answer, secret)
        key = await self._vault.passkey(str(answer.get("id", ""))[:1024])
        if key is None:
            raise PasskeyRefused("Unknown", "This passkey is not known here: it may have been removed.")
        try:
            used = webauthn.verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._here(),
                expected_origin=self._origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=0,  # the vault compares it, in one step with keeping the new one
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as refused:
            raise PasskeyRefused("NotAccepted", "The passkey was not accepted: please try again.") from refused
        if _handle(answer) not in (None, key.person_id):
            raise PasskeyRefused("NotAccepted", "The passkey is of another person.")
        if not await self._vault.use_passkey(key.id, used.new_sign_count, self._clock()):
            raise PasskeyRefused("Copied", "This passkey was used elsewhere too: please sign in another way, and remove it.")
        return key.person_id

    # ---------------------------------------------------------------------------------------------------------- challenges
    def _here(self) -> str:
        if self._site is None:
            raise PasskeyRefused("Unavailable", "Passkeys need an address with a name: this server is reached by a number.")
        return self._site

    async def _remember(self, kind: str, challenge: bytes, body: Mapping[str, str]) -> str:
        secret = new_secret()
        expires_at = self._clock() + MINUTES * 60_000
        ticket = Ticket(hashed(bytes_to_base64url(challenge)), kind, hashed(secret), orjson.dumps(body).decode(), expires_at)
        await self._vault.add_ticket(ticket)
        return secret

    async def _recall(self, kind: str, answer: Mapping[str, Any], secret: str | None) -> tuple[bytes, dict[str, str]]:
        """The challenge that the browser says it answers, if it is ours, fresh, and was asked of this browser."""
        said = _challenge(answer)
        ticket = await self._vault.take_ticket(hashed(said), kind, self._clock()) if said else None
        if ticket is None or secret is None or not compare_digest(hashed(secret), ticket.browser_hash or ""):
            raise PasskeyRefused("TooLate", "That took too long: please begin again.")
        return base64url_to_bytes(said), orjson.loads(ticket.body)


def _challenge(answer: Mapping[str, Any]) -> str:
    """What the browser says was asked of it; "" where it says nothing readable."""
    try:
        data = answer["response"]["clientDataJSON"]
        said = orjson.loads(urlsafe_b64decode(data + "=" * (-len(data) % 4)))["challenge"]
    except (KeyError, TypeError, ValueError, BadBase64):
        return ""
    return said if isinstance(said, str) and len(said) <= 200 else ""


def _handle(answer: Mapping[str, Any]) -> str | None:
    """The person whom the device names along with the key, if it names one."""
    found = answer["response"].get("userHandle")
    if not found:
        return None
    try:
        return base64url_to_bytes(found).decode("utf-8", "replace")
    except (TypeError, ValueError, AttributeError):
        return ""


def _transports(answer: Mapping[str, Any]) -> list[str]:
    known = {one.value for one in AuthenticatorTransport}
    found = answer["response"].get("transports")
    return [one for one in found if one in known] if isinstance(found, list) else []


def _descriptor(key: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(one) for one in key.transports.split()]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id), transports=transports or None)
