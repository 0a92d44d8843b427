"""Sign-in by the company's OpenID Connect provider: authorization code flow with PKCE, state and nonce.

Sources: OpenID Connect Core 1.0 (3.1: code flow, 3.1.3.7: validation of ID tokens), Discovery 1.0, RFC 7636 (PKCE),
RFC 9207 (the issuer in the answer, against mix-up).

* ProviderTrouble                the provider can't be reached, or does not speak the protocol: try again later
* SignInRefused                  the provider or our checks refused this sign-in; nothing was changed
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

METADATA_S = 3_600.0
"""How long what the provider says of itself is believed."""

KEYS_AGAIN_S = 30.0
"""An unknown key id makes us fetch the keys anew (they rotate), at most this often: else anyone could make us ask."""

TIMEOUT_S = 10.0
LEEWAY_S = 60
MOST_BYTES = 512 * 1024
SAFE_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Asymmetric ones only: with HMAC the client secret would sign, and `none` signs nothing."""


class ProviderTrouble(Exception):
    """The provider can't be used at the moment."""


class SignInRefused(Exception):
    """`code` is stable; the message is for the log, never for a page: it may hold what the provider sent."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Client:
    """Us, as the provider knows us."""

    issuer: str
    id: str
    secret: str
    redirect_uri: str
    scopes: str = "openid email profile"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to remember until it comes back."""

    url: str
    verifier: str


Now = Callable[[], float]


