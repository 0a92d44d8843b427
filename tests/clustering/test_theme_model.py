"""ThemeModel end to end on small texts of its own."""

import json
import pickle

import numpy as np
import pytest
from clustering_samples import TOPICS, sample

from clustering import Summary, TfidfEmbedder, ThemeModel


@pytest.fixture(scope="module")
def fitted() -> ThemeModel:
    texts, _ = sample(40)
    return ThemeModel(embedder=TfidfEmbedder()).fit(texts)


def test_it_finds_the_topics_that_were_put_in() -> None:
    texts, topics = sample(40)
    model = ThemeModel(embedder=TfidfEmbedder()).fit(texts)
    for theme in range(len(model.themes_)):
        inside = topics[model.labels_ == theme]
        assert (inside == np.bincount(inside).argmax()).mean() > 0.9
    assert (model.labels_ >= 0).all()
    assert len(TOPICS) <= len(model.themes_) <= 25


def test_the_tree_is_consistent(fitted: ThemeModel) -> None:
    ids = [theme.id for theme in fitted.themes_]
    leaves = fitted.subthemes_
    assert len(set(ids)) == len(ids)
    assert len({leaf.id for leaf in leaves}) == len(leaves)
    for label, leaf in zip(fitted.labels_, fitted.sublabels_, strict=True):
        assert (leaves[leaf].parent or leaves[leaf].id) == ids[label]
    for number, theme in enumerate(fitted.themes_):
        assert theme.size == int((fitted.labels_ == number).sum())
        assert sum(child.size for child in theme.children) in (0, theme.size)
        assert all(fitted.labels_[row] == number for row in theme.medoids)
        assert 0 <= theme.confidence <= 1


def test_the_same_input_and_seed_give_the_same_answer(fitted: ThemeModel) -> None:
    again = ThemeModel(embedder=TfidfEmbedder()).fit(sample(40)[0])
    assert again.labels_.tolist() == fitted.labels_.tolist()
    assert again.themes_ == fitted.themes_
    assert again.positions_.tolist() == fitted.positions_.tolist()
    assert again.quality_ == fitted.quality_


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["one idea alone"],
        ["one idea", "quite another matter"],
        ["bus", "bus stop", "train", "cheese", "wine"],
        ["the same words"] * 30,
        [""] * 12,
        ["", "   ", "a bus to the office"],
        ["🎉", "🎉🎉", "😀"],
        ["\0", "‮", "a\0b bus", "bus‏"],
        ["אוטובוס למשרד", "חניה לאופניים", "אוכל צמחוני"],
    ],
)
def test_any_tiny_jam_gives_a_sensible_answer(texts: list[str]) -> None:
    model = ThemeModel(embedder=TfidfEmbedder()).fit(texts)
    assert len(model.labels_) == len(model.sublabels_) == len(model.positions_) == len(texts)
    assert all(0 <= value <= 1 for value in model.positions_.ravel())
    assert sum(theme.size for theme in model.themes_) + model.quality_.unthemed == len(texts)
    assert all(theme.name for theme in model.themes_)
    labels, _, _ = model.assign(["a bus", ""])
    assert labels[1] == -1
    assert pickle.loads(pickle.dumps(model)).themes_ == model.themes_


def test_identical_texts_are_one_theme_and_a_lone_text_is_none() -> None:
    assert ThemeModel(embedder=TfidfEmbedder()).fit(["the same words"] * 30).labels_.tolist() == [0] * 30
    assert ThemeModel(embedder=TfidfEmbedder()).fit(["one idea alone"]).labels_.tolist() == [-1]


