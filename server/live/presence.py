"""How many different people are here."""

from collections import Counter


class Presence:
    """Counts people, each once however many subscriptions they have. Every call is O(1)."""

    __slots__ = ("_here", "has_changed")

    def __init__(self) -> None:
        self._here: Counter[str] = Counter()
        self.has_changed = False

    def __len__(self) -> int:
        return len(self._here)

    def enter(self, person_id: str) -> None:
        """One more subscription of a person."""
        self._here[person_id] += 1
        self.has_changed |= self._here[person_id] == 1

    def leave(self, person_id: str) -> None:
        """One fewer."""
        self._here[person_id] -= 1
        if self._here[person_id] <= 0:
            del self._here[person_id]
            self.has_changed = True
