"""How many different people are here, and from where."""

from collections import Counter
from collections.abc import Callable, Hashable, KeysView
from typing import Protocol


class Watcher(Protocol):
    """Is told of each person once: when their first subscription of a jam on this worker begins, and when their last ends."""

    def came(self, person_id: str, jam_id: str) -> None: ...
    def left(self, person_id: str, jam_id: str) -> None: ...


class Presence:
    """Counts people, each once however many subscriptions they have on however many workers, all of them and by origin.

    `origin_of` tells of a person what they are counted under besides; it is asked when they come, and what it told is what
    they are counted under until they leave. `version` is another one after each change of who is here on this worker.
    Every call is O(1).
    """

    __slots__ = ("_by_origin", "_elsewhere", "_here", "_jam_id", "_origin_of", "_origins", "_watcher", "has_changed", "version")

    def __init__(
        self, jam_id: str = "", origin_of: Callable[[str], Hashable] = lambda person_id: None, watcher: Watcher | None = None
    ) -> None:
        self._jam_id = jam_id
        self._origin_of = origin_of
        self._watcher = watcher
        self._here: Counter[str] = Counter()
        self._elsewhere: Counter[str] = Counter()
        self._origins: dict[str, Hashable] = {}
        self._by_origin: Counter[Hashable] = Counter()
        self.has_changed = False
        self.version = 0

    def __len__(self) -> int:
        """How many there are on all workers, as far as this one has heard."""
        return len(self._origins)

    @property
    def by_origin(self) -> Counter[Hashable]:
        """How many are here of each origin; not to be changed."""
        return self._by_origin

    @property
    def on_this_worker(self) -> KeysView[str]:
        """Who is here on this worker."""
        return self._here.keys()

    def enter(self, person_id: str) -> None:
        """One more subscription of a person."""
        self._here[person_id] += 1
        if self._here[person_id] == 1:
            self.version += 1
            self._count(person_id)
            if self._watcher is not None:
                self._watcher.came(person_id, self._jam_id)

    def leave(self, person_id: str) -> None:
        """One fewer."""
        self._here[person_id] -= 1
        if self._here[person_id] <= 0:
            del self._here[person_id]
            self.version += 1
            self._count_no_more(person_id)
            if self._watcher is not None:
                self._watcher.left(person_id, self._jam_id)

    def enter_elsewhere(self, person_id: str) -> None:
        """A person is here on one more of the other workers."""
        self._elsewhere[person_id] += 1
        self._count(person_id)

    def leave_elsewhere(self, person_id: str) -> None:
        """On one fewer."""
        self._elsewhere[person_id] -= 1
        if self._elsewhere[person_id] <= 0:
            del self._elsewhere[person_id]
            self._count_no_more(person_id)

    def _count(self, person_id: str) -> None:
        if person_id not in self._origins:
            self.has_changed = True
            origin = self._origins[person_id] = self._origin_of(person_id)
            self._by_origin[origin] += 1

    def _count_no_more(self, person_id: str) -> None:
        if person_id in self._here or person_id in self._elsewhere:
            return
        self.has_changed = True
        origin = self._origins.pop(person_id)
        self._by_origin[origin] -= 1
        if self._by_origin[origin] <= 0:
            del self._by_origin[origin]
