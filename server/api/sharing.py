"""Which answers are the same for many people, and until when: told by the application, which alone knows the jams."""

from collections.abc import Hashable
from typing import Any, NamedTuple, Protocol

from server.api.documents import Prepared
from server.live.ports import Caller

Version = tuple[int, ...]
"""How new an answer is. Of two versions of a share the greater is the newer, where the clock is not set back."""


class Share:
    """People who are given the same answers about one jam. There is one object for each jam and visibility class.

    It is compared by identity, for that is asked of every request.
    """

    __slots__ = ("jam_id", "visibility")

    def __init__(self, jam_id: str, visibility: Hashable) -> None:
        self.jam_id = jam_id
        self.visibility = visibility

    def __repr__(self) -> str:
        return f"Share({self.jam_id!r}, {self.visibility!r})"


class Sight(NamedTuple):
    """What one caller is to be shown of a jam now.

    What everyone of `share` is given is good while `shown` is the same, which is a tick; what goes with something of the
    caller's own has to be of this very moment, and is good while `shown` and `seq` are the same.
    """

    share: Share
    shown: Version
    seq: int


class Sharing(Protocol):
    """The application's part."""

    def about(self, prepared: Prepared, variables: dict[str, Any]) -> str | None:
        """The one jam that the answer is about, but for what is the caller's own; it stays that jam. None where there is no
        such jam (yet). Raises `DocumentRefused` where the variables don't fit.
        """
        ...

    def sight(self, jam_id: str, caller: Caller | None) -> Sight | None:
        """What the caller is to be shown; None where they may not see the jam, and so share nothing."""
        ...