def test_update_adds_and_moves_nothing(fitted: ThemeModel) -> None:
    model = pickle.loads(pickle.dumps(fitted))
    labels, positions, sizes = model.labels_.copy(), model.positions_.copy(), [t.size for t in model.themes_]
    given, leaves, sure = model.update([sample(1)[0][0], ""])
    assert model.labels_[:-2].tolist() == labels.tolist()
    assert model.positions_[:-2].tolist() == positions.tolist()
    assert given[1] == leaves[1] == -1
    assert sure[1] == 0
    assert model.themes_[given[0]].size == sizes[given[0]] + 1
    assert len(model.embeddings_) == len(labels) + 2


def test_a_later_run_keeps_identities(fitted: ThemeModel) -> None:
    texts, _ = sample(44)
    old, _ = sample(40)
    order = old + [text for text in texts if text not in set(old)]
    before = fitted.previous()
    previous = before.padded(len(order))
    later = ThemeModel(embedder=TfidfEmbedder()).fit(order, previous=previous)
    names = [later.themes_[label].id for label in later.labels_[: len(old)]]
    stayed = np.mean([now == then for now, then in zip(names, before.theme_ids, strict=True)])
    assert stayed >= 0.95
    assert later.quality_.changes is not None
    kept = {theme.id: theme.name for theme in later.themes_}
    assert all(kept.get(theme.id, theme.name) == theme.name for theme in fitted.themes_)
    assert later.quality_.changes.stayed == pytest.approx(stayed)


def test_a_summary_survives_json_and_places_texts_alone(fitted: ThemeModel) -> None:
    kept = Summary.from_dict(json.loads(json.dumps(fitted.summary_.to_dict())))
    restored = ThemeModel.from_summary(kept, embedder=TfidfEmbedder())
    texts, _ = sample(40)
    assert (restored.assign(texts)[0] == fitted.assign(texts)[0]).mean() > 0.99
    with pytest.raises(ValueError, match="version"):
        Summary.from_dict({**fitted.summary_.to_dict(), "version": 99})


def test_lengths_that_disagree_are_refused(fitted: ThemeModel) -> None:
    with pytest.raises(ValueError, match="2 texts but 1 languages"):
        ThemeModel(embedder=TfidfEmbedder()).fit(["a bus", "a train"], languages=["en"])
    with pytest.raises(ValueError, match="2 texts but 1 embeddings"):
        ThemeModel(embedder=TfidfEmbedder()).fit(["a bus", "a train"], embeddings=np.ones((1, 512)))
    with pytest.raises(ValueError, match="granularity"):
        ThemeModel(granularity=-1.0, embedder=TfidfEmbedder()).fit(sample(4)[0])


def test_similar_finds_the_nearest(fitted: ThemeModel) -> None:
    texts, _ = sample(40)
    best = fitted.similar(texts[3], 3)
    assert texts[best[0][0]] == texts[3]
    assert best[0][1] == pytest.approx(1, abs=1e-4)
    assert [score for _, score in best] == sorted((score for _, score in best), reverse=True)


def test_an_earlier_run_over_other_texts_is_refused(fitted: ThemeModel) -> None:
    with pytest.raises(ValueError, match="1 texts but 160 earlier themes"):
        ThemeModel(embedder=TfidfEmbedder()).fit(["a bus"], previous=fitted.previous())


def test_a_jam_may_begin_empty() -> None:
    model = ThemeModel(embedder=TfidfEmbedder()).fit([])
    assert model.update(["a bus line", "a bus line too"])[0].tolist() == [-1, -1]
    later = ThemeModel(embedder=TfidfEmbedder()).fit(
        ["a bus line", "a bus line too", "the bus line"], previous=model.previous().padded(3)
    )
    assert [theme.size for theme in later.themes_] == [3]


def test_a_flood_of_texts_that_differ_in_numbers_is_one_text() -> None:
    texts, _ = sample(30)
    flood = [f"Security probe {number} - a{number}5b0" for number in range(60)]
    model = ThemeModel(embedder=TfidfEmbedder()).fit([*texts, *flood])
    assert model.quality_.distinct == len(set(texts)) + 1
    assert len(set(model.labels_[len(texts) :].tolist())) == 1
