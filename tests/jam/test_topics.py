"""Topics: added, changed and locked, and what a new audience does to the ideas in them."""

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.people import Relation
from server.jam.rejections import Conflict, InvalidInput, Locked, NotAllowed, NotFound
from server.jam.visibility import EVERYONE, Audience, Reach
from tests.jam.world import EMPLOYEES, World

REASON = "Because it is so"


def test_a_topic_is_one_event(world: World) -> None:
    command = world.command(c.AddTopic, "org", titles={"en": " New "}, descriptions={"he": "חדש"}, audience=EMPLOYEES)
    id = command.derived(ids.TOPIC)
    assert world.run(command) == (
        ev.TopicAdded(
            at=world.now, topic=id, titles={"en": "New"}, descriptions={"he": "חדש"}, audience=EMPLOYEES, position=2, by="org"
        ),
    )
    assert world.run(command) == ()
    assert list(world.state.topics) == [world.topic, world.staff, id]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"titles": {"he": "חדש"}}, InvalidInput),
        ({"titles": {}}, InvalidInput),
        ({"titles": {"en": "a\nb"}}, InvalidInput),
        ({"descriptions": {"en": "x" * 8001}}, InvalidInput),
        ({"audience": Audience(relations=())}, InvalidInput),
        ({"audience": Audience(circle="o")}, NotFound),
    ],
)
def test_what_is_no_topic(world: World, fields: dict[str, object], why: type) -> None:
    world.refuse(why, c.AddTopic, "org", **{"titles": {"en": "New"}, "descriptions": {}} | fields)
    world.refuse(why, c.ChangeTopic, "org", topic=world.topic, **fields)


def test_a_jam_has_at_most_fifty_topics(world: World) -> None:
    for number in range(48):
        world.do(c.AddTopic, "org", titles={"en": f"Topic {number}"}, descriptions={})
    world.refuse(InvalidInput, c.AddTopic, "org", titles={"en": "One more"}, descriptions={})


def test_a_change_says_all_that_holds_then(world: World) -> None:
    assert world.do(c.ChangeTopic, "org", topic=world.staff, titles={"en": "People"}, position=-1) == (
        ev.TopicChanged(
            at=world.now, topic=world.staff, titles={"en": "People"}, descriptions={}, audience=EMPLOYEES, position=0,
            locked=False, by="org",
        ),
    )  # fmt: skip
    world.still(c.ChangeTopic, "org", topic=world.staff, titles={"en": "People "}, position=0)
    world.still(c.ChangeTopic, "org", topic=world.staff)
    world.refuse(NotFound, c.ChangeTopic, "org", topic="t", locked=True)


def test_moderators_lock_a_topic_and_change_nothing_else(world: World) -> None:
    world.refuse(NotAllowed, c.ChangeTopic, "mod", topic=world.topic, locked=True, position=1)
    world.refuse(NotAllowed, c.ChangeTopic, "rev", topic=world.topic, locked=True)
    assert world.do(c.ChangeTopic, "mod", topic=world.topic, locked=True)
    world.still(c.ChangeTopic, "mod", topic=world.topic, locked=True)
    assert world.refuse(Locked, c.PostIdea, "ann", topic=world.topic, title="An idea", body="").id == world.topic


def test_an_idea_is_for_its_own_audience_within_that_of_its_topic(world: World) -> None:
    family = Audience(relations=(Relation.FAMILY, Relation.EMPLOYEE))
    assert world.idea(world.post("ann", topic=world.staff)).reach == EMPLOYEES.reach
    assert world.idea(world.post("ann", topic=world.staff, audience=family)).reach == EMPLOYEES.reach
    assert world.idea(world.post("fay", audience=family)).reach == family.reach


def test_a_new_audience_reaches_every_idea_of_the_topic_and_who_was_reached_is_remembered(world: World) -> None:
    idea, other = world.post(), world.post(topic=world.staff)
    world.do(c.ChangeTopic, "org", topic=world.topic, audience=EMPLOYEES)
    assert (world.idea(idea).reach, world.idea(idea).former_reaches) == (EMPLOYEES.reach, (Reach(),))
    assert world.idea(other).former_reaches == ()
    world.refuse(NotFound, c.SupportIdea, "fay", idea=idea)
    for audience in (EVERYONE, EMPLOYEES, EVERYONE):
        world.do(c.ChangeTopic, "org", topic=world.topic, audience=audience)
    assert (world.idea(idea).reach, world.idea(idea).former_reaches) == (Reach(), (Reach(), EMPLOYEES.reach))
    world.support(idea, "fay")


def test_an_idea_that_moves_takes_the_audience_of_its_new_topic(world: World) -> None:
    idea = world.post("fay", "Mine", EVERYONE)
    assert world.do(c.MoveIdea, "mod", idea=idea, topic=world.staff, reason=REASON) == (
        ev.IdeaMoved(at=world.now, idea=idea, topic=world.staff, reason=REASON, by="mod"),
    )
    assert world.idea(idea).reach == EMPLOYEES.reach
    assert world.notices("fay") == ["MOVED"]
    world.still(c.MoveIdea, "mod", idea=idea, topic=world.staff, reason=REASON)
    world.refuse(InvalidInput, c.MoveIdea, "mod", idea=idea, topic=world.topic, reason="x")
    world.refuse(NotFound, c.MoveIdea, "mod", idea=idea, topic="t", reason=REASON)


def test_an_idea_of_a_circle_does_not_move_to_the_topic_of_another(world: World) -> None:
    mine, other = world.circle("org", "ann"), world.circle("org", "cat")
    idea = world.post("ann", audience=Audience(circle=mine))
    closed = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Few"}, descriptions={}, audience=Audience(circle=other))
    world.refuse(Conflict, c.MoveIdea, "org", idea=idea, topic=closed, reason=REASON)


def test_build_ons_are_counted_anew_when_audiences_change(world: World) -> None:
    """Only those count that everyone who sees the parent sees too."""
    parent = world.post()
    elsewhere = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Elsewhere"}, descriptions={}, audience=EMPLOYEES)
    world.post("ben", parents=(parent,), topic=elsewhere)
    counts = [world.idea(parent).build_on_count]
    for topic, audience in ((world.topic, EMPLOYEES), (elsewhere, EVERYONE), (world.topic, EVERYONE), (elsewhere, EMPLOYEES)):
        world.do(c.ChangeTopic, "org", topic=topic, audience=audience)
        counts.append(world.idea(parent).build_on_count)
    assert counts == [0, 1, 1, 1, 0]


def test_an_idea_of_one_circle_closes_to_all_when_its_topic_goes_to_another(world: World) -> None:
    """Two circles contradict each other: then nobody sees it, and everything that happens to it still applies."""
    mine, other = world.circle("ann", "ben"), world.circle("cat", "org")
    idea = world.post("ann", audience=Audience(circle=mine))
    remark = world.comment(idea)
    world.do(c.ChangeTopic, "org", topic=world.topic, audience=Audience(circle=other))
    assert not any(world.state.sees_idea(world.viewer(person), world.idea(idea)) for person in ("ann", "ben", "cat", "org"))
    world.refuse(NotFound, c.LikeComment, "ben", comment=remark)
    world.do(c.ChangeTopic, "org", topic=world.topic, audience=EVERYONE)
    assert world.state.sees_idea(world.viewer("ben"), world.idea(idea))
