"""Topics: added, changed and locked, and what a new audience does to the ideas in them."""

from server.jam import commands as c
from server.jam.rejections import NotFound
from server.jam.visibility import EVERYONE, Audience
from tests.jam.world import World


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
