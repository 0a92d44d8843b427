"""What people have begun to write, kept in the vault until they post or discard it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.vault.port import Draft, Vault


@dataclass(frozen=True, slots=True)
class VaultDrafts:
    vault: Vault
    clock: Callable[[], int]

    async def save(self, person_id: str, jam_id: str, key: str, body: str) -> None:
        """Keeps the draft; an empty one is forgotten."""
        if body:
            await self.vault.put_draft(Draft(person_id, jam_id, key, body, self.clock()))
        else:
            await self.vault.delete_draft(person_id, jam_id, key)

    async def all(self, person_id: str, jam_id: str) -> Sequence[tuple[str, str, int]]:
        found = await self.vault.drafts(person_id, jam_id)
        return [(draft.key, draft.body, draft.updated_at) for draft in found]
