"""Recorded groupings: what a run replaces, what it keeps, and what must not dangle."""

from server.jam import changes, ids
from server.jam import commands as c
from server.jam.rejections import InvalidInput, NotAllowed
from server.jam.visibility import Audience
from tests.jam.world import World, grouping, theme_item


def test_an_idea_that_a_run_left_out_does_not_keep_a_sub_theme_that_is_gone(world: World) -> None:
    idea, other = world.post(), world.post("ben")
    world.group({"h1": [idea, other]}, {"h2": ("h1", [idea])})
    world.group({"h1": [other]})
    assert (world.idea(idea).theme, world.idea(idea).subtheme) == ("h1", None)
    world.support(idea, "cat")
    assert world.voters(idea) == {"cat"}


def test_a_sub_theme_that_went_to_another_theme_lets_go_of_the_ideas_that_stayed(world: World) -> None:
    idea, other = world.post(), world.post("ben")
    world.group({"h1": [idea], "h3": [other]}, {"h2": ("h1", [idea])})
    world.group({"h1": [], "h3": [other]}, {"h2": ("h3", [other])})
    assert (world.idea(idea).theme, world.idea(idea).subtheme) == ("h1", None)
    assert world.state.themes["h2"].ideas == {world.idea(other).number}


def test_a_run_changes_only_the_ideas_whose_theme_changed(world: World) -> None:
    same, moved, none = world.post(), world.post("ben"), world.post("cat")
    world.group({"h1": [same, moved]}, unthemed=[none])
    before = world.state.seq
    world.group({"h1": [same], "h2": [moved]}, unthemed=[none])
    changed = world.state.changes.since(before, 100)
    assert changed is not None
    assert [id for kind, id in changed if kind == changes.IDEA] == [moved]


def test_what_belongs_to_a_circle_stays_out_of_the_themes(world: World) -> None:
    circle = world.circle("ann", "ben")
    idea, secret = world.post(), world.post(audience=Audience(circle=circle))
    world.group({"h1": [idea, secret]})
    assert world.idea(secret).theme is None
    assert world.state.themes["h1"].ideas == {world.idea(idea).number}
    world.do(c.PlaceIdea, ids.SYSTEM, idea=secret, theme="h1", subtheme=None, x=0.5, y=0.5)
    assert world.idea(secret).theme is None


def test_an_idea_that_moves_into_a_circle_leaves_its_theme(world: World) -> None:
    circle = world.circle("org", "ann")
    closed = world.make(ids.TOPIC, c.AddTopic, "org", titles={"en": "Few"}, descriptions={}, audience=Audience(circle=circle))
    idea = world.post()
    world.group({"h1": [idea]}, {"h2": ("h1", [idea])})
    world.do(c.MoveIdea, "org", idea=idea, topic=closed, reason="For few only")
    assert (world.idea(idea).theme, world.idea(idea).subtheme) == (None, None)
    assert world.state.themes["h1"].ideas == world.state.themes["h2"].ideas == set()


def test_a_run_is_refused_when_a_sub_theme_has_no_theme_before_it(world: World) -> None:
    fields = grouping({"h1": [world.post()]}, {})
    for themes in ((theme_item("h2", "h1"), theme_item("h1", None)), (theme_item("h2", "nowhere"),)):
        world.refuse(InvalidInput, c.RecordGrouping, ids.SYSTEM, **fields | {"themes": themes})
    twice = (theme_item("h1", None), theme_item("h1", None))
    world.refuse(InvalidInput, c.RecordGrouping, ids.SYSTEM, **fields | {"themes": twice})


def test_only_the_server_records_a_run_or_places_an_idea(world: World) -> None:
    idea = world.post()
    world.refuse(NotAllowed, c.RecordGrouping, "org", **grouping({"h1": [idea]}, {}))
    world.refuse(NotAllowed, c.PlaceIdea, "org", idea=idea, theme=None, subtheme=None, x=0.0, y=0.0)
