"""The workers of a machine tell each other which records are traced, so that the ticks of all of them are in the trace."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from server.app.leasing_parts import Leasing
from server.tracing.traceparent import Place

if TYPE_CHECKING:
    from server.tracing.otel import OtelTracing

QUESTION = "traced"
MOST = 256
"""Records that wait to be told of; of more than these the others do not hear."""


class Traced(msgspec.Struct, array_like=True):
    """A record of a jam that ends at `seq`, and the place of its commit: ids of 16 and 8 bytes."""

    jam_id: str
    seq: int
    trace_id: bytes
    span_id: bytes


class TracesOfOthers:
    """Tells and hears."""

    def __init__(self, tracing: "OtelTracing", leasing: Leasing) -> None:
        self._tracing = tracing
        self._leasing = leasing
        self._waiting: deque[Traced] = deque(maxlen=MOST)
        self._telling: asyncio.Task[None] | None = None

    def tell(self, jam_id: str, seq: int, commit: Place) -> None:
        """The others hear of it, at once or with what comes while they are told of others."""
        if len(self._leasing.leases.workers) < 2:
            return
        self._waiting.append(Traced(jam_id, seq, commit.trace_id.to_bytes(16), commit.span_id.to_bytes(8)))
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell(), name="traces")

    async def hear(self, body: bytes) -> bytes:
        """What another worker tells. Raises `msgspec.DecodeError`."""
        for one in msgspec.msgpack.decode(body, type=list[Traced]):
            self._tracing.heard(one.jam_id, one.seq, Place(int.from_bytes(one.trace_id), int.from_bytes(one.span_id)))
        return b""

    async def _tell(self) -> None:
        try:
            while self._waiting:
                told = list(self._waiting)
                self._waiting.clear()
                await self._leasing.answers_of_others(QUESTION, msgspec.msgpack.encode(told))
        finally:
            self._telling = None


def tell_of_traces(tracing: "OtelTracing", leasing: Leasing) -> None:
    """From now on."""
    between = TracesOfOthers(tracing, leasing)
    tracing.tell_others = between.tell
    leasing.peers.answer(QUESTION, between.hear)
