"""Several workers that write one jam: votes a second, how long they take, and how many attempts to append are lost.

    python -m bench.contending --workers 1 2 4 --rate 0 20 --store sqlite mongo --turns yes no

Each line is measured with the workers taking turns (`server.leasing.turns`) and without, one right after the other. Workers
are processes of their own with the store's real journal, without HTTP and without a page. `--rate` is how many votes a second
each of them is given at moments drawn at random; 0: 16 people at each of them vote as fast as they are answered.
"""

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from bench.plan import only_say_what_is_wrong, say
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Schedule
from server.jam_store import JamStore
from server.journal.port import Conflict, Journal
from server.journal.sqlite import SqliteJournal
from server.leasing.turns import NoTurns, Turns, turns_in

JAM, PEOPLE, IDEAS, AT_ONCE = "jbench", 64, 40, 16
HOUR = 3_600_000


@dataclass(frozen=True)
class Load:
    """`place` of `workers` processes on the store at `where`: a folder, or a MongoDB's address. `turns`: the folder of the
    files by which they take turns; None where they don't. `begin`: by the clock.
    """

    where: str
    turns: Path | None
    place: int
    workers: int
    rate: float
    seconds: float
    begin: float


@dataclass(frozen=True)
class Case:
    """What is measured for so many seconds."""

    store: str
    workers: int
    rate: float
    takes_turns: bool
    seconds: float


@dataclass
class Told:
    """What one worker saw: seconds each vote took, attempts to append that were won and lost, its CPU seconds."""

    took: list[float] = field(default_factory=list)
    won: int = 0
    lost: int = 0
    cpu_s: float = 0.0


class Counting:
    """A journal that counts what becomes of its appends."""

    def __init__(self, journal: Journal, told: Told) -> None:
        self._journal = journal
        self._told = told

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    async def append(self, stream: str, after: int, count: int, payload: bytes, token: str) -> None:
        try:
            await self._journal.append(stream, after, count, payload, token)
        except Conflict:
            self._told.lost += 1
            raise
        self._told.won += 1


def now() -> int:
    return time.time_ns() // 1_000_000


async def opened(where: str, stack: AsyncExitStack) -> Journal:
    """The journal at a place."""
    if where.startswith("mongodb:"):
        from server.journal.mongo import MongoJournal

        url, _, database = where.rpartition("#")
        journal: Journal = await MongoJournal.open(url, database)
    else:
        journal = await SqliteJournal.open(Path(where) / "journal.sqlite")
    stack.push_async_callback(journal.close)
    return journal


async def prepare(where: str, workers: int) -> None:
    """A running jam with ideas, and people for each worker."""
    async with AsyncExitStack() as stack:
        store = await JamStore.open(await opened(where, stack), now)
        opens = now() - HOUR
        schedule = Schedule(opens, opens, opens + 10 * HOUR, opens + 11 * HOUR, opens + 12 * HOUR)
        create = c.CreateJam(
            actor=ids.SYSTEM, id="create", jam=JAM, slug="bench", titles={"en": "Bench"}, questions={"en": "?"}, rules={},
            descriptions={}, languages=("en",), main_language="en", schedule=schedule,
        )  # fmt: skip
        await store.create(create)
        topic = c.AddTopic(actor=ids.SYSTEM, id="topic", titles={"en": "All"}, descriptions={})
        await store.submit(JAM, topic)
        await store.submit(JAM, c.PublishJam(actor=ids.SYSTEM, id="publish"))
        joins: list[tuple[c.Command, int | None]] = [
            (c.AddMember(actor=ids.SYSTEM, id=p, person=p, role=Role.PARTICIPANT, relation=Relation.EMPLOYEE), None)
            for p in (person(place, n) for place in range(workers) for n in range(PEOPLE))
        ]
        await store.submit_many(JAM, joins)
        about = topic.derived(ids.TOPIC)
        posts = [
            (c.PostIdea(actor=person(0, 0), id=f"i{n}", topic=about, title=f"Idea {n}", body=""), None) for n in range(IDEAS)
        ]
        await store.submit_many(JAM, posts)
        await store.close()


def person(place: int, number: int) -> str:
    return f"p{place}-{number}"


def work(load: Load) -> Told:
    """One worker, in a process of its own."""
    only_say_what_is_wrong()
    return asyncio.run(_work(load))


