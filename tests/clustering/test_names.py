"""What themes are called: what many share and the embedder finds near, not what happens to be repeated."""

import numpy as np
import pytest

from clustering.labels import Describer, Description, Embedding
from clustering.naming import example, joined, numbered
from clustering.phrases import fit, phrase_vectors
from clustering.terms import vocabulary
from clustering.vectors import centroids, unit

TRANSPORT = [
    "Night buses on Tuesday\nA shuttle from the station on Tuesday",
    "Electric buses on Tuesday\nQuiet buses for the valley",
    "A shuttle for the late shift\nOn Tuesday the shuttle is full",
    "More buses in the rain\nTuesday is the worst",
    "The shuttle stops at the gate\nEvery Tuesday I wait",
    "Free buses for visitors\nA Tuesday without cars",
]
GARDEN = [
    "A herb garden on the roof",
    "Vegetables from the garden",
    "A garden with benches",
    "Trees for the garden path",
    "Water the garden at night",
    "A pond in the garden",
]


def embed(texts: list[str]) -> np.ndarray:
    """Three directions: transport, gardens, and everything else."""
    rows = []
    for text in texts:
        lower = text.lower()
        rides, grows = ("bus" in lower) + ("shuttle" in lower), ("garden" in lower) + ("herb" in lower)
        rows.append([2.0 * rides, 2.0 * grows, 1.0])
    return unit(np.array(rows))


def describe(texts: list[str], labels: list[int], language: str = "en", embedding: bool = True) -> list[Description]:
    rows = np.arange(len(texts))
    groups = np.array(labels)
    vectors = unit(embed(texts) - embed(texts).mean(axis=0))
    means = centroids(vectors, groups, max(labels) + 1)
    given = Embedding(embed, lambda code: embed(texts).mean(axis=0), vectors) if embedding else None
    describer = Describer(texts, [language] * len(texts), rows, language, embedding=given)
    nearest = [(label + 1) % (max(labels) + 1) for label in range(max(labels) + 1)]
    return describer.describe(groups, nearest, means=means)


def test_a_name_says_what_the_texts_are_about_not_what_they_repeat() -> None:
    first = describe(TRANSPORT + GARDEN, [0] * 6 + [1] * 6)[0]
    assert "uesday" not in first.name
    assert first.name.lower().startswith(("buses", "shuttle"))
    assert first.covers == 1.0


def test_a_second_part_is_joined_on_only_for_what_the_first_leaves_out() -> None:
    found = describe(TRANSPORT + GARDEN, [0] * 6 + [1] * 6)
    assert found[1].name == "Garden"


def test_where_no_word_is_shared_a_central_title_is_quoted() -> None:
    describer = Describer(["it is so", "so it is", "that is it", "is it so"], ["en"] * 4, np.arange(4), "en")
    made = describer.describe(np.zeros(4, dtype=np.int64), [None], titles=[["x" * 90, "Beta two\nand more."]])
    assert made[0].name == "“Beta two”"
    assert made[0].covers == 0.0


@pytest.mark.parametrize(
    ("terms", "language", "name"),
    [
        (["buses"], "en", "Buses"),
        (["buses", "trees"], "en", "Buses and trees"),
        (["parque", "iglesia"], "es", "Parque e iglesia"),
        (["חניה", "אופניים"], "he", "חניה ואופניים"),
        (["חניה", "Wi-Fi", "GPS"], "he", "חניה, Wi-Fi ו-GPS"),
    ],
)
def test_parts_are_joined_as_the_language_does(terms: list[str], language: str, name: str) -> None:
    assert joined(terms, language) == name


def test_an_example_is_marked_as_one_and_never_long() -> None:
    assert example(["", "x" * 60, "Free buses!\nbody"], "en") == "“Free buses”"
    assert example(["x" * 60], "en") is None
    assert numbered(None, "he", {"נושא"}) == "נושא 2"


def test_words_count_more_in_a_title_than_behind_it() -> None:
    words = vocabulary(["Buses at night\nmore trees", "Buses by day\nfewer trees", "Trees"], ["en"] * 3, 1)
    column = {term: words.counts[:, [row]].toarray().ravel().tolist() for row, term in enumerate(words.terms)}
    assert column["buses"] == [1, 1, 0]
    assert column["trees"] == [0.5, 0.5, 1]


def test_a_phrase_may_hold_one_preposition_and_four_words() -> None:
    words = vocabulary(
        ["Quality of public life", "The quality of public life", "Zero waste lunch box", "A zero waste lunch box"], ["en"] * 4
    )
    assert {"quality of public life", "zero waste lunch box"} <= set(words.terms)


def test_accents_that_are_left_out_make_no_other_word() -> None:
    words = vocabulary(["Más árboles", "Plantar arboles", "Los arboles viejos", "Cada año", "El ano"], ["es"] * 5, 1)
    assert [term for term in words.terms if "rbol" in term and " " not in term] == ["árboles"]
    assert ("ano",) in words.row


def test_the_fit_of_a_phrase_grows_with_nearness_and_lead() -> None:
    means = unit(np.array([[1.0, 0.0], [0.0, 1.0]]))
    phrases = unit(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))
    factor, ahead = fit(phrases, means, 0, [1])
    assert factor[0] > factor[1] > factor[2]
    assert np.allclose(ahead, [1, 0, -1], atol=1e-6)
    assert phrase_vectors([], embed, means[0]).shape == (0, 2)


def test_an_acronym_that_looks_like_a_stop_word_is_a_term() -> None:
    texts = ["Ampliar la zona SER en mi barrio", "No a la zona SER aquí", "TIENE QUE SER ASÍ", "La plaza DEL barrio, DEL todo"]
    words = vocabulary(texts, ["es"] * 4)
    assert "zona SER" in words.terms
    assert all(words.contents)
    assert words.counts[:, [words.row[("ser",)]]].toarray().ravel().tolist() == [1, 1, 0, 0]
