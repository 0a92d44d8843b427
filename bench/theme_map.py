"""Measures the answer of a theme map of InnovationJam's size: point by point and in columns.

For each: CPU of making the finished bytes, how long other work on the loop waits at most meanwhile, bytes, and bytes as gzip
sends them. In one process, so that the ratios hold on a busy machine.

Run: .venv/bin/python -m bench.theme_map [--ideas N]
"""

import argparse
import asyncio
import gzip
import logging
import tempfile
import time
from pathlib import Path
from random import Random
from typing import cast

from schema import schema
from schema.context import Context
from schema.direct import DirectFields
from server.api.documents import Documents
from server.api.execution import Engine, encoded
from server.app.build import build
from server.app.clock import wall_clock
from server.jam.apply import apply
from server.jam.events import IdeaPosted
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.state import JamState
from server.jam.visibility import EVERYONE
from server.sample.load import SLUG, load_sample
from server.settings import Settings

POINTS = """query($jam: ID!) { themeMap(jamId: $jam) {
  runId points { ideaId x y themeId supportCount postedAt } } }"""
COLUMNS = """query($jam: ID!) { themeMap(jamId: $jam) { runId columns {
  seq count ideaIds x y themeIds themes subthemes supports origin posted languageCodes languages titles } } }"""
RUNS = 5


def posted(id: str, at: int, topic: str, author: str) -> IdeaPosted:
    text = {"title": "A title of usual length, in words", "body": "", "language": "en"}
    return IdeaPosted(at=at, idea=id, topic=topic, author=author, parents=(), audience=EVERYONE, **text)


def grow(state: JamState, count: int) -> None:
    """Ideas with places, as many as are wanted, in the memory of this process only."""
    random, topic, author = Random(1), next(iter(state.topics)), state.members[0].person
    while len(state.ideas) < count:
        id = f"i{random.randrange(32**12):012x}"
        apply(state, posted(id, state.created_at + 1000 * len(state.ideas), topic, author))
    for idea in state.ideas:
        idea.x, idea.y = random.random(), random.random()


async def longest_wait(stop: asyncio.Event) -> float:
    """Seconds that a task which always wants its turn had to wait for it at most."""
    longest, before = 0.0, time.perf_counter()
    while not stop.is_set():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest


async def measured(engine: Engine, text: str, jam: str, context: Context) -> tuple[float, float, bytes]:
    """(CPU seconds, longest wait of others in seconds, the answer)."""
    prepared, stop = Documents(schema._schema).prepare(text, None, None), asyncio.Event()
    other = asyncio.create_task(longest_wait(stop))
    await asyncio.sleep(0.01)
    started = time.process_time()
    body = encoded(await engine.run(prepared, {"jam": jam}, context))
    took = time.process_time() - started
    stop.set()
    return took, await other, body


async def run(ideas: int, folder: Path) -> None:
    now = wall_clock()
    async with build(Settings(data=folder, theme_workers=0), lambda: now) as server:
        await load_sample(server.store, server.vault, now, 2006)
        state = server.store.by_slug(SLUG)
        assert state is not None
        grow(state, ideas)
        engine = Engine(schema._schema, DirectFields())
        context = cast("Context", server.hub.gate.shared_context(state.id, VisibilityClass(Role.SPONSOR, Relation.EMPLOYEE)))
        print(f"{ideas} points      CPU ms   others wait ms         bytes     gzipped")
        for name, text in (("one by one", POINTS), ("in columns", COLUMNS)):
            runs = []
            for _ in range(RUNS):
                runs.append(await measured(engine, text, state.id, context))
                context.services.maps._kept.clear()  # made anew each time
            took, waited, body = min(run[0] for run in runs), min(run[1] for run in runs), runs[0][2]
            print(f"{name:<12}{1e3 * took:15,.1f}{1e3 * waited:17,.1f}{len(body):14,}{len(gzip.compress(body, 6)):12,}")


def main() -> None:
    parser = argparse.ArgumentParser(description="The theme map, point by point and in columns.")
    parser.add_argument("--ideas", type=int, default=46_000, help="how many points (default: 46,000)")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(asked.ideas, Path(folder)))


if __name__ == "__main__":
    main()
