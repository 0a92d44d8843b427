"""Finished HTTP answers: a status, a block of headers that was spelled once, and a body."""

from collections.abc import Iterable
from dataclasses import dataclass

Pair = tuple[bytes, bytes]


class Block:
    """Headers, all but Content-Length: as pairs for ASGI's `send`, and spelled as they go out."""

    __slots__ = ("pairs", "spelled")

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = tuple(pairs)
        self.spelled = b"".join(b"%b: %b\r\n" % pair for pair in self.pairs)

    def plus(self, *pairs: Pair) -> "Block":
        """The same headers and more."""
        return Block((*self.pairs, *pairs)) if pairs else self


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. One with 304 has no body, and none of the headers that would tell of one."""

    status: int
    body: bytes
    block: Block

    @property
    def headers(self) -> list[Pair]:
        """All headers, in a list of their own: whoever sends them may add some."""
        length = () if self.status == 304 else ((b"content-length", b"%d" % len(self.body)),)
        return [*self.block.pairs, *length]

    @property
    def head(self) -> bytes:
        """All headers as they go out, with the empty line that ends them."""
        if self.status == 304:
            return self.block.spelled + b"\r\n"
        return b"%bcontent-length: %d\r\n\r\n" % (self.block.spelled, len(self.body))
