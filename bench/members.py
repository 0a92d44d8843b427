"""Measures the members page: searching, filtering, sorting and paging, and acts on many members at once.

Run: .venv/bin/python -m bench.members [PEOPLE]          with 46,000 ideas and a million votes

Questions go through GraphQL as graphql-core executes them (the product compiles them, which is quicker); the state is the
product's, the directory and the roster too. Times are medians in milliseconds of CPU.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterable
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

from graphql import DocumentNode, ExecutionResult, execute, parse

from bench.preparing import COUNTRIES
from bench.reach import FIRST, LAST
from bench.reach_jam import made_up_jam
from schema import schema
from schema.context import Context
from server.directory import Directory
from server.jam import commands as c
from server.jam import ids
from server.jam.apply import apply_all
from server.jam.decide import decide
from server.jam.people import Role
from server.jam.standing import RestrictionKind
from server.jam.state import JamState
from server.roster import Roster
from server.vault.port import PersonRecord

PEOPLE = 100_000
REPEATS = 15
FIELDS = "totalCount edges { node { person { id name country } email role relation ideaCount restriction { kind } } }"
QUESTIONS = {
    "a page, by joining": "first: 100",
    "a page from the middle": "first: 100, at: 50000",
    "a page, by name": "first: 100, order: NAME",
    "a page, by activity": "first: 100, order: MOST_ACTIVE",
    "search, 1 letter": 'first: 100, query: "a", order: NAME',
    "search, 2 letters": 'first: 100, query: "an", order: NAME',
    "search, 4 letters, Hebrew": 'first: 100, query: "מזרח", order: NAME',
    "search, an address": 'first: 100, query: "person5", order: NAME',
    "role and relation": "first: 100, role: PARTICIPANT, relation: FRIEND, order: NAME",
    "a country, who never posted": 'first: 100, country: "IL", activity: NEVER_POSTED, order: NAME',
    "suspended": "first: 100, standing: SUSPENDED",
}


class _Records:
    """The people's records, as a vault would tell them."""

    def __init__(self, people: Iterable[str]) -> None:
        draw = random.Random(2006)
        self._kept = {}
        for place, id in enumerate(people):
            name = f"{draw.choice(FIRST)} {draw.choice(LAST)}"
            self._kept[id] = PersonRecord(id, f"person{place}@example.com", name, draw.choice(COUNTRIES), "en", 0)

    async def people(self, person_ids: Collection[str]) -> dict[str, PersonRecord]:
        return {id: self._kept[id] for id in person_ids if id in self._kept}


def _median(act: Callable[[], Any], before: Callable[[], Any] = lambda: None) -> float:
    times = []
    for _ in range(REPEATS):
        before()
        begun = time.process_time()
        act()
        times.append((time.process_time() - begun) * 1e3)
    return statistics.median(times)


def _organizer(state: JamState) -> str:
    """The first member, who is made one."""
    state.members[0].role = Role.ORGANIZER
    return state.members[0].person


def _run(state: JamState, roster: Roster, command: c.Command, now: int) -> float:
    """Milliseconds that the decision took; what follows from it is applied, and told to the roster."""
    begun = time.process_time()
    events = decide(state, command, now)
    decided = (time.process_time() - begun) * 1e3
    begun = time.process_time()
    apply_all(state, None, events)
    roster.watch(state, events)
    print(f"    decided in {decided:.1f} ms, applied in {(time.process_time() - begun) * 1e3:.1f} ms")
    return decided


def _questions(state: JamState, context: Context, roster: Roster) -> None:
    document = {name: _question(state, context, arguments) for name, arguments in QUESTIONS.items()}
    begun = time.process_time()
    document["a page, by joining"]()
    print(f"the first question of all, which makes the table: {(time.process_time() - begun) * 1e3:.0f} ms")
    somebody = state.members[-1].person
    for name, ask in document.items():
        again = _median(ask)
        changed = _median(ask, lambda: roster.person_changed(somebody))
        print(f"{name:30} {changed:6.1f} ms after a change, {again:5.1f} ms when nothing changed")


async def _answer(document: DocumentNode, context: Context) -> ExecutionResult:
    result = execute(schema._schema, document, context_value=context)
    return await result if isawaitable(result) else result


def _question(state: JamState, context: Context, arguments: str) -> Callable[[], Any]:
    document = parse(f'{{ jam(id: "{state.id}") {{ members({arguments}) {{ {FIELDS} }} }} }}')

    def ask() -> None:
        result = asyncio.run(_answer(document, context))
        assert not result.errors, result.errors

    return ask


def measure(people: int) -> None:
    """Prints the figures."""
    state = made_up_jam(people)
    organizer, now = _organizer(state), state.created_at + 10**7
    directory = Directory(_Records(member.person for member in state.members), None)  # type: ignore[arg-type]
    asyncio.run(directory.load([member.person for member in state.members]))
    roster = Roster(directory)
    directory.watch(roster.person_changed)
    services = SimpleNamespace(
        jams=SimpleNamespace(get=lambda id: state, by_slug=lambda slug: state, all=lambda: [state]),
        people=directory, roster=roster, clock=lambda: now, settings={},
    )  # fmt: skip
    caller = SimpleNamespace(person_id=organizer, session_id="s", scopes=None)
    context = Context(services, caller=caller)  # type: ignore[arg-type]
    votes = sum(len(member.supports) for member in state.members)
    print(f"{len(state.members):,} members, {len(state.ideas):,} ideas, {votes:,} votes")
    _questions(state, context, roster)
    others = [member.person for member in state.members if member.role is Role.PARTICIPANT][-5_000:]
    print("5,000 suspended at once:")
    restrict = c.RestrictMembers(
        actor=organizer, id="bench-1", people=tuple(others), kind=RestrictionKind.SUSPENDED, until=None, reason="For the bench"
    )
    _run(state, roster, restrict, now)
    print("that undone:")
    _run(state, roster, c.UndoMemberAct(actor=organizer, id="bench-2", act=restrict.derived(ids.MEMBER_ACT)), now)
    root = next(member.person for member in state.members if member.invited_by is not None)
    print("a branch revoked with what it wrote, and restored:")
    _run(state, roster, c.RevokeBranch(actor=organizer, id="bench-3", person=root, hides=True, reason="For the bench"), now)
    branch = state.branches[root]
    print(f"    ({len(branch.members):,} people, {len(branch.ideas):,} ideas)")
    _run(state, roster, c.RestoreBranch(actor=organizer, id="bench-4", person=root), now)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