class Provider:
    """One provider. What it says of itself and its keys are fetched when they are needed, and remembered."""

    def __init__(self, client: Client, transport: httpx2.AsyncBaseTransport | None = None, now: Now = time.monotonic) -> None:
        self.client = client
        self._transport = transport
        self._now = now
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def begin(self, state: str, nonce: str, verifier: str, language: str) -> Begun:
        """The address at which the browser signs in."""
        metadata = await self._described()
        async with self._session() as session:
            url, _ = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                ui_locales=language,
            )
        return Begun(url, verifier)

    async def finish(self, answer: Mapping[str, str], nonce: str, verifier: str) -> Mapping[str, Any]:
        """The claims of who signed in, from the parameters with which the browser came back. Every check of the ID token
        (signature, issuer, audience, times, nonce, access token) is made before anything is believed.
        """
        metadata = await self._described()
        self._check_answer(answer, metadata)
        token = await self._redeem(answer["code"], verifier, metadata)
        claims = await self._claims(token, nonce, metadata)
        return await self._with_profile(claims, token, metadata)

    def _check_answer(self, answer: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
        if "error" in answer:
            code = "Declined" if answer["error"] in ("access_denied", "interaction_required") else "ProviderRefused"
            raise SignInRefused(code, f"the provider answered {answer['error'][:80]!r}")
        named = answer.get("iss")
        if named is None and metadata.get("authorization_response_iss_parameter_supported"):
            raise SignInRefused("MixUp", "the answer does not name its issuer")
        if named is not None and named != self.client.issuer:
            raise SignInRefused("MixUp", "the answer comes from another issuer")
        if not answer.get("code"):
            raise SignInRefused("ProviderRefused", "the answer has no code")

    async def _redeem(self, code: str, verifier: str, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            async with self._session() as session:
                token: Mapping[str, Any] = await session.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
                )
                return token
        except AuthlibBaseError as refused:
            raise SignInRefused("ProviderRefused", f"the code was refused: {refused.error}") from refused
        except (httpx2.HTTPError, ValueError) as failed:
            raise ProviderTrouble(f"the token endpoint failed: {type(failed).__name__}") from failed

    async def _claims(self, token: Mapping[str, Any], nonce: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        sealed = token.get("id_token")
        if not isinstance(sealed, str):
            raise SignInRefused("BadToken", "the provider sent no ID token")
        try:
            decoded = await self._decoded(sealed, metadata)
            required = {"iss": {"essential": True, "value": self.client.issuer}, "aud": {"essential": True}}
            known = {"nonce": nonce, "client_id": self.client.id, "access_token": token.get("access_token")}
            claims = CodeIDToken(decoded.claims, decoded.header, required, known)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as refused:
            raise SignInRefused("BadToken", f"the ID token was refused: {refused!s:.200}") from refused
        self._check_audience(decoded.claims)
        return dict(decoded.claims)

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        """It is for us; a token for several names us as the party that asked (`azp`)."""
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self.client.id not in audience or (len(audience) > 1 and claims.get("azp") != self.client.id):
            raise SignInRefused("BadToken", "the ID token is for someone else")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise SignInRefused("BadToken", "the ID token names nobody")

    async def _decoded(self, sealed: str, metadata: Mapping[str, Any]) -> jwt.Token:
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[name for name in offered if name in SAFE_ALGORITHMS], strict_check_header=False)
        keys = await self._key_set(metadata)
        try:
            return jwt.decode(sealed, keys, registry=registry)
        except (InvalidKeyIdError, ValueError):
            if self._keys is None or self._now() - self._keys[0] < KEYS_AGAIN_S:
                raise
            self._keys = None
            return jwt.decode(sealed, await self._key_set(metadata), registry=registry)

    async def _key_set(self, metadata: Mapping[str, Any]) -> KeySet:
        if self._keys is None or self._now() - self._keys[0] > METADATA_S:
            fetched = await self._fetch(metadata["jwks_uri"])
            try:
                self._keys = (self._now(), KeySet.import_key_set(fetched))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as bad:
                raise ProviderTrouble("the provider's keys can't be read") from bad
        return self._keys[1]

    async def _with_profile(
        self, claims: dict[str, Any], token: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """With what the userinfo endpoint adds. Its subject must be the ID token's, or it is somebody else's profile."""
        endpoint, access = metadata.get("userinfo_endpoint"), token.get("access_token")
        if not isinstance(endpoint, str) or not isinstance(access, str) or "email" in claims:
            return claims
        profile = await self._fetch(endpoint, {"Authorization": f"Bearer {access}"})
        if profile.get("sub") != claims["sub"]:
            raise SignInRefused("BadToken", "the profile is of another subject")
        return {**profile, **claims}

    async def _described(self) -> Mapping[str, Any]:
        """The provider's metadata. Raises `ProviderTrouble` where it speaks of another issuer, or lacks what we need."""
        if self._metadata is None or self._now() - self._metadata[0] > METADATA_S:
            fetched = await self._fetch(f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
            if fetched.get("issuer") != self.client.issuer:
                raise ProviderTrouble("the provider calls itself by another name than HOTHOUSE_OIDC_ISSUER")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not _is_safe(fetched.get(name), self.client.issuer):
                    raise ProviderTrouble(f"the provider has no safe {name}")
            self._metadata = (self._now(), fetched)
        return self._metadata[1]

    async def _fetch(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            async with (
                httpx2.AsyncClient(timeout=TIMEOUT_S, transport=self._transport) as http,
                http.stream("GET", url, headers=headers) as response,
            ):
                response.raise_for_status()
                body = b""
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise ProviderTrouble("the provider sent more than a sign-in needs")
                found = httpx2.Response(200, content=body).json()
        except (httpx2.HTTPError, ValueError) as failed:
            raise ProviderTrouble(f"the provider can't be reached: {type(failed).__name__}") from failed
        if not isinstance(found, dict):
            raise ProviderTrouble("the provider sent no JSON object")
        return found

    def _session(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client.id,
            self.client.secret,
            scope=self.client.scopes,
            redirect_uri=self.client.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            transport=self._transport,
        )


def _is_safe(url: object, issuer: str) -> bool:
    """HTTPS; plain HTTP only where the issuer itself is (a provider on this machine, for tests)."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return bool(parts.netloc) and (parts.scheme == "https" or urlsplit(issuer).scheme == parts.scheme == "http")
