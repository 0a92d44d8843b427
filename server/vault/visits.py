"""When people were last in a jam: the part of the vault port that "since you left" is told from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

VisitKey = tuple[str, str]
"""(person id, jam id)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A person in a jam. `left_seq` and `left_at` tell where the jam was when they were last there; `since_seq` and
    `since_at` where it was when their last long absence began (both 0 without one), and `is_read` that they have put away
    what happened in it.
    """

    person_id: str
    jam_id: str
    left_seq: int
    left_at: int
    since_seq: int = 0
    since_at: int = 0
    is_read: bool = True

    @property
    def key(self) -> VisitKey:
        return self.person_id, self.jam_id


class VisitVault(Protocol):
    """Whatever belongs to a person goes with the person. What is kept for unknown people is passed over."""

    async def put_visits(self, visits: Sequence[Visit]) -> None:
        """Keep visits, each in place of the one of the same person and jam."""

    async def leave_visits(self, visits: Sequence[Visit]) -> None:
        """Keep when people left; of a visit that is known only `left_seq` and `left_at` change."""

    async def visits(self, keys: Collection[VisitKey]) -> dict[VisitKey, Visit]:
        """Those of the visits that are known."""
