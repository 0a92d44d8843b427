"""What the application injects into the transport: who calls, what changed, and who may see what.

* Refused                        an answer with a code, never a fault of ours
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import HTTPConnection


class Refused(Exception):
    """The caller can't have this. Nothing was done.

    `code` is a stable name in capitals, `message` says what to do, `retry_after` is in seconds where waiting helps.
    """

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after

    @property
    def more(self) -> Mapping[str, Any]:
        """What a client is told besides."""
        return {}


class Caller(Protocol):
    """Someone signed in, by one session."""

    @property
    def person_id(self) -> str: ...

    @property
    def session_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed in (from_seq, seq]; `what` is opaque here and read by the payload's resolvers."""

    from_seq: int
    seq: int
    must_refetch: bool
    what: Any


class Feed(Protocol):
    """What changed in one jam, newest state, each entity once."""

    @property
    def jam_id(self) -> str: ...

    @property
    def seq(self) -> int:
        """Number of the last applied record."""
        ...

    def changes_since(self, after: int) -> Changes:
        """Changes in (after, seq] for any visibility class, in O(changed); `must_refetch` when too far behind."""
        ...

    def with_here(self, changes: Changes) -> Changes:
        """The same changes, telling also that the number of people here changed."""
        ...

    def concerns(self, person_id: str, after: int) -> bool:
        """Whether anything personal changed for this person after `after`; True where that is not known any more."""
        ...

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` on the event loop after every applied record."""
        ...


class Gate(Protocol):
    """Who someone is and what they may see. Decides nothing else."""

    async def caller(self, connection: HTTPConnection, token: str | None) -> Caller | None:
        """Who asks: by `token` (bearer or `connection_init`) where there is one, else by the connection's cookie."""
        ...

    def recalled(self, authorization: bytes | None, cookie: bytes | None) -> Caller | None:
        """Who sent these headers (the first of them counts) within a second and is signed in; None: `caller` is to be asked."""
        ...

    async def ended_sessions(self, session_ids: Collection[str]) -> Collection[str]:
        """Those of the sessions that are over, wherever they were ended; none where that can't be told now."""
        ...

    def context(self, caller: Caller | None) -> object:
        """GraphQL context of one person."""
        ...

    def shared_context(self, jam_id: str, visibility: Hashable) -> object:
        """GraphQL context of a visibility class, with no person in it."""
        ...

    def visibility(self, caller: Caller | None, jam_id: str) -> Hashable:
        """The caller's visibility class in a jam; raises `Refused` where the caller may not see it at all."""
        ...

    def feed(self, jam_id: str) -> Feed:
        """The jam's feed; raises `Refused` for an unknown jam."""
        ...
