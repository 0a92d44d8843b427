"""What a person manages about their own account: where they are signed in, with which passkeys, what acts for them."""

from collections.abc import Callable, Sequence

from server.access.sessions import Sessions
from server.access.tokens import Tokens
from server.vault.credentials import ApiToken, Passkey
from server.vault.port import Session, Vault

SHOWN = 16
"""Letters of a session's hash that name it to its owner."""


class Accounts:
    """Each act concerns what is the person's own; what belongs to others is not found."""

    def __init__(
        self, vault: Vault, sessions: Sessions, tokens: Tokens, hang_up: Callable[[str], None], clock: Callable[[], int]
    ) -> None:
        self._vault = vault
        self._sessions = sessions
        self._tokens = tokens
        self._hang_up = hang_up
        self._clock = clock

    async def sessions(self, person_id: str) -> Sequence[tuple[str, Session]]:
        """Where the person is signed in, the one used last first, each with the name by which it can be ended."""
        kept = await self._vault.sessions(person_id)
        return [(one.token_hash[:SHOWN], one) for one in kept if one.expires_at > self._clock()]

    async def end_session(self, person_id: str, name: str) -> bool:
        """Ends a session at once, its open connections too; False if the person has no such."""
        ended = [one for shown, one in await self.sessions(person_id) if shown == name]
        for one in ended:
            await self._end(one)
        return bool(ended)

    async def end_other_sessions(self, person_id: str, kept: str) -> None:
        """Ends all sessions of the person but the one with the hash `kept`."""
        for _, one in await self.sessions(person_id):
            if one.token_hash != kept:
                await self._end(one)

    async def passkeys(self, person_id: str) -> Sequence[Passkey]:
        """The person's passkeys, oldest first."""
        return await self._vault.passkeys(person_id)

    async def rename_passkey(self, person_id: str, id: str, name: str) -> bool:
        return await self._vault.rename_passkey(person_id, id, name)

    async def remove_passkey(self, person_id: str, id: str) -> bool:
        return await self._vault.delete_passkey(person_id, id)

    async def tokens(self, person_id: str) -> Sequence[ApiToken]:
        """The person's API tokens that have not ended, newest first."""
        return await self._tokens.all(person_id)

    async def revoke_token(self, person_id: str, id: str) -> bool:
        """Ends a token at once, its open connections too; False if the person has no such."""
        return await self._tokens.revoke(person_id, id)

    async def _end(self, session: Session) -> None:
        await self._sessions.end(session.token_hash)
        self._hang_up(session.token_hash)
