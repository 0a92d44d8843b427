"""Circles: who keeps them, what closing ends, and that nobody outside is touched by any of it."""

import pytest

from server.jam import commands as c
from server.jam import ids
from server.jam.decide.circles import MOST_CIRCLES, MOST_MEMBERS
from server.jam.rejections import InvalidInput, Locked, NotAllowed, NotFound
from server.jam.visibility import Audience
from tests.jam.world import World


@pytest.fixture
def world() -> World:
    return World()


def test_its_maker_renames_closes_and_opens_it_again(world: World) -> None:
    id = world.circle("ann", "ben")
    world.do(c.RenameCircle, "ann", circle=id, name=" The fewer ")
    assert world.state.circles[id].name == "The fewer"
    world.still(c.RenameCircle, "ann", circle=id, name="The fewer")
    world.refuse(InvalidInput, c.RenameCircle, "ann", circle=id, name="x")
    for kind, fields in ((c.RenameCircle, {"name": "Ours"}), (c.CloseCircle, {})):
        world.refuse(NotAllowed, kind, "ben", circle=id, **fields)
        for outsider in ("cat", "mod", "org"):
            world.refuse(NotFound, kind, outsider, circle=id, **fields)
    world.do(c.CloseCircle, "ann", circle=id)
    world.still(c.CloseCircle, "ann", circle=id)
    world.do(c.CloseCircle, "ann", circle=id, closed=False)
    assert not world.state.circles[id].closed


def test_any_member_keeps_a_circle_whose_maker_has_left(world: World) -> None:
    id = world.circle("ann", "ben", "cat")
    world.refuse(NotAllowed, c.ChangeCircle, "ben", circle=id, add=("fay",))
    world.do(c.ChangeCircle, "ann", circle=id, remove=("ann",))
    assert world.do(c.ChangeCircle, "ben", circle=id, add=("fay",))
    assert world.do(c.RenameCircle, "cat", circle=id, name="Ours")
    world.refuse(NotFound, c.RenameCircle, "ann", circle=id, name="Mine")
    world.do(c.EraseMember, ids.SYSTEM, person="ben", withdraws=False)
    assert world.state.circles[id].members == {"cat", "fay"}


def test_nothing_is_added_to_a_closed_circle_and_its_members_read_on(world: World) -> None:
    id = world.circle("ann", "ben")
    inside = Audience(circle=id)
    idea = world.post("ann", audience=inside)
    remark = world.comment(idea)
    world.do(c.CloseCircle, "ann", circle=id)
    assert world.state.sees_idea(world.viewer("ben"), world.idea(idea))
    posting = {"topic": world.topic, "title": "An idea", "body": "", "audience": inside}
    assert world.refuse(Locked, c.PostIdea, "ben", **posting).id == id
    world.refuse(Locked, c.PostComment, "ben", idea=idea, body="Words")
    world.refuse(Locked, c.EditIdea, "ann", idea=idea, title="Another", body="", base_version=1)
    world.refuse(Locked, c.EditComment, "ben", comment=remark, body="Words")
    world.refuse(Locked, c.SupportIdea, "ben", idea=idea)
    world.refuse(Locked, c.ChangeCircle, "ann", circle=id, add=("cat",))
    assert world.do(c.ChangeCircle, "ben", circle=id, remove=("ben",)), "whoever wants to leave does"
    world.do(c.CloseCircle, "ann", circle=id, closed=False)
    assert world.comment(idea, "ann")


def test_what_happens_in_a_circle_touches_its_members_alone(world: World) -> None:
    id = world.circle("ann", "ben")
    idea = world.post("ann", audience=Audience(circle=id))
    outside = ("cat", "fay", "mod", "org", "spo")
    before = {person: world.member(person).touched for person in outside}
    counts = {person: world.state.tallies.of("", world.viewer(person)) for person in outside}
    minutes = {minute: list(counted) for minute, counted in world.state.minutes.items()}
    world.do(c.RenameCircle, "ann", circle=id, name="Ours")
    world.comment(idea)
    world.support(idea, "ben")
    world.do(c.ChangeCircle, "ann", circle=id, remove=("ben",))
    world.do(c.CloseCircle, "ann", circle=id)
    assert {person: world.member(person).touched for person in outside} == before
    assert {person: world.state.tallies.of("", world.viewer(person)) for person in outside} == counts
    assert dict(world.state.minutes) == minutes
    assert world.state.log == []
    assert all(not world.member(person).notices for person in outside)


def test_circles_and_their_members_are_not_endlessly_many(world: World) -> None:
    for number in range(MOST_CIRCLES):
        world.circle("ann", name=f"Circle {number}")
    world.refuse(InvalidInput, c.CreateCircle, "ann", name="One more", members=())
    assert world.circle("ben", name="Another's")
    crowd = tuple(f"person {number}" for number in range(MOST_MEMBERS))
    world.refuse(InvalidInput, c.CreateCircle, "cat", name="All", members=crowd)
