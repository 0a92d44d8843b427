"""Measures what executing an operation costs: by graphql-core, compiled, and the limit, spelling finished data as JSON.

On the sample jam, with the services of a real server. Each figure is the time that a tenth of the runs stay under: other
work on the machine only adds to it. The means are run in turn, so that ratios within one run hold.

Run: .venv/bin/python -m bench.execution [--runs N]
"""

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

import orjson

from schema import schema
from schema.direct import DirectFields
from server.api.compiling import compile_operation
from server.api.documents import Documents, Prepared
from server.api.execution import Engine, encoded
from server.app.build import Server, build
from server.app.clock import wall_clock
from server.jam.changes import IDEA
from server.jam.commands import RecordGrouping
from server.jam.ids import SYSTEM
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.state import JamState
from server.live.delta import LiveDelta
from server.live.ports import Changes
from server.sample.load import SLUG, load_sample
from server.settings import Settings

THEMES = 9
CARD = """
fragment IdeaCard on Idea {
  __typename id seq title body language topic { id } author { id name relation country role }
  audience { kind relations circleId } postedAt editedAt editedAfterVotes versionCount status statusReason supportCount
  commentCount buildOnCount isPinned isFeatured isLocked parents { id } mergedInto { id } theme { id } viewerCanSupport
  viewerCanComment viewerCanBuildOn viewerCanModerate
}"""
TEN_FIELDS = """
query($jam: ID!) { jam(id: $jam) { ideas(first: 20) { edges { node {
  id title body postedAt status supportCount commentCount author { name } topic { id } viewerCanSupport
} } } } }"""
BOARD = f"""
query($jam: ID!, $order: IdeaOrder!, $topicId: ID, $language: String, $first: Int!, $after: String) {{ jam(id: $jam) {{
  id seq serverTime ideas(order: $order, topicId: $topicId, language: $language, first: $first, after: $after) {{
    edges {{ cursor node {{ ...IdeaCard }} }} pageInfo {{ hasNextPage endCursor }} totalCount
}} }} }} {CARD}"""
TICK = f"""
subscription($jam: ID!, $after: Int!) {{ jamChanges(jamId: $jam, afterSeq: $after) {{
  fromSeq seq mustRefetch serverTime ideas {{ ...IdeaCard }} removedIds
}} }} {CARD}"""
MAP = """
query($jam: ID!) { themeMap(jamId: $jam) { runId points { ideaId x y themeId title language supportCount postedAt } } }"""


class Case(NamedTuple):
    """An operation to measure, with its variables, and its root if it is a tick."""

    name: str
    text: str
    variables: dict[str, Any]
    root: Any = None


def tick_of(state: JamState, count: int) -> Changes:
    """As if just these many ideas had changed."""
    changed = tuple((IDEA, idea.id) for idea in state.ideas[:count])
    return Changes(state.seq - 1, state.seq, False, LiveDelta(state, changed, state.seq - 1))


def cases(state: JamState) -> list[Case]:
    of_jam: dict[str, Any] = {"jam": state.id}
    board = of_jam | {"order": "HOT", "topicId": None, "first": 20}
    return [
        Case("board, 20 ideas × 10 fields", TEN_FIELDS, of_jam),
        Case("board, 20 idea cards", BOARD, board),
        Case("tick, 1 idea card", TICK, of_jam | {"after": 0}, tick_of(state, 1)),
        Case("tick, 10 idea cards", TICK, of_jam | {"after": 0}, tick_of(state, 10)),
        Case(f"map, {sum(idea.x is not None for idea in state.ideas)} points", MAP, of_jam),
    ]


def finished(engine: Engine, prepared: Prepared, case: Case, context: object) -> bytes:
    """The answer in bytes. Nothing in it is waited for, so no event loop is needed."""
    running = engine.run(prepared, case.variables, context, case.root)
    try:
        running.send(None)
    except StopIteration as done:
        return encoded(done.value)
    raise RuntimeError(f"{case.name} waits for something")


def in_turn(means: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Microseconds of each, the means taken in turn."""
    took: dict[str, list[float]] = {name: [] for name in means}
    for _ in range(runs):
        for name, act in means.items():
            started = time.perf_counter()
            act()
            took[name].append((time.perf_counter() - started) * 1e6)
    return {name: quantiles(times, n=10)[0] for name, times in took.items()}


def grouping_of(state: JamState) -> RecordGrouping:
    """Every idea in one of a few themes, and on the map."""
    themes = tuple(
        {"id": f"h{number}", "name": f"Theme {number}", "keywords": (), "distinctive": (), "medoids": (), "parent": None,
         "cohesion": 0.5, "confidence": 0.5, "x": 0.5, "y": 0.5}
        for number in range(THEMES)
    )  # fmt: skip
    places = tuple((idea.id, f"h{idea.number % THEMES}", None, 0.25, 0.75) for idea in state.ideas)
    return RecordGrouping(
        actor=SYSTEM, id="bench", model="bench", granularity="medium", reason="bench", themes=themes, placements=places
    )


def measure(server: Server, state: JamState, runs: int) -> None:
    core = schema._schema
    general, compiled, unbound = Engine(core, compiles=False), Engine(core, DirectFields()), Engine(core)
    context = server.hub.gate.shared_context(state.id, VisibilityClass(Role.PARTICIPANT, Relation.EMPLOYEE))
    titles = ("microseconds", "graphql-core", "compiled", "ratio", "by resolvers", "orjson", "to compile")
    print("{:<30}{:>13}{:>10}{:>7}{:>14}{:>8}{:>12}".format(*titles))
    for case in cases(state):
        prepared = Documents(core).prepare(case.text, None, None)
        data = orjson.loads(finished(general, prepared, case, context))
        for engine in (compiled, unbound):
            if orjson.loads(finished(engine, prepared, case, context)) != data:
                raise RuntimeError(f"{case.name}: two answers")
        means: dict[str, Callable[[], object]] = {
            "general": lambda: finished(general, prepared, case, context),  # noqa: B023
            "compiled": lambda: finished(compiled, prepared, case, context),  # noqa: B023
            "unbound": lambda: finished(unbound, prepared, case, context),  # noqa: B023
            "orjson": lambda: orjson.dumps(data),  # noqa: B023
            "compile": lambda: compile_operation(core, prepared, DirectFields()),  # noqa: B023
        }
        took = in_turn(means, runs)
        print(
            f"{case.name:<30}{took['general']:13,.0f}{took['compiled']:10,.0f}{took['general'] / took['compiled']:7.1f}"
            f"{took['unbound']:14,.0f}{took['orjson']:8,.1f}{took['compile']:12,.0f}"
        )


async def run(runs: int, folder: Path) -> None:
    now = wall_clock()
    async with build(Settings(data=folder, theme_workers=0), lambda: now) as server:
        await load_sample(server.store, server.vault, now, 2006)
        state = server.store.by_slug(SLUG)
        assert state is not None
        await server.store.submit(state.id, grouping_of(state))
        await server.directory.load([member.person for member in state.members])
        measure(server, state, runs)


def main() -> None:
    parser = argparse.ArgumentParser(description="What executing an operation costs, in microseconds.")
    parser.add_argument("--runs", type=int, default=200, help="how often each is run (default: 200)")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(asked.runs, Path(folder)))


if __name__ == "__main__":
    main()
