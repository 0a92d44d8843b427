"""What people sign in with besides links and sessions: company accounts, passkeys, API tokens; and tickets, which tie the two
halves of a sign-in together. The part of the vault port that is about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """An account at the company's provider that stands for a person. `granted` is JSON: what the provider's claims gave
    them at their last sign-in, so that it can be taken back when the claims are gone.
    """

    issuer: str
    subject: str
    person_id: str
    created_at: int
    granted: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key on a person's device or in their key chain. `id` is the credential id in base64url, `public_key` is COSE."""

    id: str
    person_id: str
    public_key: bytes
    sign_count: int
    transports: str
    name: str
    is_synced: bool
    created_at: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A secret for a program that acts for a person; only its hash is kept. `scopes` are names with a space between."""

    token_hash: str
    person_id: str
    id: str
    name: str
    scopes: str
    created_at: int
    expires_at: int
    used_at: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a sign-in that has begun must remember until it ends; taken once. `browser_hash` binds it to one browser."""

    token_hash: str
    kind: str
    browser_hash: str | None
    body: str
    expires_at: int


class IdentityTaken(Exception):
    """The provider's account stands for another person already: nothing was written."""


class CredentialVault(Protocol):
    """Whatever belongs to a person goes with the person. Unknown people raise `KeyError`, and nothing is written."""

    async def identity(self, issuer: str, subject: str) -> Identity | None:
        """The account, or None."""

    async def identities(self, person_id: str) -> list[Identity]:
        """The accounts of a person, sorted by issuer and subject."""

    async def put_identity(self, identity: Identity) -> None:
        """Keep an account, or what it was granted. Raises `KeyError`, or `IdentityTaken`: it never changes hands."""

    async def passkey(self, id: str) -> Passkey | None:
        """The passkey, or None."""

    async def passkeys(self, person_id: str) -> list[Passkey]:
        """The passkeys of a person, oldest first."""

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a passkey; False if there is one with its id, whoever owns it. Raises `KeyError`."""

    async def use_passkey(self, id: str, sign_count: int, used_at: int) -> bool:
        """Note a use. False where the counter is not above the one known (and not both 0): the key may have been copied."""

    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool:
        """Rename a person's own passkey; False if they have no such."""

    async def delete_passkey(self, person_id: str, id: str) -> bool:
        """Remove a person's own passkey; False if they have no such."""

    async def add_token(self, token: ApiToken) -> None:
        """Keep an API token. Raises `KeyError`."""

    async def token(self, token_hash: str, now: int) -> ApiToken | None:
        """The token, or None if it is unknown, ended or expired."""

    async def tokens(self, person_id: str) -> list[ApiToken]:
        """The tokens of a person, newest first; expired ones too, until they are swept."""

    async def touch_tokens(self, used: Mapping[str, int]) -> None:
        """Note when tokens were used last (ms), by their hashes, all at once."""

    async def end_token(self, person_id: str, id: str) -> bool:
        """End a person's own token; False if they have no such."""

    async def add_ticket(self, ticket: Ticket) -> None:
        """Keep a ticket."""

    async def take_ticket(self, token_hash: str, kind: str, now: int) -> Ticket | None:
        """Use a ticket up: of any number who take it, one gets it; None if it is unknown, used, expired or of another kind."""
