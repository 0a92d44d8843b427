"""What an operation may have to wait for that only its resolvers find out."""

import asyncio
from typing import Any


class NotYet(BaseException):
    """Raised by a resolver where what it tells is still being worked out: the operation is executed anew when `until` is done.

    No Exception: nothing on the way may take it for a fault of the field. Only for queries, which change nothing; whoever
    raises it has the result at hand the next time.
    """

    def __init__(self, until: "asyncio.Future[Any]") -> None:
        super().__init__("still being worked out")
        self.until = until
