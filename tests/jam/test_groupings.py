"""Recorded groupings: what a run replaces, what it keeps, and what must not dangle."""

from server.jam import changes, ids
from server.jam import commands as c
from server.jam.rejections import Conflict, InvalidInput, NotAllowed
from server.jam.visibility import Audience
from tests.jam.world import World, grouping, newest, theme_item


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


def test_a_theme_that_goes_on_keeps_its_colour_age_and_given_name(world: World) -> None:
    one, two = world.post(), world.post("ben")
    world.group({"h1": [one], "h2": [two]})
    world.do(c.RenameTheme, "mod", theme="h2", name="A name of ours")
    was = world.state.themes["h2"]
    world.wait(1000)
    world.group({"h3": [one], "h2": [two]}, {"h4": ("h2", [two])})
    theme, sub, new = (world.state.themes[id] for id in ("h2", "h4", "h3"))
    assert (theme.color, theme.created_at, theme.given_name, theme.label) == (
        was.color,
        was.created_at,
        was.given_name,
        was.given_name,
    )
    assert new.color not in (0, 1)
    assert (sub.color, sub.parent, sub.label) == (theme.color, "h2", "Name of h4")
    assert "h1" not in world.state.themes
    assert [board.id for board in world.state.board_themes()] == ["h3", "h2"]
    assert world.state.subthemes(theme) == [sub]


def test_a_run_says_how_many_it_grouped_and_how_many_found_no_theme(world: World) -> None:
    one, two = world.post(), world.post("ben")
    command = world.command(c.RecordGrouping, ids.SYSTEM, **grouping({"h1": [one]}, {}, [two]))
    (event,) = world.run(command)
    run = world.state.theme_run
    assert run is not None
    assert (run.id, run.at, run.ideas, run.unthemed) == (event.run, world.now, 2, 1)
    assert (world.idea(one).x, world.idea(two).x) == (0.25, 0.5)


def test_an_idea_a_run_does_not_know_stays_where_it_is_and_unknown_ideas_are_passed_over(world: World) -> None:
    one, two = world.post(), world.post("ben")
    world.group({"h1": [one, two]})
    world.group({"h1": [one, "i-unknown"]})
    assert world.idea(two).theme == "h1"
    assert world.state.themes["h1"].ideas == {0, 1}


def test_an_idea_is_placed_between_two_runs(world: World) -> None:
    one, two = world.post(), world.post("ben")
    world.group({"h1": [one]}, {"h2": ("h1", [one])})
    for theme, subtheme, expected in (
        ("h1", "h2", ("h1", "h2")), ("h1", "gone", ("h1", None)), ("gone", "h2", (None, None)), (None, None, (None, None)),
    ):  # fmt: skip
        world.do(c.PlaceIdea, ids.SYSTEM, idea=two, theme=theme, subtheme=subtheme, x=0.1, y=0.9)
        assert (world.idea(two).theme, world.idea(two).subtheme) == expected
        assert (world.idea(two).x, world.idea(two).y) == (0.1, 0.9)


def test_what_people_decided_meanwhile_outweighs_a_placement(world: World) -> None:
    pinned, excluded, merged, anchor = (world.post(title=f"Idea {number}") for number in range(4))
    world.group({"h1": [anchor], "h2": [pinned], "h3": [excluded, merged]}, {"h4": ("h3", [excluded])})
    world.do(c.PinToTheme, "mod", idea=pinned, theme="h1")
    world.do(c.ExcludeFromTheme, "mod", idea=excluded, theme="h3")
    world.do(c.MergeThemes, "mod", theme="h3", into="h1")
    for idea, theme in ((pinned, "h2"), (merged, "h3")):
        world.do(c.PlaceIdea, ids.SYSTEM, idea=idea, theme=theme, subtheme=None, x=0.5, y=0.5)
        assert world.idea(idea).theme == "h1"
    world.do(c.ExcludeFromTheme, "mod", idea=excluded, theme="h1")
    world.do(c.PlaceIdea, ids.SYSTEM, idea=excluded, theme="h1", subtheme="h4", x=0.5, y=0.5)
    assert (world.idea(excluded).theme, world.idea(excluded).subtheme) == (None, None)


def test_a_run_made_before_a_merge_does_not_undo_it(world: World) -> None:
    one, two = world.post(), world.post("ben")
    world.group({"h1": [one], "h2": [two]})
    late = grouping({"h1": [one], "h2": [two]}, {}) | newest(world.state)
    world.do(c.MergeThemes, "mod", theme="h1", into="h2")
    world.refuse(Conflict, c.RecordGrouping, ids.SYSTEM, **late)
    world.refuse(Conflict, c.RecordGrouping, ids.SYSTEM, **late | newest(world.state))
    world.group({"h2": [one, two]})
    assert world.state.themes["h1"].merged_into == "h2"


def test_of_two_runs_made_from_the_same_one_only_one_is_recorded(world: World) -> None:
    """Two servers of one jam: the second run would only move the map again."""
    idea = world.post()
    for _ in range(2):
        both = [grouping({"h1": [idea]}, {}) | newest(world.state) for _ in range(2)]
        world.do(c.RecordGrouping, ids.SYSTEM, **both[0])
        world.refuse(Conflict, c.RecordGrouping, ids.SYSTEM, **both[1])


def test_a_run_made_before_any_decision_of_people_is_refused(world: World) -> None:
    one, two = world.post(), world.post("ben")
    acts: list[tuple[type[c.Command], dict[str, object]]] = [
        (c.RenameTheme, {"theme": "h1", "name": "Ours"}), (c.PinToTheme, {"idea": two, "theme": "h1"}),
        (c.ExcludeFromTheme, {"idea": one, "theme": "h2"}), (c.SplitTheme, {"theme": "h1", "ideas": (one,), "name": "Apart"}),
        (c.MergeThemes, {"theme": "h2", "into": "h1"}),
    ]  # fmt: skip
    world.group({"h1": [one, two], "h2": []})
    for kind, fields in acts:
        late = grouping({"h1": [one, two]}, {}) | newest(world.state)
        assert world.do(kind, "mod", **fields)
        world.refuse(Conflict, c.RecordGrouping, ids.SYSTEM, **late)
