"""Every question the vault asks SQLite is answered by an index: each method is called, and the plan of what it asked is read."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from inspect import signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from server.vault.port import PersonRecord, Vault
from server.vault.sqlite import SqliteVault

pytestmark = pytest.mark.anyio

NO_QUESTIONS = frozenset({"close", "wipe"})
"""What asks nothing of a table: `wipe` writes the whole file anew."""

READS = re.compile(r"^\s*(SELECT|UPDATE|DELETE|WITH|REPLACE|INSERT)\b", re.IGNORECASE)
FULL = re.compile(r"^SCAN (?!asked\b|json_each\b|sqlite_master\b|CONSTANT\b|\d+ CONSTANT)(\w+)")
FEW = "it has a row for each worker and topic"
ROWS = "there are as few rows as workers, and as jams they serve"
WHOLE = {
    "drop_old_notes": FEW,
    "notes_of_others": FEW,
    "live_workers": ROWS,
    "leases": ROWS,
    "drop_free_leases": ROWS,
    "backlogs": "it counts the mails that wait by an index that holds no others",
    "kinds_with": "it proves that nothing is left of somebody anywhere",
}
"""Methods that go through a whole table on purpose, and why."""


def methods() -> list[str]:
    return [
        name for name in dir(Vault) if not name.startswith("_") and callable(getattr(Vault, name)) and name not in NO_QUESTIONS
    ]


def made(kind: Any) -> Any:
    """A value of a type: enough to ask with, whether it names anything or not."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return made(next(one for one in inner if one is not NoneType))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {made(inner[0]): made(inner[1])}
    if origin is tuple:
        return tuple(made(one) for one in inner if one is not Ellipsis)
    if isinstance(origin, type) and issubclass(origin, Collection | Sequence | Iterator):
        return [made(inner[0])]
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{one.name: made(hints[one.name]) for one in fields(kind) if one.default is MISSING})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, tuple):
        return kind(*(made(one) for one in get_type_hints(kind).values()))
    return {str: "pada", int: 1, bool: True, bytes: b"x", float: 1.0}.get(kind, "pada")


async def statements(vault: SqliteVault, name: str) -> list[str]:
    """What a method asks of the two connections."""
    asked: list[str] = []

    def listen(db: sqlite3.Connection) -> None:
        db.set_trace_callback(asked.append)

    def stop(db: sqlite3.Connection) -> None:
        db.set_trace_callback(None)

    for thread in (vault._writer, vault._reader):
        await thread.run(listen)
    method = getattr(vault, name)
    hints = get_type_hints(getattr(Vault, name))
    given = [made(hints[one.name]) for one in signature(method).parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
    changes = {"name": "Ada"} if name == "update_person" else {}
    with suppress(Exception):  # whatever it says to values such as these: it has asked
        await method(*given, **changes)
    for thread in (vault._writer, vault._reader):
        await thread.run(stop)
    return [one for one in asked if READS.match(one)]


def plan(db: sqlite3.Connection, statement: str) -> list[str]:
    return [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.fixture
async def vault(tmp_path: Path) -> Any:
    opened = await SqliteVault.open(tmp_path / "vault.sqlite")
    await opened.add_people([PersonRecord(f"p{n}", f"p{n}@example.org", f"Ada {n}", "IL", "en", n) for n in range(50)])
    await opened.add_person(PersonRecord("pada", "ada@example.org", "Ada", "IL", "en", 0))
    yield opened
    await opened.close()


@pytest.mark.parametrize("name", methods())
async def test_a_question_is_answered_by_an_index(vault: SqliteVault, name: str) -> None:
    asked = await statements(vault, name)
    assert asked, f"{name} asked nothing: say in NO_QUESTIONS if that is right"
    for statement in asked:
        for step in await vault._reader.run(plan, statement):
            full = FULL.match(step)
            assert full is None or "json_each" in step or name in WHOLE, f"{name}: {step}\n{statement}"


async def test_a_scan_would_be_seen(vault: SqliteVault) -> None:
    assert any(FULL.match(step) for step in await vault._reader.run(plan, "SELECT * FROM people WHERE country = 'IL'"))
    assert not any(FULL.match(step) for step in await vault._reader.run(plan, "SELECT * FROM people WHERE id = 'pada'"))
