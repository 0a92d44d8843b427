"""Every number of the briefing against a recount that knows nothing of the engine: over the list of votes, on random jams."""

from collections import Counter
from dataclasses import astuple
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.jam import commands as c
from server.jam.people import RELATIONS
from server.jam.phases import Phase
from server.themes.briefing import Briefing, Ground, brief, briefed
from tests.jam.world import EMPLOYEES, HOUR, PEOPLE, T0, World

COUNTRY = {"ann": "IL", "ben": "US", "fay": "IL", "cleo": "DE"}
OPENED = T0 + 2 * HOUR
VIEWERS = ("rev", "spo", "mod", "org")


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """Ideas (who, when, which topic and audience, hidden or not, which theme) and votes (who, on which, when), in minutes."""
    ideas = draw(
        st.lists(
            st.fixed_dictionaries({
                "at": st.integers(0, 59), "author": st.sampled_from(["ann", "ben", "cat"]), "is_staff": st.booleans(),
                "is_narrow": st.booleans(), "is_hidden": st.booleans(), "theme": st.sampled_from(["h1", "h2", None]),
            }),
            min_size=1, max_size=7,
        )
    )  # fmt: skip
    pairs = st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(0, len(ideas) - 1), st.integers(0, 59))
    votes = draw(st.lists(pairs, max_size=40, unique_by=lambda vote: vote[:2]))
    return {"ideas": sorted(ideas, key=lambda idea: idea["at"]), "votes": votes, "now": draw(st.integers(60, 70))}


def played(history: dict[str, Any]) -> tuple[World, list[str], list[tuple[str, int, int]]]:
    """The jam; the ideas' ids; the votes that were let through."""
    world, ids_of, given_votes = World(Phase.IDEATION), [], []
    for idea in history["ideas"]:
        world.now = OPENED + idea["at"] * 60_000
        topic = world.staff if idea["is_staff"] else world.topic
        given_audience = {"audience": EMPLOYEES} if idea["is_narrow"] else {}
        ids_of.append(world.post(idea["author"], topic=topic, **given_audience))
    for person, index, minute in sorted(history["votes"], key=lambda vote: vote[2]):
        idea = history["ideas"][index]
        relation, role = PEOPLE[person][1], PEOPLE[person][0]
        if (idea["is_staff"] or idea["is_narrow"]) and relation != "EMPLOYEE" and role == "PARTICIPANT":
            continue
        world.now = OPENED + max(minute, idea["at"]) * 60_000
        if world.do(c.SupportIdea, person, idea=ids_of[index]):
            given_votes.append((person, index, world.now))
    themes = {
        theme: [id for id, idea in zip(ids_of, history["ideas"], strict=True) if idea["theme"] == theme]
        for theme in ("h1", "h2")
    }
    world.group(themes)
    for id, idea in zip(ids_of, history["ideas"], strict=True):
        if idea["is_hidden"]:
            world.do(c.HideIdea, "mod", idea=id, reason="Because")
    world.now = OPENED + history["now"] * 60_000
    return world, ids_of, given_votes


def recount(history: dict[str, Any], votes: list[tuple[str, int, int]], theme: str, now: int) -> tuple[Any, ...]:
    """All numbers from the list of votes. Voting ends an hour later than ideation: the span runs from the opening to now."""
    members = {"org": ("ORGANIZER", "EMPLOYEE")} | {who: (str(role), str(kind)) for who, (role, kind) in PEOPLE.items()}
    inside = [i for i, idea in enumerate(history["ideas"]) if idea["theme"] == theme and not idea["is_hidden"]]
    mine = [vote for vote in votes if vote[1] in inside]
    people = {who for who, _, _ in mine}
    countries = {COUNTRY[who] for who in people if who in COUNTRY}
    relations = {members[who][1] for who in people}
    topics = {history["ideas"][i]["is_staff"] for i in inside}
    all_countries, all_relations = set(COUNTRY.values()), {kind for _, kind in members.values()}
    span = now - OPENED
    place = [min(23, max(0, (at - OPENED) * 24 // span)) for _, _, at in mine]
    sixths = [sum(1 for _, _, at in mine if min(5, max(0, (at - OPENED) * 6 // span)) == sixth) for sixth in range(6)]
    new = sum(1 for i in inside if OPENED + history["ideas"][i]["at"] * 60_000 >= now - span / 3)

    def standing(other: str) -> tuple[int, int]:
        ideas = [i for i, idea in enumerate(history["ideas"]) if idea["theme"] == other and not idea["is_hidden"]]
        return sum(1 for vote in votes if vote[1] in ideas), len(ideas)

    return (
        1 + sum(1 for other in ("h1", "h2") if standing(other) > standing(theme)),
        len(mine), len(people), len(topics), len(countries), len(relations),
        (len(topics) / 2 + len(countries) / len(all_countries) + len(relations) / len(all_relations)) / 3,
        sixths[5] / (max(1, sum(sixths[:5])) / 5),
        new / len(inside) if inside else 0.0,
        tuple(Counter(place)[bucket] for bucket in range(24)),
        tuple(sum(1 for who, _, _ in mine if members[who][1] == relation.value) for relation in RELATIONS),
    )  # fmt: skip


@given(histories(), st.sampled_from(VIEWERS))
@settings(max_examples=60, deadline=None)
def test_every_number_is_what_a_recount_gives(history: dict[str, Any], reader: str) -> None:
    world, _, votes = played(history)
    ground = Ground(world.state, world.viewer(reader), world.now, COUNTRY.get)
    for theme in ("h1", "h2"):
        told: Briefing = brief(ground, world.state.themes[theme])
        for name, own, other in zip(Briefing.__slots__, astuple(told), recount(history, votes, theme, world.now), strict=True):
            assert own == other or abs(own - other) < 1e-9, name
        assert sum(told.support_by_relation) == told.support == sum(told.support_over_time)
    *steps, numbers = briefed(Ground(world.state, world.viewer(reader), world.now, COUNTRY.get))
    assert numbers == {theme: brief(ground, world.state.themes[theme]) for theme in world.state.themes}
    assert set(steps) == {None}
