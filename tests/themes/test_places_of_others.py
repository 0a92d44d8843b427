"""Where ideas for everyone stand follows from ideas for everyone alone: neither map nor label tells how many others there are."""

from pathlib import Path

from clustering import TfidfEmbedder
from server.themes.items import item_of, notes_of, pack
from server.themes.messages import Item, Loaded, Placed
from server.themes.placing import PlacedJam
from server.themes.vectors import VectorStore
from tests.jam.world import EMPLOYEES, World
from tests.themes.test_regrouping import full_world, group, one_thread
from tests.themes.texts import ALL

__all__ = ["one_thread"]


def items(world: World) -> list[Item]:
    return [item_of(idea) for idea in world.state.ideas]


def placed(folder: Path, with_others: bool) -> list[Placed]:
    """Where a new idea for everyone is put, beside others for employees only or not."""
    world, store = World(), VectorStore(folder, TfidfEmbedder(256))
    world.group({"h1": [world.post(title=text) for text in ALL[:6]]})
    others = [world.post("ben", ALL[6], EMPLOYEES) for _ in range(5 if with_others else 0)]
    for number, other in enumerate(others):
        world.idea(other).theme, world.idea(other).x, world.idea(other).y = "h1", 0.1 * number, 0.9
    store.embed({item.key: item.text for item in items(world)})
    jam = PlacedJam(store, Loaded("j1", None, "en", [pack(items(world))], notes_of(world.state)))
    new = [
        world.post("cat", text, id=f"new-{number}") for number, text in enumerate((ALL[6], ALL[0] + " too", "Something else"))
    ]
    return jam.place([item for item in items(world) if item.id in new])


def test_a_new_idea_for_everyone_is_put_where_it_would_be_without_the_others(tmp_path: Path) -> None:
    with_others = placed(tmp_path / "with", True)
    assert [place[2:] for place in with_others] == [place[2:] for place in placed(tmp_path / "without", False)]
    assert any(place.theme for place in with_others)


def test_a_label_stands_where_the_ideas_for_everyone_do(tmp_path: Path) -> None:
    def labels(folder: Path, with_others: bool) -> object:
        world = full_world()
        for number, text in enumerate(ALL[:8] if with_others else ()):
            world.post("ben", f"{text} for us", EMPLOYEES, id=f"other-{number}")
        made = group(world, VectorStore(folder, TfidfEmbedder(256)))
        return [(theme["name"], theme["x"], theme["y"], theme["cohesion"]) for theme in made.themes]

    assert labels(tmp_path / "with", True) == labels(tmp_path / "without", False)
