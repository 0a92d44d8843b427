"""Measures live themes over a real store: time to the first themes after an import, time to place a post at two posts a
second, similar ideas while typing, and what votes feel of it all.

Run: .venv/bin/python -m bench.themes_live COMMENTS.csv COLUMN [MOST] [EMBEDDER]
"""

import asyncio
import csv
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam_store import JamStore
from server.journal.sqlite import SqliteJournal
from server.search.service import SearchService
from server.themes.service import ThemeService, ThemeSettings

T0 = 1_800_000_000_000
HOUR = 3_600_000
JAM = "bench"
LIVE_POSTS = 40
TYPED = ("more trees for shade", "buses on sunday", "houses that people can afford", "יותר עצים ברחוב")


def percentiles(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"p50 {statistics.median(ordered) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, worst {ordered[-1] * 1e3:.1f} ms"


async def make_jam(folder: Path) -> tuple[JamStore, str]:
    store = await JamStore.open(await SqliteJournal.open(folder / "journal.sqlite"), lambda: T0 + 2 * HOUR)
    await store.grant_organizer("org")
    schedule = Schedule(T0, T0 + HOUR, T0 + 9 * HOUR, T0 + 10 * HOUR, T0 + 11 * HOUR)
    await store.create(
        c.CreateJam(
            actor="org", id="make", jam=JAM, slug=JAM, titles={"en": "Jam"}, questions={"en": "What?"}, descriptions={},
            rules={}, languages=("en", "he"), main_language="en", schedule=schedule,
        ),
        at=T0,
    )  # fmt: skip
    topic = c.AddTopic(actor="org", id="topic", titles={"en": "All"}, descriptions={})
    await store.submit(JAM, topic)
    await store.submit(JAM, c.PublishJam(actor="org", id="publish"))
    await store.submit(JAM, c.AddMember(actor="org", id="ann", person="ann", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE))
    return store, topic.derived(ids.TOPIC)


def post_of(topic: str, number: int, text: str) -> c.PostIdea:
    return c.PostIdea(actor="ann", id=f"p{number}", topic=topic, title=text[:115], body=text if len(text) > 115 else "")


async def vote_all_the_time(store: JamStore, took: list[float]) -> None:
    """One vote after the other, given and taken back, with a pause of 5 ms."""
    for number in itertools.count():
        idea = store.all()[0].ideas[number // 2 % 10].id
        started = time.perf_counter()
        kind = c.WithdrawSupport if number % 2 else c.SupportIdea
        await store.submit(JAM, kind(actor="ann", id=f"v{number}", idea=idea))
        took.append(time.perf_counter() - started)
        await asyncio.sleep(0.005)


async def until(holds: Callable[[], bool]) -> float:
    """The seconds until something holds."""
    started = time.perf_counter()
    while True:
        if holds():
            return time.perf_counter() - started
        await asyncio.sleep(0.01)


def is_placed(store: JamStore, id: str) -> bool:
    idea = store.all()[0].idea(id)
    return idea is not None and idea.x is not None


async def measure(texts: list[str], folder: Path, embedder: str) -> None:
    store, topic = await make_jam(folder)
    search = SearchService()
    store.watch(search.watch)
    themes = ThemeService(store, ThemeSettings(folder, embedder=embedder), search.alike)
    imported, live = texts[:-LIVE_POSTS], texts[-LIVE_POSTS:]
    await store.submit_many(JAM, [(post_of(topic, number, text), None) for number, text in enumerate(imported)])
    task, started, votes = asyncio.create_task(themes.run()), time.perf_counter(), list[float]()
    voter = asyncio.create_task(vote_all_the_time(store, votes))
    state = store.all()[0]
    took = await until(lambda: state.theme_run is not None)
    print(f"first themes after {took:.1f} s, of {state.theme_run.ideas if state.theme_run else 0} ideas")

    def is_done() -> bool:
        grouped = state.theme_run.ideas if state.theme_run is not None else 0
        return not themes.backlog(JAM) and not themes.is_grouping(JAM) and grouped >= 0.9 * len(imported)

    await until(is_done)
    print(f"all {len(imported)} ideas in {len(state.board_themes())} themes after {time.perf_counter() - started:.1f} s")
    print("votes during the import:", percentiles(votes))
    votes.clear()
    places = []
    for number, text in enumerate(live):
        post = post_of(topic, len(imported) + number, text)
        await store.submit(JAM, post)
        places.append(asyncio.create_task(until(partial(is_placed, store, post.derived(ids.IDEA)))))
        await asyncio.sleep(0.5)
    print("a place for a post, at 2 posts a second:", percentiles([await place for place in places]))
    print("votes meanwhile:", percentiles(votes))
    asked = []
    for text in TYPED * 5:
        begun = time.perf_counter()
        await themes.similar(JAM, f"{text} {len(asked)}", None, 5)
        asked.append(time.perf_counter() - begun)
    print("similar ideas:", percentiles(asked))
    voter.cancel()
    await themes.stop()
    await task
    await store.close()


def main() -> None:
    path, column = Path(sys.argv[1]), sys.argv[2]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = [row[column].strip() for row in csv.DictReader(file) if len(row[column].strip()) > 3][:most]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(texts, Path(folder), sys.argv[4] if len(sys.argv) > 4 else "auto"))


if __name__ == "__main__":
    main()
