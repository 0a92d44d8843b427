"""How many different people are here, and from where."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Protocol


class Watcher(Protocol):
    """Is told of each person once: when their first subscription of a jam begins, and when their last one ends."""

    def came(self, person_id: str, jam_id: str) -> None: ...
    def left(self, person_id: str, jam_id: str) -> None: ...


class Presence:
    """Counts people, each once however many subscriptions they have, all of them and by origin. Every call is O(1).

    `origin_of` tells of a person what they are counted under besides; it is asked when they come, and what it told is what
    they are counted under until they leave.
    """

    __slots__ = ("_by_origin", "_here", "_jam_id", "_origin_of", "_origins", "_watcher", "has_changed")

    def __init__(
        self, jam_id: str = "", origin_of: Callable[[str], Hashable] = lambda person_id: None, watcher: Watcher | None = None
    ) -> None:
        self._jam_id = jam_id
        self._origin_of = origin_of
        self._watcher = watcher
        self._here: Counter[str] = Counter()
        self._origins: dict[str, Hashable] = {}
        self._by_origin: Counter[Hashable] = Counter()
        self.has_changed = False

    def __len__(self) -> int:
        return len(self._here)

    @property
    def by_origin(self) -> Counter[Hashable]:
        """How many are here of each origin; not to be changed."""
        return self._by_origin

    def enter(self, person_id: str) -> None:
        """One more subscription of a person."""
        self._here[person_id] += 1
        if self._here[person_id] == 1:
            self._came(person_id)

    def leave(self, person_id: str) -> None:
        """One fewer."""
        self._here[person_id] -= 1
        if self._here[person_id] <= 0:
            self._left(person_id)

    def _came(self, person_id: str) -> None:
        self.has_changed = True
        origin = self._origins[person_id] = self._origin_of(person_id)
        self._by_origin[origin] += 1
        if self._watcher is not None:
            self._watcher.came(person_id, self._jam_id)

    def _left(self, person_id: str) -> None:
        self.has_changed = True
        del self._here[person_id]
        origin = self._origins.pop(person_id)
        self._by_origin[origin] -= 1
        if self._by_origin[origin] <= 0:
            del self._by_origin[origin]
        if self._watcher is not None:
            self._watcher.left(person_id, self._jam_id)
