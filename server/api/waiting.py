"""What an operation may have to wait for that only its resolvers find out."""

import asyncio
from contextvars import ContextVar
from typing import Any


class NotYet(BaseException):
    """Raised by a resolver where what it tells is still being worked out: the operation is executed anew when `until` is done.

    No Exception: nothing on the way may take it for a fault of the field. Whoever raises it has the result at hand the next
    time. Not while `DONE_ONCE` holds: a mutation would be carried out twice.
    """

    def __init__(self, until: "asyncio.Future[Any]") -> None:
        super().__init__("still being worked out")
        self.until = until


DONE_ONCE: ContextVar[bool] = ContextVar("done_once", default=False)
"""Whether what is executed can't be executed anew, as it changes something or has waited enough: resolvers answer at once."""
