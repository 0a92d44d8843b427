"""What takes long to count: worked out in small steps while the jam goes on, once for all who ask for the same, and kept."""

import asyncio
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

SHARE = 0.05
"""Of one core, at most, goes into one count: what took 0.2 s is kept for 4."""

T = TypeVar("T")
Steps = Iterator[T | None]
"""None after each step, and the count at last."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    """A count in the making, or made; `spent`: seconds of work in it so far; `done_at` is None while it is made, or failed."""

    task: asyncio.Task[T]
    spent: float = 0.0
    done_at: float | None = None


class Counts(Generic[T]):
    """Keeps each count for `fresh_s` seconds after it was made, or longer."""

    def __init__(self, fresh_s: float, clock: Callable[[], float]) -> None:
        self._fresh_s = fresh_s
        self._clock = clock
        self._kept: dict[Hashable, _Kept[T]] = {}

    def of(self, key: Hashable, begin: Callable[[], Steps[T]]) -> asyncio.Task[T]:
        """The count of this key, made or in the making. Shield it before you wait for it: others do as well."""
        kept = self._kept.get(key)
        if kept is None or self._is_old(kept):
            self._forget()
            kept = self._kept[key] = _Kept(asyncio.create_task(self._make(key, begin())))
        return kept.task

    async def _make(self, key: Hashable, steps: Steps[T]) -> T:
        kept = self._kept[key]
        while True:
            begun = time.perf_counter()
            count = next(steps)
            kept.spent += time.perf_counter() - begun
            if count is not None:
                kept.done_at = self._clock()
                return count
            await asyncio.sleep(0)

    def _is_old(self, kept: _Kept[T]) -> bool:
        if not kept.task.done():
            return False
        return kept.done_at is None or self._clock() - kept.done_at > max(self._fresh_s, kept.spent / SHARE)

    def _forget(self) -> None:
        """What nobody has asked for again in time."""
        for key in [key for key, kept in self._kept.items() if self._is_old(kept)]:
            del self._kept[key]
