"""Collectors that stall, refuse or are not there: nothing waits for them, what is lost is counted, memory is bounded."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from time import monotonic

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from server.tracing.exporting import MOST_WAITING, Counted, ExportCounters
from server.tracing.otel import OtelTracing
from server.tracing.traceparent import place_in
from tests.tracing.collecting import collecting
from tests.tracing.test_votes import posted, traced, until, vote
from tests.web.running import free_port

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("how", ["stalls", "refuses", "is away"])
async def test_votes_do_not_wait_for_a_collector(tmp_path: Path, how: str) -> None:
    async with collecting(stalls=how == "stalls", status=503 if how == "refuses" else 200) as collector:
        url = f"http://127.0.0.1:{free_port()}/v1/traces" if how == "is away" else collector.url
        async with traced(tmp_path, url) as site, aclosing(await site.signed_in("pada")) as ada:
            for number in range(20):
                answer = await ada.post("/graphql", json=vote(await posted(ada, f"idea {number}"), f"vote-number-{number}"))
                assert answer.json()["data"]["supportIdea"]["idea"]["supportCount"] == 1
            if how != "is away":
                await until(lambda: collector.asked)
            ends_at = monotonic()
        assert monotonic() - ends_at < 10
        assert collector.spans == []


class Stalling(SpanExporter):
    """Takes what it is given, and does not come back until it is let."""

    def __init__(self) -> None:
        import threading

        self.may_go_on = threading.Event()
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.taken += len(spans)
        self.may_go_on.wait(30)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.may_go_on.set()


async def test_what_finds_no_room_is_dropped_and_counted() -> None:
    exporter, counters = Stalling(), ExportCounters()
    tracing = OtelTracing(Counted(exporter, counters), counters, 1.0, "hothouse", 0, every_ms=10)
    tracing.request("graphql", None, {}).end()
    await until(lambda: exporter.taken)
    for _ in range(MOST_WAITING + 100):
        tracing.request("graphql", None, {}).end()
    assert (counters.dropped, counters.waiting, counters.sent) == (100, MOST_WAITING, 0)
    exporter.may_go_on.set()
    await until(lambda: counters.sent == MOST_WAITING + 1)
    await tracing.close()
    assert (counters.waiting, counters.failed) == (0, 0)


async def test_the_end_does_not_wait_for_long() -> None:
    exporter, counters = Stalling(), ExportCounters()
    tracing = OtelTracing(Counted(exporter, counters), counters, 1.0, "hothouse", 0, every_ms=10)
    tracing.request("graphql", None, {}).end()
    await until(lambda: exporter.taken)
    began = asyncio.get_running_loop().time()
    await tracing.close()
    assert asyncio.get_running_loop().time() - began < 6
    exporter.may_go_on.set()


async def test_commits_that_no_tick_tells_do_not_pile_up() -> None:
    exporter, counters = Stalling(), ExportCounters()
    tracing = OtelTracing(Counted(exporter, counters), counters, 1.0, "hothouse", 0)
    for seq in range(1_000):
        span = tracing.request("graphql", None, {})
        span.will_be_told("jam:j1", seq + 1)
        span.end()
    tick = tracing.tick("j1", 1_000)
    assert tick.span is not None
    assert len(tick.span.links) == 64  # type: ignore[attr-defined]
    assert tracing.tick("j1", 1_000).span is None
    exporter.may_go_on.set()
    await tracing.close()


TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("header", "is_taken"),
    [
        (f"00-{TRACE}-{SPAN}-01", True), (f"00-{TRACE}-{SPAN}-00", True), (f" 00-{TRACE}-{SPAN}-01 ", True),
        (f"01-{TRACE}-{SPAN}-01-more", True), (f"00-{TRACE}-{SPAN}-01-more", False), (f"ff-{TRACE}-{SPAN}-01", False),
        (f"00-{'0' * 32}-{SPAN}-01", False), (f"00-{TRACE}-{'0' * 16}-01", False), (f"00-{TRACE.upper()}-{SPAN}-01", False),
        (f"00-{TRACE}-{SPAN}", False), ("", False), ("x" * 10_000, False), (f"00-{TRACE}-{SPAN}-01-{'x' * 300}", False),
    ],
)  # fmt: skip
def test_a_callers_place_is_read_as_the_standard_says(header: str, is_taken: bool) -> None:
    place = place_in(header.encode())
    assert (place is not None) == is_taken
    if place is not None:
        assert (f"{place.trace_id:032x}", f"{place.span_id:016x}") == (TRACE, SPAN)
