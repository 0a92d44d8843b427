"""What the vault says of a whole person: all that is kept about them, and that something about them has changed.

The part of the vault port that is about that.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, Any]

CHANGES_KEPT_MS = 86_400_000
"""A server that was away for longer than this reads everybody anew, as it does at its start."""


class PeopleChanges(NamedTuple):
    """Ids of people who were changed, and the position from which to ask on. An id may come again."""

    ids: Sequence[str]
    position: int


class OwnVault(Protocol):
    """Every adapter finds what belongs to a person by what its stores say of owners: a new kind of thing is found by itself."""

    async def belongings(self, person_id: str) -> dict[str, list[Row]]:
        """All that is kept for a person, by kind (`people`, `sessions` …), each a row by its fields, in a fixed order.

        What is made from the rest (the words that names are found by) is left out. Empty for an unknown person.
        """

    async def people_position(self) -> int:
        """Where `changed_people` stands now."""

    async def changed_people(self, after: int) -> PeopleChanges:
        """Who was changed after a position, by this or any other process. Erasures are told by the organization's journal."""

    async def kinds_with(self, text: str) -> list[str]:
        """The kinds of things (tables, collections) in which a text occurs. Reads everything: a proof that it is gone."""

    async def wipe(self) -> None:
        """See to it that what was erased is not left in the store's files either, as far as the store can.

        Raises `VaultUnavailable` where readers hold it up for longer than some seconds: then it is to be asked again.
        """
