"""Who is here in each jam, on all workers together: each tells the others the numbers of the members that it has."""

import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from server.jam.state import JamState
from server.live.presence import Presence

Bits = NDArray[np.bool_]
"""By member number, whether the member is here."""

NOBODY: Bits = np.zeros(0, dtype=np.bool_)
MOST_BYTES = 16 * 1024 * 1024
"""Of member numbers in one note, unpacked: no jam has so many members."""


def packed(numbers: Iterable[int]) -> bytes:
    """Member numbers in few bytes: 10,000 of 150,000 take about 9 KB; b"" for none."""
    places = np.fromiter(numbers, dtype=np.int64)
    if not len(places):
        return b""
    bits = np.zeros(int(places.max()) + 1, dtype=np.bool_)
    bits[places] = True
    return zlib.compress(np.packbits(bits).tobytes(), 1)


def unpacked(body: bytes) -> Bits:
    """The same as bits."""
    if not body:
        return NOBODY
    data = zlib.decompressobj().decompress(body, MOST_BYTES)
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8)).astype(np.bool_)


class Gathering:
    """`make` makes the presence of a jam; `changed` is called with the id of a jam in which others came or left elsewhere."""

    def __init__(
        self, jam_of: Callable[[str], JamState | None], make: Callable[[str], Presence], changed: Callable[[str], None]
    ) -> None:
        self._jam_of = jam_of
        self._make = make
        self._changed = changed
        self._presences: dict[str, Presence] = {}
        self._told: dict[str, tuple[int, bytes]] = {}
        self._heard: dict[tuple[str, str], Bits] = {}

    def presence(self, jam_id: str) -> Presence:
        """The presence of a jam, the same one each time."""
        found = self._presences.get(jam_id)
        if found is None:
            found = self._presences[jam_id] = self._make(jam_id)
        return found

    def here(self, jam_id: str) -> int:
        """How many different people follow a jam now, on all workers."""
        found = self._presences.get(jam_id)
        return 0 if found is None else len(found)

    def origins(self, jam_id: str) -> Mapping[Hashable, int]:
        """How many of them there are of each origin."""
        found = self._presences.get(jam_id)
        return {} if found is None else found.by_origin

    # ---- between workers

    def tell(self) -> Mapping[str, bytes]:
        """Who is here on this worker, by jam."""
        return {jam_id: body for jam_id, one in self._presences.items() if (body := self._body(jam_id, one))}

    def _body(self, jam_id: str, presence: Presence) -> bytes:
        version, body = self._told.get(jam_id, (-1, b""))
        state = self._jam_of(jam_id)
        if version != presence.version and state is not None:
            known = (state.member_numbers.get(person) for person in presence.on_this_worker)
            body = packed(number for number in known if number is not None)
            self._told[jam_id] = (presence.version, body)
        return body

    def hear(self, worker: str, jam_id: str, body: bytes) -> None:
        """Another worker has these people here. Of members of whom this worker does not know yet it is heard again."""
        state = self._jam_of(jam_id)
        if state is None:
            return
        before, now = self._heard.get((worker, jam_id), NOBODY), unpacked(body)[: len(state.members)]
        if not self._follow(self.presence(jam_id), state, before, now):
            return
        if len(now):
            self._heard[worker, jam_id] = now
        else:
            self._heard.pop((worker, jam_id), None)
        self._changed(jam_id)

    def _follow(self, presence: Presence, state: JamState, before: Bits, now: Bits) -> bool:
        """Count what is different; whether anything is."""
        size = max(len(before), len(now))
        old, new = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
        old[: len(before)], new[: len(now)] = before, now
        different = np.flatnonzero(old != new).tolist()
        for number in different:
            person = state.members[number].person
            if new[number]:
                presence.enter_elsewhere(person)
            else:
                presence.leave_elsewhere(person)
        return bool(different)
