"""Answers are shared within a jam, a visibility class, a tick and a phase, and nowhere else."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from server.access.sessions import SignedIn
from server.api.http import ShareKey
from server.app.build import Server, build, wall_clock
from server.app.sharing import Sharing
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Relation, Role, VisibilityClass
from server.jam.phases import ORDER, Phase
from server.settings import Settings
from tests.web.running import HOUR, open_jam

pytestmark = pytest.mark.anyio
BOARD = '{ jam(slug: "town") { id ideas(first: 5) { edges { node { title } } } } }'


class Shared:
    """The keys of a running server, at a tick and an hour that the test sets."""

    def __init__(self, server: Server) -> None:
        self.server, self.tick, self.later = server, 7, 0
        hub = server.hub
        self._sharing = Sharing(hub.documents, server.store, hub.gate, lambda jam: self.tick, lambda: wall_clock() + self.later)  # type: ignore[arg-type]

    def key(self, person: str | None, query: str = BOARD, **variables: Any) -> ShareKey | None:
        prepared = self.server.hub.documents.prepare(query, None, None)
        return self._sharing.key(prepared, variables, None if person is None else SignedIn(person, "session"))


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncGenerator[Shared, None]:
    async with build(Settings(data=tmp_path, theme_workers=0)) as server:
        await open_jam(server)
        yield Shared(server)


async def test_people_of_a_class_share_and_others_do_not(shared: Shared) -> None:
    keys = {person: shared.key(f"p{person}") for person in ("ada", "ben", "mod", "exec", "org")}
    assert all(keys.values())
    assert len(set(keys.values())) == 5
    join = c.AddMember(actor=ids.SYSTEM, id="z", person="pzoe", role=Role.PARTICIPANT, relation=Relation.EMPLOYEE)
    await shared.server.store.submit("jtown", join)
    assert shared.key("pzoe") == keys["ada"]
    assert keys["ada"] == ShareKey(
        "jtown", VisibilityClass(Role.PARTICIPANT, Relation.EMPLOYEE), 7 * len(ORDER) + ORDER.index(Phase.IDEATION)
    )


async def test_a_tick_and_a_phase_end_what_was_shared(shared: Shared) -> None:
    first = shared.key("pada")
    shared.later = 10 * HOUR + 1
    refinement = shared.key("pada")
    shared.tick = 8
    keys = {first, refinement, shared.key("pada")}
    shared.later = 0
    assert len(keys | {shared.key("pada")}) == 4


async def test_a_role_that_changes_changes_the_key_at_once(shared: Shared) -> None:
    before = shared.key("pmod")
    change = c.ChangeRole(actor=ids.SYSTEM, id="down", person="pmod", role=Role.PARTICIPANT)
    await shared.server.store.submit("jtown", change)
    assert shared.key("pmod") == shared.key("pada") != before


@pytest.mark.parametrize(
    "query",
    [
        '{ jam(slug: "none") { id } }',
        "{ serverTime }",
        '{ jam(slug: "town") { id } serverTime }',
        '{ a: jam(slug: "town") { id } b: jam(slug: "none") { id } }',
    ],
)
async def test_what_is_not_about_one_jam_is_not_shared(shared: Shared, query: str) -> None:
    assert shared.key("pada", query) is None


async def test_strangers_and_those_outside_a_draft_share_nothing(shared: Shared) -> None:
    schedule = shared.server.store.all()[0].schedule
    assert schedule is not None
    draft = c.CreateJam(
        actor=ids.SYSTEM, id="draft", jam="jdraft", slug="draft", titles={"en": "D"}, questions={"en": "?"}, descriptions={},
        rules={}, languages=("en",), main_language="en", schedule=schedule,
    )  # fmt: skip
    await shared.server.store.create(draft)
    for person, role in (("pada", Role.PARTICIPANT), ("porg", Role.ORGANIZER)):
        join = c.AddMember(actor=ids.SYSTEM, id=person, person=person, role=role, relation=Relation.EMPLOYEE)
        await shared.server.store.submit("jdraft", join)
    query = '{ jam(slug: "draft") { id } }'
    assert [shared.key(person, query) for person in (None, "pnobody", "pada")] == [None] * 3
    assert shared.key("porg", query) is not None
    assert shared.key(None) is None
