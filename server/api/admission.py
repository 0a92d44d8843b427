"""What the transports ask before they do something: whether there is room for it. Who answers is injected.

* Overloaded                     refused because there is too much to do; nothing was done
"""

from collections.abc import Mapping
from typing import Any, Protocol

from server.api.documents import Prepared
from server.live.ports import Caller, Refused

CODE = "OVERLOADED"
Headers = Mapping[bytes, bytes]


class Overloaded(Refused):
    """There is too much to do for this. `what` is the name of what is done without just now; come back in `retry_after` s."""

    def __init__(self, what: str, message: str, retry_after: float) -> None:
        super().__init__(CODE, message, retry_after)
        self.what = what

    @property
    def more(self) -> dict[str, Any]:
        """What clients are told besides."""
        return {"what": self.what}


class Admission(Protocol):
    """Asked by HTTP and by sockets. A write that was entered is always left, whatever became of it."""

    @property
    def is_full(self) -> bool:
        """Whether a write would be refused now: then even looking at who asks is too much."""
        ...

    def hold_back(self, prepared: Prepared, caller: Caller | None) -> None:
        """Before a query is executed. Raises `Overloaded`."""
        ...

    def room_for(self, headers: Headers, caller: Caller | None = None) -> None:
        """Before a write; `caller` where that is known. Raises `Overloaded`."""
        ...

    def enter(self) -> None:
        """A write is taken in hand."""
        ...

    def leave(self, seconds: float) -> None:
        """A write is done, so long after it came in."""
        ...

    def known(self, headers: Headers, caller: Caller | None) -> None:
        """These headers were found to be this person's: some have priority, and are let through by them from now on."""
        ...

    def may_connect(self, headers: Headers) -> bool:
        """Whether another live connection may be opened now."""
        ...

    def told(self) -> dict[str, Any] | None:
        """What pages are told with a pong; None while there is nothing to tell."""
        ...


class Open:
    """Lets everything in."""

    is_full = False

    def hold_back(self, prepared: Prepared, caller: Caller | None) -> None:
        pass

    def room_for(self, headers: Headers, caller: Caller | None = None) -> None:
        pass

    def enter(self) -> None:
        pass

    def leave(self, seconds: float) -> None:
        pass

    def known(self, headers: Headers, caller: Caller | None) -> None:
        pass

    def may_connect(self, headers: Headers) -> bool:
        return True

    def told(self) -> dict[str, Any] | None:
        return None
