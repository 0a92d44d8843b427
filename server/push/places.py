"""Up to where a person was told of each jam, as their mark keeps it: JSON from jam to place."""

import json
from dataclasses import dataclass

from server.push.happenings import Place
from server.vault.pushes import PushMark


@dataclass(frozen=True, slots=True)
class Places:
    known: dict[str, list[int]]

    @classmethod
    def of(cls, mark: PushMark) -> "Places":
        return cls(json.loads(mark.places))

    def of_jam(self, jam_id: str) -> Place:
        """The beginning for a jam of which nothing was told; what is from before the wish is not told in any case."""
        return Place(*self.known.get(jam_id, ()))

    def moved(self, jam_id: str, place: Place) -> str:
        """The same with another place in one jam, for the mark."""
        return json.dumps({**self.known, jam_id: list(place)}, sort_keys=True)
