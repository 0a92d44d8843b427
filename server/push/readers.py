"""Who is told things, kept in memory and brought up to date from the vault: other processes and machines change it too."""

from server.vault.port import Vault
from server.vault.pushes import READERS_AT_ONCE, PushReader


class Readers:
    """Those with a wish and, as far as is known, a device."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: dict[str, PushReader] = {}
        self._people: list[str] = []
        self._position = 0

    def __len__(self) -> int:
        return len(self._people)

    async def refresh(self) -> None:
        """Learn of all who are new or were changed."""
        is_all = False
        while not is_all:
            found = await self._vault.push_readers(self._position)
            self._known |= {reader.wish.person_id: reader for reader in found.readers}
            self._position, is_all = found.position, len(found.readers) < READERS_AT_ONCE
        self._people = list(self._known)

    def slice(self, start: int, size: int) -> list[PushReader]:
        """Some of them, in an order that stays until the next `refresh`."""
        people = self._people[start : start + size]
        return [self._known[person] for person in people if person in self._known]

    def put(self, reader: PushReader) -> None:
        """Somebody is as this process has just made them."""
        self._known[reader.wish.person_id] = reader

    def forget(self, person_id: str) -> None:
        """Somebody has no device any more; with a new one they are among the changed again."""
        self._known.pop(person_id, None)
