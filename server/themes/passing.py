"""What the workers of a store tell each other about themes: how much waits, and that somebody asked for a grouping.

It goes by the notes of workers, which reach every machine within seconds. What is told is no secret and may be lost: who asked
asks again.
"""

import time
from collections.abc import Callable, Mapping

import msgspec

ASKED_FOR_S = 20.0
"""How long a wish for a grouping is told: the notes are looked at every few seconds."""


class Progress(msgspec.Struct, array_like=True, frozen=True):
    """Of one jam: ideas that wait for their place, and whether a grouping is under way."""

    backlog: int = 0
    is_grouping: bool = False


NOTHING = Progress()


class Passing:
    """`progress` is that of the jams that this worker leads, by id; `asked` is called with the id of a jam for which another
    worker was asked to have it grouped, and with a text that is another one for each time it was asked.
    """

    def __init__(
        self,
        progress: Callable[[], Mapping[str, Progress]],
        asked: Callable[[str], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._asked = asked
        self._seconds = seconds
        self._heard: dict[str, dict[str, Progress]] = {}
        self._wishes: dict[str, tuple[bytes, float]] = {}
        self._answered: dict[tuple[str, str], bytes] = {}

    def of(self, jam_id: str) -> Progress:
        """What others have told of a jam."""
        told = self._heard.get(jam_id, {}).values()
        return Progress(max((one.backlog for one in told), default=0), any(one.is_grouping for one in told))

    def wish(self, jam_id: str) -> None:
        """Somebody asked this worker for a grouping: whoever leads the jam is to know."""
        now = self._seconds()
        self._wishes[jam_id] = (repr(now).encode(), now + ASKED_FOR_S)

    def tell_progress(self) -> Mapping[str, bytes]:
        """What there is to tell of the jams that this worker leads."""
        return {jam: msgspec.msgpack.encode(one) for jam, one in self._progress().items() if one != NOTHING}

    def hear_progress(self, worker: str, jam_id: str, body: bytes) -> None:
        """What another worker tells of a jam; b"" for nothing. Raises `ValueError` for what is nothing of the kind."""
        heard = self._heard.setdefault(jam_id, {})
        heard.pop(worker, None)
        if body:
            heard[worker] = msgspec.msgpack.decode(body, type=Progress)
        if not heard:
            del self._heard[jam_id]

    def tell_wishes(self) -> Mapping[str, bytes]:
        """What was asked of this worker lately."""
        now = self._seconds()
        self._wishes = {jam: (wish, until) for jam, (wish, until) in self._wishes.items() if until > now}
        return {jam: wish for jam, (wish, _) in self._wishes.items()}

    def hear_wish(self, worker: str, jam_id: str, body: bytes) -> None:
        """Somebody asked another worker; each wish is passed on once, however often it is heard."""
        if not body:
            self._answered.pop((worker, jam_id), None)
        elif self._answered.get((worker, jam_id)) != body:
            self._answered[worker, jam_id] = body
            self._asked(jam_id)
