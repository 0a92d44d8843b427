"""The sending side of one connection."""

from typing import TYPE_CHECKING, Protocol

from server.live.frames import header
from server.live.outlets import Outlet

if TYPE_CHECKING:
    from server.live.groups import Member


class Operation(Protocol):
    """Something a client asked for that goes on until either side ends it."""

    def end(self) -> None:
        """Stop it; nothing is sent."""
        ...


class Line:
    """What one connection is owed: its operations by id, and what waits to go out in one write."""

    __slots__ = ("closed", "members", "operations", "outlet", "pending", "stuck_bytes", "stuck_since")

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.operations: dict[str, Operation] = {}
        self.members: list[Member] = []
        self.pending: list[bytes] = []
        self.closed = False
        self.stuck_since = 0.0
        self.stuck_bytes = 0

    def post(self, message: bytes) -> None:
        """Send one message now, after whatever waits."""
        if not self.closed:
            self.flush()
            self.outlet.post(message)

    def hold(self, prefix: bytes, tail: bytes) -> None:
        """Keep a message for the next `flush`; under plain ASGI send it at once."""
        if self.closed:
            return
        if self.outlet.send_now is None:
            self.outlet.post(prefix + tail)
        else:
            self.pending.append(header(len(prefix) + len(tail)) + prefix + tail)

    def flush(self) -> bool:
        """Send what waits in one write; False when nothing does or nobody is there."""
        pending, send_now = self.pending, self.outlet.send_now
        if not pending or self.closed or send_now is None:
            return False
        frames = pending[0] if len(pending) == 1 else b"".join(pending)
        pending.clear()
        try:
            sent = send_now(frames)
        except OSError:
            sent = 0
        return sent == len(frames) or self.outlet.push(frames[sent:])

    def end(self, operation_id: str) -> None:
        """Stop an operation, if it still runs."""
        operation = self.operations.pop(operation_id, None)
        if operation is not None:
            operation.end()

    def end_all(self) -> None:
        """Stop everything: the connection is gone or going."""
        self.closed = True
        self.pending.clear()
        for operation in list(self.operations.values()):
            operation.end()
        self.operations.clear()

    def close(self, code: int, reason: str, linger: float) -> None:
        """Stop everything and close with a code; cut the connection `linger` seconds later."""
        if not self.closed:
            self.flush()
            self.end_all()
            self.outlet.close(code, reason, linger)

    def is_stalled(self, now: float, most_seconds: float) -> bool:
        """Whether a reader that lags has taken nothing for `most_seconds`; to be asked as long as it lags."""
        size = self.outlet.buffered()
        if not self.stuck_bytes or size < self.stuck_bytes:
            self.stuck_bytes, self.stuck_since = size, now
        return now - self.stuck_since > most_seconds

    def recovered(self) -> None:
        """The reader reads again."""
        self.stuck_bytes = 0
