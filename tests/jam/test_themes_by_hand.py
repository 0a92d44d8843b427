"""What people do to themes: rename, merge, split, pin and exclude."""

import pytest

from server.jam import commands as c
from server.jam import events as ev
from server.jam import ids
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound
from server.jam.visibility import Audience
from tests.jam.world import World


class Themed(World):
    """Two themes, the first with a sub-theme: h1 = {one, two}, h1 / h3 = {two}, h2 = {three}; four is in none."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two, self.three, self.four = (self.post(title=f"Idea {number}") for number in range(4))
        self.group({"h1": [self.one, self.two], "h2": [self.three]}, {"h3": ("h1", [self.two])}, [self.four])

    def themes(self, *ideas: str) -> list[tuple[str | None, str | None]]:
        return [(self.idea(id).theme, self.idea(id).subtheme) for id in ideas]

    def consistent(self) -> None:
        """Each theme lists just the ideas that name it."""
        for theme in self.state.themes.values():
            naming = {idea.number for idea in self.state.ideas if theme.id in (idea.theme, idea.subtheme)}
            assert theme.ideas == naming


@pytest.fixture
def themed() -> Themed:
    return Themed()


def test_a_theme_is_renamed(themed: Themed) -> None:
    assert themed.do(c.RenameTheme, "mod", theme="h1", name=" Ours ") == (
        ev.ThemeRenamed(at=themed.now, theme="h1", name="Ours", by="mod"),
    )
    assert themed.state.themes["h1"].label == "Ours"
    themed.still(c.RenameTheme, "org", theme="h1", name="Ours")
    themed.refuse(InvalidInput, c.RenameTheme, "mod", theme="h1", name="x")
    themed.refuse(NotFound, c.RenameTheme, "mod", theme="h9", name="Ours")
    themed.refuse(NotAllowed, c.RenameTheme, "rev", theme="h1", name="Ours")


def test_a_merged_theme_hands_over_its_ideas_and_sub_themes(themed: Themed) -> None:
    assert themed.do(c.MergeThemes, "mod", theme="h1", into="h2") == (
        ev.ThemesMerged(at=themed.now, theme="h1", into="h2", by="mod"),
    )
    assert themed.themes(themed.one, themed.two, themed.three) == [("h2", None), ("h2", "h3"), ("h2", None)]
    assert [theme.id for theme in themed.state.board_themes()] == ["h2"]
    assert [sub.id for sub in themed.state.subthemes(themed.state.themes["h2"])] == ["h3"]
    themed.consistent()
    themed.still(c.MergeThemes, "mod", theme="h1", into="h2")
    themed.refuse(NotFound, c.MergeThemes, "mod", theme="h2", into="h1")
    themed.refuse(NotFound, c.PinToTheme, "mod", idea=themed.four, theme="h1")


@pytest.mark.parametrize(("theme", "into"), [("h1", "h1"), ("h1", "h3"), ("h3", "h2")])
def test_only_two_themes_of_the_board_can_be_merged(themed: Themed, theme: str, into: str) -> None:
    themed.refuse(Conflict, c.MergeThemes, "mod", theme=theme, into=into)


def test_a_merged_theme_is_remembered_by_later_runs_while_what_it_became_lives(themed: Themed) -> None:
    themed.group({"h1": [themed.one], "h2": [themed.three], "h4": [themed.four]})
    themed.do(c.MergeThemes, "mod", theme="h4", into="h1")
    themed.do(c.MergeThemes, "mod", theme="h1", into="h2")
    themed.group({"h2": [themed.one, themed.three, themed.four]})
    assert {id: theme.merged_into for id, theme in themed.state.themes.items()} == {"h2": None, "h1": "h2", "h4": "h1"}
    assert [theme.id for theme in themed.state.board_themes()] == ["h2"]
    themed.do(c.PlaceIdea, ids.SYSTEM, idea=themed.four, theme="h4", subtheme=None, x=0.5, y=0.5)
    assert themed.themes(themed.four) == [("h2", None)]
    themed.group({"h5": [themed.one]})
    assert set(themed.state.themes) == {"h5"}
    themed.consistent()


def test_a_split_makes_a_theme_of_some_ideas(themed: Themed) -> None:
    command = themed.command(c.SplitTheme, "mod", theme="h1", ideas=(themed.two, themed.two), name="Apart")
    new = command.derived(ids.THEME)
    assert themed.run(command) == (
        ev.ThemeSplit(at=themed.now, theme="h1", new_theme=new, name="Apart", ideas=(themed.two,), by="mod"),
    )
    assert themed.themes(themed.one, themed.two) == [("h1", None), (new, None)]
    theme = themed.state.themes[new]
    assert (theme.label, theme.parent, theme.created_at) == ("Apart", None, themed.now)
    assert theme.color not in {themed.state.themes[id].color for id in ("h1", "h2")}
    assert themed.state.theme_edits.splits == {new: (themed.two,)}
    themed.consistent()
    assert themed.run(command) == ()


def test_what_can_not_be_split(themed: Themed) -> None:
    for theme, ideas in (
        ("h1", ()), ("h1", (themed.one, themed.two)), ("h1", (themed.three,)), ("h3", (themed.two,)), ("h2", (themed.three,)),
    ):  # fmt: skip
        themed.refuse(InvalidInput, c.SplitTheme, "mod", theme=theme, ideas=ideas, name="Apart")
    themed.refuse(NotFound, c.SplitTheme, "mod", theme="h9", ideas=(themed.one,), name="Apart")
    themed.refuse(NotFound, c.SplitTheme, "mod", theme="h1", ideas=("i",), name="Apart")


def test_an_idea_is_pinned_to_a_theme(themed: Themed) -> None:
    assert themed.do(c.PinToTheme, "mod", idea=themed.two, theme="h2") == (
        ev.IdeaPinnedToTheme(at=themed.now, idea=themed.two, theme="h2", by="mod"),
    )
    assert themed.themes(themed.two) == [("h2", None)]
    themed.still(c.PinToTheme, "mod", idea=themed.two, theme="h2")
    themed.refuse(NotFound, c.PinToTheme, "mod", idea=themed.two, theme="h3")
    themed.consistent()


def test_what_belongs_to_a_circle_is_not_pinned(themed: Themed) -> None:
    idea = themed.post("mod", audience=Audience(circle=themed.circle("mod", "ann")))
    themed.refuse(Conflict, c.PinToTheme, "mod", idea=idea, theme="h1")


def test_an_excluded_idea_leaves_the_theme_or_the_sub_theme(themed: Themed) -> None:
    assert themed.do(c.ExcludeFromTheme, "mod", idea=themed.two, theme="h3") == (
        ev.IdeaExcludedFromTheme(at=themed.now, idea=themed.two, theme="h3", by="mod"),
    )
    assert themed.themes(themed.two) == [("h1", None)]
    themed.do(c.ExcludeFromTheme, "mod", idea=themed.two, theme="h1")
    assert themed.themes(themed.two) == [(None, None)]
    themed.still(c.ExcludeFromTheme, "mod", idea=themed.two, theme="h1")
    themed.consistent()


def test_the_last_of_pin_and_exclusion_holds(themed: Themed) -> None:
    edits = themed.state.theme_edits
    themed.do(c.PinToTheme, "mod", idea=themed.one, theme="h2")
    themed.do(c.ExcludeFromTheme, "mod", idea=themed.one, theme="h2")
    assert (edits.pins, edits.exclusions[themed.one]) == ({}, frozenset({"h2"}))
    themed.do(c.PinToTheme, "mod", idea=themed.one, theme="h2")
    assert (edits.pins, edits.exclusions[themed.one]) == ({themed.one: "h2"}, frozenset())
