"""Every queue of the program stands in /metrics with its bound, or here with what bounds it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app.overload_parts import queues_of
from server.jam import commands as c
from server.overload.levels import Level, Shed
from tests.overload.pressing import press
from tests.web.running import TOPIC, Site

pytestmark = pytest.mark.anyio
SERVER = Path(__file__).resolve().parents[2] / "server"
QUEUES = {"deque", "Queue", "SimpleQueue", "LifoQueue", "PriorityQueue"}

IN_METRICS = {
    "api/doorway.py": "newcomers",
    "command_handler.py": "commands",
    "overload/room.py": "waiting_room",
}
"""Files in which a queue is made, and its name in /metrics."""

BOUNDED_OTHERWISE = {
    "app/feeds.py": "maxlen",
    "app/traces_of_others.py": "maxlen",
    "live/holding.py": "maxlen",
    "metrics/histogram.py": "maxlen",
    "metrics/screens.py": "maxlen",
    "metrics/sliding.py": "by time: what is older than its window goes at each look",
    "metrics/watch.py": "maxlen",
    "overload/measuring.py": "maxlen",
    "tracing/ticks.py": "maxlen",
    "journal/sqlite_thread.py": "each entry is waited for by a request in hand or one background task",
    "live/outlets.py": "by `LiveLimits.high_water_bytes`: a line above it is skipped by ticks, and cut after `stall_seconds`",
}
"""Files in which something of the kind is made that is no queue of /metrics, and why it can't grow without end."""


def makings() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the server where a queue is made: (file, call)."""
    for path in sorted(SERVER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in QUEUES:
                yield path.relative_to(SERVER).as_posix(), node


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id):
            return id
        case ast.Attribute(_, attr):
            return attr
        case ast.Subscript(value):
            return _name(value)
    return ""


def is_registered(path: str) -> bool:
    return path == "app/overload_parts.py"


def test_every_queue_that_is_made_is_known() -> None:
    found = {path for path, _ in makings() if not is_registered(path) and not path.startswith("jam/")}
    assert found - IN_METRICS.keys() - BOUNDED_OTHERWISE.keys() == set(), (
        "a queue that nobody sees: name it in `server.app.overload_parts.queues_of`, or say here what bounds it"
    )
    assert (IN_METRICS.keys() | BOUNDED_OTHERWISE.keys()) - found == set(), "no queue is made there any more"


def test_what_is_said_to_have_a_length_has_one() -> None:
    for path, call in makings():
        if BOUNDED_OTHERWISE.get(path) == "maxlen":
            assert any(keyword.arg == "maxlen" for keyword in call.keywords), path


async def metrics(site: Site) -> dict[str, float]:
    async with site.client() as client:
        text = (await client.get("/metrics")).text
    found = {}
    for line in text.splitlines():
        if match := re.match(r"(hothouse_(?:queue|overload|writes|waiting)[a-z_]*)(\{[^}]*\})? ([0-9.e+-]+)$", line):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            found[" ".join([match[1], *(value for name, value in labels.items() if name != "worker")])] = float(match[3])
    return found


async def test_each_stands_in_metrics_with_its_length_and_its_bound(site: Site) -> None:
    found = await metrics(site)
    lengths = {name.split()[1] for name in found if name.startswith("hothouse_queue_length ")}
    bounds = {name.split()[1] for name in found if name.startswith("hothouse_queue_most ")}
    assert set(IN_METRICS.values()) <= bounds <= lengths
    assert lengths == {
        "commands", "writes", "newcomers", "waiting_room", "seen", "visits", "sign_in_mails", "similar_ideas", "theme_backlog",
        "invitation_mails", "webhooks", "dead_webhooks", "pushes",
    }  # fmt: skip
    assert lengths - bounds == {"theme_backlog", "invitation_mails", "webhooks", "dead_webhooks", "pushes"}, "kept in the store"


async def test_lengths_are_those_of_now(site: Site) -> None:
    await site.server.store.submit("jtown", c.PostIdea(actor="pben", id="one", topic=TOPIC, title="A bench", body=""))
    site.server.overload.room.arrive(1)
    found = await metrics(site)
    assert found["hothouse_queue_length waiting_room"] == found["hothouse_waiting_room"] == 1
    assert found["hothouse_queue_length commands"] == 0
    assert found["hothouse_overload_level"] == Level.CALM
    press(site, Level.HEAVY)
    site.server.overload.control.shed[Shed.ARRIVALS] += 3
    found = await metrics(site)
    assert found["hothouse_overload_level"] == Level.HEAVY
    assert found["hothouse_overload_reading memory"] == 0.93
    assert found["hothouse_overload_refused_total ARRIVALS"] == 3


def test_the_list_is_made_of_parts() -> None:
    assert queues_of.__doc__ is not None
    assert Path(__file__).name in queues_of.__doc__
