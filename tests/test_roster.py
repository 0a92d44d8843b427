"""The roster: any selection of members in any order, kept up to date by what happens, equal to counting anew."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam.entities import Member
from server.jam.people import Relation, Role
from server.jam.rejections import Rejection
from server.jam.standing import RestrictionKind
from server.jam.state import JamState
from server.jam.visibility import Audience
from server.roster import MemberActivity, MemberOrder, MemberQuery, MemberStanding, Roster
from server.vault.names import sort_key
from tests.jam.commanding import Asker, settled_world
from tests.jam.world import PEOPLE, Recorded, World

R = "Because it is so"
COUNTRIES = {"ann": "IL", "ben": "US", "cat": "IL"}


class Names:
    """A directory of a few people, named by their ids with a capital."""

    def __init__(self) -> None:
        self.names = {person: person.capitalize() for person in (*PEOPLE, "org", "new", "newer", "newest")}

    def country(self, id: str) -> str | None:
        return COUNTRIES.get(id)

    def sort_key(self, id: str) -> str:
        return sort_key(self.names.get(id, id))

    def matching(self, text: str) -> Iterable[str]:
        return [id for id, name in self.names.items() if name.lower().startswith(text.strip().lower())]


def told(world: World, roster: Roster) -> None:
    """Has the roster hear of all that happened, as the store tells it."""
    watched = world.run

    def run(command: c.Command) -> Any:
        events = watched(command)
        roster.watch(world.state, events)
        return events

    world.run = run  # type: ignore[method-assign]


def people(world: World, roster: Roster, **query: Any) -> list[str]:
    found = asyncio.run(roster.find(world.state, MemberQuery(**query)))
    return [world.state.members[number].person for number in found]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def roster(world: World, names: Names) -> Roster:
    made = Roster(names)
    asyncio.run(made.find(world.state, MemberQuery()))
    told(world, made)
    return made


EVERYBODY = ["org", *PEOPLE]


def test_orders(world: World, roster: Roster) -> None:
    idea = world.post("cleo")
    world.support(idea, "pat")
    world.comment(idea, "cleo")
    assert people(world, roster) == EVERYBODY
    assert people(world, roster, order=MemberOrder.NEWEST) == EVERYBODY[::-1]
    assert people(world, roster, order=MemberOrder.NAME) == sorted(EVERYBODY)
    assert people(world, roster, order=MemberOrder.MOST_ACTIVE)[:2] == ["cleo", "pat"]
    assert people(world, roster, order=MemberOrder.LEAST_ACTIVE)[-2:] == ["pat", "cleo"]


def test_filters(world: World, roster: Roster) -> None:
    world.post("ann")
    world.support(world.post("ben"), "cat")
    world.do(c.RestrictMembers, "mod", people=("ben",), kind=RestrictionKind.MUTED, until=None, reason=R)
    world.do(c.RevokeBranch, "org", person="fay", hides=False, reason=R)
    assert people(world, roster, role=Role.MODERATOR) == ["mod"]
    assert people(world, roster, relation=Relation.FRIEND) == ["fred", "rev"]
    assert people(world, roster, country="IL") == ["ann", "cat"]
    assert people(world, roster, country="XX") == []
    assert people(world, roster, standing=MemberStanding.MUTED) == ["ben"]
    assert people(world, roster, standing=MemberStanding.SUSPENDED) == ["fay"]
    assert set(people(world, roster, standing=MemberStanding.FREE)) == set(EVERYBODY) - {"ben", "fay"}
    assert people(world, roster, activity=MemberActivity.ACTIVE) == ["ann", "ben", "cat"]
    assert "cat" in people(world, roster, activity=MemberActivity.NEVER_POSTED)
    assert "cat" not in people(world, roster, activity=MemberActivity.INACTIVE)
    assert people(world, roster, invited_by="org") == EVERYBODY[1:]
    assert people(world, roster, invited_by="nobody") == []
    assert people(world, roster, text="c", order=MemberOrder.NAME) == ["cat", "cleo"]
    assert people(world, roster, text="c", relation=Relation.CLIENT) == ["cleo"]
    assert asyncio.run(roster.countries(world.state)) == ["IL", "US"]


def test_whoever_joins_or_is_renamed_is_there_at_once(world: World, roster: Roster, names: Names) -> None:
    assert people(world, roster, order=MemberOrder.NAME)[-1] == "spo"
    world.do(c.AddMember, "org", person="newer", role=Role.SPONSOR, relation=Relation.CLIENT)
    assert people(world, roster, role=Role.SPONSOR) == ["spo", "newer"]
    names.names["ann"] = "Zoë"
    roster.person_changed("ann")
    assert people(world, roster, order=MemberOrder.NAME)[-1] == "ann"
    assert people(world, roster, text="zo") == ["ann"]


def test_what_happens_in_a_circle_counts_nowhere(world: World, roster: Roster) -> None:
    """Not even to the organizer: an activity that can't be explained would tell of the circle."""
    before = people(world, roster, order=MemberOrder.MOST_ACTIVE)
    circle = world.circle("spo", "rev")
    secret = world.post("spo", audience=Audience(circle=circle))
    world.comment(secret, "rev")
    world.support(secret, "rev")
    assert people(world, roster, activity=MemberActivity.ACTIVE) == []
    assert people(world, roster, order=MemberOrder.MOST_ACTIVE) == before
    world.support(world.post("rev"), "spo")
    assert people(world, roster, activity=MemberActivity.ACTIVE) == ["rev", "spo"]
    world.do(c.ChangeCircle, "rev", circle=circle, remove=("rev",))
    world.comment(secret, "spo")
    assert people(world, roster, activity=MemberActivity.NEVER_POSTED)[-1] == "spo"