async def _work(load: Load) -> Told:
    told = Told()
    async with AsyncExitStack() as stack:
        journal = Counting(await opened(load.where, stack), told)
        turns_of: Callable[[str], Turns] = turns_in(load.turns) if load.turns else lambda stream: NoTurns()
        store = await JamStore.open(journal, now, follow=True, turns_of=turns_of)  # type: ignore[arg-type]
        voters = [_Voter(store, load.place, number, told) for number in range(PEOPLE)]
        await asyncio.sleep(max(0.0, load.begin - time.time()))
        told.won = told.lost = 0
        began = time.process_time()
        until = time.monotonic() + load.seconds
        await (_open_loop(voters, load, until) if load.rate else _closed_loop(voters[:AT_ONCE], until))
        told.cpu_s = time.process_time() - began
        await store.close()
    return told


class _Voter:
    """Votes for one idea after the other, and takes each vote back before it gives it again."""

    def __init__(self, store: JamStore, place: int, number: int, told: Told) -> None:
        self._store = store
        self._person = person(place, number)
        self._told = told
        self._count = 0
        state = store.get(JAM)
        assert state is not None
        self._ideas = [idea.id for idea in state.ideas]

    async def vote(self, due: float) -> None:
        number = self._count
        self._count += 1
        idea, is_back = self._ideas[number // 2 % len(self._ideas)], number % 2
        kind = c.WithdrawSupport if is_back else c.SupportIdea
        await self._store.submit(JAM, kind(actor=self._person, id=f"v{number}", idea=idea))
        self._told.took.append(time.perf_counter() - due)


async def _closed_loop(voters: Sequence[_Voter], until: float) -> None:
    async def keep_voting(voter: _Voter) -> None:
        while time.monotonic() < until:
            await voter.vote(time.perf_counter())

    await asyncio.gather(*map(keep_voting, voters))


async def _open_loop(voters: Sequence[_Voter], load: Load, until: float) -> None:
    chance, number = random.Random(load.place), 0
    voting: set[asyncio.Task[None]] = set()
    while time.monotonic() < until:
        await asyncio.sleep(chance.expovariate(load.rate))
        task = asyncio.create_task(voters[number % len(voters)].vote(time.perf_counter()))
        number += 1
        voting.add(task)
        task.add_done_callback(voting.discard)
    await asyncio.gather(*voting)


def measured(where: str, turns: Path | None, case: Case) -> list[Told]:
    """What each worker saw."""
    asyncio.run(prepare(where, case.workers))
    begin = time.time() + 3.0 + 1.0 * case.workers
    loads = [Load(where, turns, place, case.workers, case.rate, case.seconds, begin) for place in range(case.workers)]
    with ProcessPoolExecutor(case.workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, loads))


def quantile(values: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ranked = sorted(values)
    return 1_000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def line(case: Case, told: Sequence[Told]) -> str:
    """One line of the table."""
    took = [value for one in told for value in one.took]
    won, lost = sum(one.won for one in told), sum(one.lost for one in told)
    figures = (
        case.store,
        str(case.workers),
        f"{case.rate:g}/s each" if case.rate else "full speed",
        "yes" if case.takes_turns else "no",
        f"{len(took) / case.seconds:,.0f}",
        f"{quantile(took, 0.5):.2f}",
        f"{quantile(took, 0.99):.1f}",
        f"{max(quantile(one.took, 0.99) for one in told):.1f}",
        f"{1_000 * max(took):.0f}",
        f"{100 * lost / max(1, won + lost):.1f}",
        f"{len(took) / max(1, won):.1f}",
        f"{1e6 * sum(one.cpu_s for one in told) / len(took):.0f}",
    )
    return f"| {' | '.join(figures)} |"


HEADINGS = (
    "store", "workers", "load", "turns", "votes/s", "p50 ms", "p99 ms", "p99 of the slowest worker", "most ms",
    "attempts lost %", "votes a record", "CPU µs a vote",
)  # fmt: skip


def main() -> None:
    asked = _arguments()
    only_say_what_is_wrong()
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * 4}{'---:|' * 8}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cases = itertools.product(asked.store, asked.workers, asked.rate, [one == "yes" for one in asked.turns])
        for number, (store, workers, rate, takes_turns) in enumerate(cases):
            where = Path(folder) / str(number)
            where.mkdir()
            _one(Case(store, workers, rate, takes_turns, asked.seconds), where)


def _one(case: Case, where: Path) -> None:
    say(f"  {case}")
    turns = where / "turns" if case.takes_turns else None
    if case.store == "sqlite":
        print(line(case, measured(str(where), turns, case)), flush=True)
        return
    from tests.stores.secantus import mongo_server

    with mongo_server(where / "data") as url:
        print(line(case, measured(f"{url}#bench", turns, case)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rate", type=float, nargs="+", default=[0.0, 20.0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--store", nargs="+", choices=("sqlite", "mongo"), default=["sqlite"])
    parser.add_argument("--turns", nargs="+", choices=("yes", "no"), default=["yes", "no"])
    return parser.parse_args()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
