"""Answers are shared within a jam, a visibility class, a tick and a phase, for a second at most, and nowhere else."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from server.access.sessions import SignedIn
from server.api.sharing import Share, Version
from server.app.build import Server, build
from server.app.clock import wall_clock
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
    """What a running server shares, at a tick and an instant that the test sets."""

    def __init__(self, server: Server) -> None:
        self.server, self.tick, self.now = server, 7, wall_clock() // 1_000 * 1_000
        self._sharing = Sharing(server.hub.documents, server.store, lambda jam: self.tick, lambda: self.now)

    def key(self, person: str | None, query: str = BOARD, **variables: Any) -> tuple[Share, Version] | None:
        prepared = self.server.hub.documents.prepare(query, None, None)
        about = self._sharing.about(prepared, variables)
        caller = None if person is None else SignedIn(person, "session")
        sight = None if about is None else self._sharing.sight(about, caller)
        return None if sight is None else (sight.share, sight.shown)


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
    assert keys["ada"] is not None
    share, version = keys["ada"]
    assert (share.jam_id, share.visibility) == ("jtown", VisibilityClass(Role.PARTICIPANT, Relation.EMPLOYEE))
    assert version[:2] == (7, ORDER.index(Phase.IDEATION))


async def test_a_tick_a_phase_and_a_second_end_what_was_shared(shared: Shared) -> None:
    first = shared.key("pada")
    shared.tick = 8
    ticked = shared.key("pada")
    shared.now += 999
    assert shared.key("pada") == ticked
    shared.now += 1
    later = shared.key("pada")
    shared.now += 10 * HOUR
    refinement = shared.key("pada")
    assert len({first, ticked, later, refinement}) == 4
    assert refinement is not None
    assert refinement[1][1] == ORDER.index(Phase.REFINEMENT)
    shared.now -= 10 * HOUR
    assert shared.key("pada") == later, "a clock that is set back"


async def test_a_phase_ends_what_was_shared_to_the_millisecond_and_so_does_a_new_schedule(shared: Shared) -> None:
    schedule = shared.server.store.all()[0].schedule
    assert schedule is not None
    shared.now = schedule.refinement_at - 1
    assert _phase(shared) is Phase.IDEATION
    shared.now += 1
    assert _phase(shared) is Phase.REFINEMENT
    shared.now -= 1
    assert _phase(shared) is Phase.IDEATION
    early = c.ClosePhaseEarly(actor="porg", id="early", phase=Phase.IDEATION)
    await shared.server.store.submit("jtown", early)
    shared.now = wall_clock()
    assert _phase(shared) is Phase.REFINEMENT


def _phase(shared: Shared) -> Phase:
    key = shared.key("pada")
    assert key is not None
    return ORDER[key[1][1]]


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
        "{ viewer { id } serverTime }",
        '{ jam(slug: "town") { id } theme(id: "none") { id } }',
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


@pytest.mark.parametrize("more", ["serverTime", "viewer { name }", "jams { id }"])
async def test_what_is_ones_own_is_left_out_of_what_the_answer_is_about(shared: Shared, more: str) -> None:
    assert shared.key("pada", f'{{ jam(slug: "town") {{ id }} {more} }}') == shared.key("pada")
