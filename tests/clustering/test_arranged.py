"""The same texts in other themes, without grouping them again."""

import numpy as np
import pytest

from clustering import TfidfEmbedder, ThemeModel
from tests.themes.texts import ALL


@pytest.fixture(scope="module")
def model() -> ThemeModel:
    return ThemeModel(embedder=TfidfEmbedder(256)).fit(ALL)


def test_words_parts_and_places_are_made_for_the_arrangement(model: ThemeModel) -> None:
    wanted = ["one" if row < 12 else "other" if row < 23 else None for row in range(len(ALL))]
    other = model.arranged(wanted)
    ids = [theme.id for theme in other.themes_]
    assert [ids[label] if label >= 0 else None for label in other.labels_] == wanted
    assert sorted(theme.size for theme in other.themes_) == [11, 12]
    assert all(theme.name and theme.keywords and theme.medoids for theme in other.themes_)
    for leaf in range(len(other.subthemes_)):
        assert len({int(label) for label in other.labels_[other.sublabels_ == leaf]}) == 1
    inside = np.linalg.norm(other.positions_[:12] - other.circles_[ids.index("one"), :2], axis=1)
    assert (inside <= other.circles_[ids.index("one"), 2] + 1e-3).all()


def test_the_model_itself_stays_and_both_can_take_in_more(model: ThemeModel) -> None:
    before = model.labels_.tolist()
    other = model.arranged(["one"] * len(ALL))
    other.update(["Bicycle lanes by the river"])
    assert model.labels_.tolist() == before
    assert len(other.labels_) == len(ALL) + 1


def test_texts_that_found_no_theme_can_be_given_one() -> None:
    texts = ["Bicycle lanes", "Solar panels", "Library books"]
    alone = ThemeModel(embedder=TfidfEmbedder(256)).fit(texts)
    assert alone.arranged(["one"] * 3).themes_[0].size == 3
    assert alone.arranged([None] * 3).themes_ == []


def test_every_text_needs_its_theme(model: ThemeModel) -> None:
    with pytest.raises(ValueError, match="24 texts but 1 themes"):
        model.arranged(["one"])
