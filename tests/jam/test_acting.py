"""Who may act: a topic or a jam that some relations may only read."""

from typing import Any

import pytest

from server.jam import changes
from server.jam import commands as c
from server.jam.acting import acting_names, acts
from server.jam.people import CROSS_TIER, RELATIONS, Relation, Role, Viewer
from server.jam.rejections import InvalidInput, NotAllowed, NotFound, ReadingOnly
from server.live.delta import changes_after
from server.snapshots import dump, load
from tests.jam.world import World, plain

STAFF = (Relation.EMPLOYEE,)


def reading(topic_only: bool = True) -> tuple[World, str, str]:
    """A world in whose topic only employees act; an idea of ann's in it, and ben's comment on that."""
    world = World()
    idea = world.post("ann")
    remark = world.comment(idea, "ben")
    world.support(idea, "cleo")
    world.do(c.LikeComment, "cleo", comment=remark)
    world.do(c.SetActing, "org", topic=world.topic if topic_only else None, relations=STAFF)
    return world, idea, remark


def attempts(world: World, idea: str, remark: str) -> list[tuple[type[c.Command], dict[str, Any]]]:
    return [
        (c.PostIdea, {"topic": world.topic, "title": "An idea", "body": ""}),
        (c.PostComment, {"idea": idea, "body": "A comment"}),
        (c.SupportIdea, {"idea": idea}),
        (c.LikeComment, {"comment": remark}),
    ]


@pytest.mark.parametrize("topic_only", [True, False])
@pytest.mark.parametrize("person", ["fay", "fred", "cleo", "pat"])
def test_who_may_only_read_does_nothing_and_is_told_who_may(person: str, topic_only: bool) -> None:
    world, idea, remark = reading(topic_only)
    assert world.state.sees_idea(world.viewer(person), world.idea(idea))
    for kind, fields in attempts(world, idea, remark):
        told = world.refuse(ReadingOnly, kind, person, **fields)
        assert (told.topic, told.relations) == (world.topic, STAFF)


@pytest.mark.parametrize("person", ["ben", "cat", "mod", "rev", "spo", "org"])
def test_who_may_act_acts_and_so_does_who_answers_for_the_jam(person: str) -> None:
    world, idea, remark = reading()
    for kind, fields in attempts(world, idea, remark):
        assert world.do(kind, person, **fields), kind


def test_ones_own_can_be_taken_back_but_not_changed() -> None:
    world = World()
    idea = world.post("fay")
    remark = world.comment(idea, "cleo")
    world.support(idea, "cleo")
    world.do(c.LikeComment, "fay", comment=remark)
    world.do(c.SetActing, "org", topic=None, relations=STAFF)
    world.refuse(ReadingOnly, c.EditIdea, "fay", idea=idea, title="Other", body="", base_version=1)
    world.refuse(ReadingOnly, c.EditComment, "cleo", comment=remark, body="Other")
    assert world.do(c.WithdrawSupport, "cleo", idea=idea)
    assert world.do(c.WithdrawLike, "fay", comment=remark)


def test_nobody_builds_on_what_they_may_only_read_from_another_topic() -> None:
    world, idea, _ = reading()
    free = world.make("t", c.AddTopic, "org", titles={"en": "Free"}, descriptions={})
    world.refuse(ReadingOnly, c.PostIdea, "fay", topic=free, title="Built on it", body="", parents=(idea,))
    assert world.do(c.PostIdea, "fay", topic=free, title="By itself", body="")


def test_topic_and_jam_narrow_each_other() -> None:
    world, idea, _ = reading()
    world.do(c.SetActing, "org", topic=None, relations=(Relation.FAMILY,))
    for person in ("ben", "fay"):
        assert world.refuse(ReadingOnly, c.SupportIdea, person, idea=idea).relations == ()
    world.do(c.SetActing, "org", topic=world.topic, relations=None)
    world.support(idea, "fay")


def test_all_relations_are_everyone() -> None:
    world, idea, _ = reading()
    world.do(c.SetActing, "org", topic=world.topic, relations=RELATIONS)
    assert world.state.topics[world.topic].acting is None
    world.support(idea, "fay")
    world.still(c.SetActing, "org", topic=world.topic, relations=None)


def test_only_organizers_say_and_only_what_makes_sense() -> None:
    world = World()
    for person in ("ann", "mod", "spo"):
        world.refuse(NotAllowed, c.SetActing, person, topic=None, relations=STAFF)
    assert world.refuse(InvalidInput, c.SetActing, "org", topic=None, relations=()).field == "relations"
    world.refuse(NotFound, c.SetActing, "org", topic="t-none", relations=STAFF)


def test_only_those_whom_a_topic_is_for_notice_that_it_changed() -> None:
    world = World()
    before = world.state.seq
    world.do(c.SetActing, "org", topic=world.staff, relations=STAFF)
    delta = changes_after(world.state, before).what
    assert delta.ids_for(changes.JAM, world.state.viewer("ann")) == [world.state.id]
    assert delta.ids_for(changes.JAM, world.state.viewer("fay")) == []


def test_the_ideas_there_go_out_again_and_a_snapshot_keeps_it() -> None:
    world, idea, _ = reading()
    assert ("idea", idea) in (world.state.changes.since(world.state.seq - 1, 10) or ())
    assert plain(load(dump(world.state))) == plain(world.state)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("relation", list(Relation))
def test_the_rule_by_hand(role: Role, relation: Relation) -> None:
    viewer = Viewer("p", role, relation)
    for acting in (None, STAFF, (Relation.CLIENT, Relation.FAMILY)):
        assert acts(viewer, None, acting) is (role in CROSS_TIER or acting is None or relation in acting)
        assert acting_names(None, acting) == (RELATIONS if acting is None else tuple(r for r in RELATIONS if r in acting))
    assert not acts(Viewer(None, None, None), None)
