"""Plays acts against a server over many connections at once, as fast as it answers."""

import asyncio
import time
from collections.abc import Iterator, Sequence

import orjson

from bench.crowd.acts import Acknowledged, Act
from bench.crowd.connection import Connection, connected
from bench.plan import say
from bench.processes import BenchFailed

TELL_EVERY_S = 10.0


async def play(port: int, acts: Iterator[Act], tokens: Sequence[str], connections: int, done: Acknowledged) -> float:
    """Seconds until all acts were acknowledged. Raises `BenchFailed` at the first one that is refused."""
    lines = [await connected(port) for _ in range(connections)]
    telling = asyncio.create_task(_tell(done))
    began = time.monotonic()
    try:
        async with asyncio.TaskGroup() as group:
            for line in lines:
                group.create_task(_work(line, acts, tokens))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    finally:
        telling.cancel()
        for line in lines:
            line.close()
    return time.monotonic() - began


async def _work(line: Connection, acts: Iterator[Act], tokens: Sequence[str]) -> None:
    for act in acts:
        answer = orjson.loads(await line.ask(tokens[act.person], act.body))
        told = next(iter((answer.get("data") or {}).values()), None)
        if not told or "seq" not in told:
            raise BenchFailed(f"refused: {act.body!r} {answer}")
        act.acknowledged(told)


async def _tell(done: Acknowledged) -> None:
    before = done.acts
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        rate, before = (done.acts - before) / TELL_EVERY_S, done.acts
        counts = (
            f"{len(done.joined):,} joined, {len(done.ideas):,} ideas, {len(done.comments):,} comments, {done.votes:,} votes"
        )
        say(f"  {counts}: {rate:,.0f} a second")