def naive(state: JamState, query: MemberQuery) -> set[str]:
    """Whom the filters leave, counted anew from the state alone."""
    return {member.person for member in state.members if _fits(state, member, query)}


def _fits(state: JamState, member: Member, query: MemberQuery) -> bool:
    posts = sum(1 for number in member.ideas if state.ideas[number].reach.circle is None)
    written = [one for one in state.comments if one.author == member.person]
    posts += sum(1 for one in written if state.ideas[state.idea_numbers[one.idea]].reach.circle is None)
    voted = (*member.supports, *member.disagrees, *member.passes)
    votes = sum(1 for number in voted if state.ideas[number].reach.circle is None)
    muted = member.restriction is not None and member.restriction.kind is RestrictionKind.MUTED
    standing = MemberStanding.SUSPENDED if member.is_suspended else MemberStanding.MUTED if muted else MemberStanding.FREE
    activity = {
        None: True, MemberActivity.ACTIVE: posts + votes > 0, MemberActivity.NEVER_POSTED: posts == 0,
        MemberActivity.INACTIVE: posts + votes == 0,
    }  # fmt: skip
    wanted = (query.role in (None, member.role), query.relation in (None, member.relation), query.standing in (None, standing))
    return not member.erased and all(wanted) and activity[query.activity]


QUERIES = st.builds(
    MemberQuery,
    order=st.sampled_from(MemberOrder),
    role=st.none() | st.sampled_from(Role),
    relation=st.none() | st.sampled_from(Relation),
    standing=st.none() | st.sampled_from(MemberStanding),
    activity=st.none() | st.sampled_from(MemberActivity),
)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.lists(st.tuples(st.integers(1, 12), QUERIES), min_size=1, max_size=5))
def test_the_table_that_follows_agrees_with_counting_anew(seed: int, turns: list[tuple[int, MemberQuery]]) -> None:
    """Whatever happens between two questions: rows that nobody marked would be told as they were."""
    world = settled_world(Recorded)
    roster = Roster(Names())
    told(world, roster)
    ask = Asker(world, seed)
    for steps, query in turns:
        for _ in range(steps):
            world.wait(ask.one(0, 1, 700, 90_000))
            try:
                world.run(ask.command())
            except Rejection:
                continue
        found = people(world, roster, **{name: getattr(query, name) for name in query.__slots__})
        assert len(found) == len(set(found))
        assert set(found) == naive(world.state, query), query
