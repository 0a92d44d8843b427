"""The measures of themes: each takes texts with raw vectors and returns plain figures."""

import os
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from bench.themes_data import TextSet
from clustering import Embedder, ThemeModel
from clustering.preparing import prepare
from clustering.similarity import lexical_matrix

Vectors = NDArray[np.float32]


def agreement(texts: TextSet, labels: NDArray[Any]) -> dict[str, float]:
    """NMI and ARI with the set's own labels; for a bilingual set also pairs in one theme and NMI with language."""
    found: dict[str, float] = {}
    if texts.labels is not None:
        found["nmi"] = float(normalized_mutual_info_score(texts.labels, labels))
        found["ari"] = float(adjusted_rand_score(texts.labels, labels))
    if texts.languages is not None:
        half = len(labels) // 2
        found["pairs"] = float((labels[:half] == labels[half:]).mean())
        found["language_nmi"] = float(normalized_mutual_info_score(texts.languages, labels))
    return found


def themes(texts: TextSet, vectors: Vectors, embedder: Embedder, seeds: int) -> dict[str, Any]:
    """Quality at the default granularity: mean over seeds, and the worst seed, of both levels."""
    runs = [_run(texts, vectors, embedder, seed) for seed in range(seeds)]
    figures: dict[str, Any] = {"reason": runs[0].quality_.reason, "leaf_reason": runs[0].quality_.leaf_reason}
    figures["themes"] = [len(run.themes_) for run in runs]
    figures["subthemes"] = [len(run.subthemes_) for run in runs]
    figures["unthemed"] = max(run.quality_.unthemed for run in runs)
    for level, labels in (("board", [r.labels_ for r in runs]), ("sub", [r.sublabels_ for r in runs])):
        scores = [agreement(texts, found) for found in labels]
        for name in scores[0]:
            values = [score[name] for score in scores]
            worst = max(values) if name == "language_nmi" else min(values)
            figures[f"{level}_{name}"] = {"mean": float(np.mean(values)), "worst": worst}
    return figures


def retention(texts: TextSet, vectors: Vectors, embedder: Embedder, repeats: int) -> dict[str, Any]:
    """Shares of ideas that keep their theme when the last 10 % arrive: by update, and by a regrouping of all."""
    updated, regrouped, shifts = [], [], []
    for seed in range(repeats):
        order = np.random.default_rng(seed).permutation(len(texts.texts))
        early = int(0.9 * len(order))
        words = [texts.texts[i] for i in order]
        codes = [texts.languages[i] for i in order] if texts.languages else None
        model = ThemeModel(random_state=seed, embedder=embedder)
        model.fit(words[:early], codes and codes[:early], embeddings=vectors[order[:early]])
        before, ids = model.previous(), [theme.id for theme in model.themes_]
        labels = model.labels_.copy()
        model.update(words[early:], codes and codes[early:], embeddings=vectors[order[early:]])
        updated.append(float((model.labels_[:early] == labels).mean()))
        later = ThemeModel(random_state=seed, embedder=embedder)
        later.fit(words, codes, embeddings=vectors[order], previous=before.padded(len(order)))
        now = [later.themes_[label].id if label >= 0 else None for label in later.labels_[:early]]
        then = [ids[label] if label >= 0 else None for label in labels]
        regrouped.append(float(np.mean([one == other for one, other in zip(now, then, strict=True)])))
        shifts.append(later.quality_.changes.shift if later.quality_.changes else 0.0)
    return {
        "update": min(updated),
        "regroup_mean": float(np.mean(regrouped)),
        "regroup_worst": min(regrouped),
        "map_shift": float(np.median(shifts)),
    }


def similarity(ratings: list[tuple[str, str, float]], embed: Callable[[list[str]], Vectors], id: str) -> dict[str, Any]:
    """Rank correlation (Spearman) of similarities with people's ratings."""
    texts = sorted({text for pair in ratings for text in pair[:2]})
    row = {text: i for i, text in enumerate(texts)}
    left, right = (np.array([row[pair[side]] for pair in ratings]) for side in (0, 1))
    judged = [score for *_, score in ratings]
    raw = embed(texts)
    learned, _ = prepare(raw, texts, ["en"] * len(texts), id)
    ours = learned.searchable(raw, ["en"] * len(texts))
    wording = lexical_matrix(texts)
    words = np.asarray(wording[left].multiply(wording[right]).sum(axis=1)).ravel()
    tfidf = TfidfVectorizer().fit_transform(texts)
    meaning = np.einsum("ij,ij->i", ours[left], ours[right])
    return {
        "pairs": len(ratings),
        "tfidf": _rank(np.asarray(tfidf[left].multiply(tfidf[right]).sum(axis=1)).ravel(), judged),
        "plain_embedder": _rank(np.einsum("ij,ij->i", raw[left], raw[right]), judged),
        "ours": _rank(meaning, judged),
        "ours_with_wording": _rank(meaning + words, judged),
    }


def twins(texts: TextSet, vectors: Vectors, id: str) -> dict[str, float]:
    """How often the nearest text to one is its translation, with raw and with searchable vectors."""
    assert texts.languages is not None
    learned, _ = prepare(vectors, texts.texts, texts.languages, id)
    found = {}
    for name, rows in (("raw", vectors), ("ours", learned.searchable(vectors, texts.languages))):
        scores = rows @ rows.T
        np.fill_diagonal(scores, -np.inf)
        half = len(rows) // 2
        found[name] = float((scores.argmax(axis=1) == np.r_[np.arange(half) + half, np.arange(half)]).mean())
    return found


def throughput(texts: list[str], embed: Callable[[list[str]], Any]) -> float:
    """Texts a second."""
    start = time.perf_counter()
    embed(texts)
    return len(texts) / (time.perf_counter() - start)


def large(count: int, embedder: Embedder) -> dict[str, Any]:
    """A jam of `count` made-up ideas with embeddings given: seconds and peak memory of a regrouping, and of single
    updates and searches."""
    texts, vectors = made_up(count, embedder.dimensions)
    load = os.getloadavg()[0]
    start, busy = time.perf_counter(), time.process_time()
    model = ThemeModel(embedder=embedder).fit(texts, ["en"] * count, embeddings=vectors)
    fitted, busy = time.perf_counter() - start, time.process_time() - busy
    start = time.perf_counter()
    again = ThemeModel(embedder=embedder).fit(texts, ["en"] * count, embeddings=vectors, previous=model.previous())
    regrouped = time.perf_counter() - start
    start = time.perf_counter()
    for i in range(100):
        model.update([texts[i]], ["en"], embeddings=vectors[i : i + 1])
    updated = (time.perf_counter() - start) / 100
    start = time.perf_counter()
    for i in range(100):
        model.nearest(vectors[i], 5)
    searched = (time.perf_counter() - start) / 100
    return {
        "texts": count,
        "fit_s": fitted,
        "fit_cpu_s": busy,
        "load_before": load,
        "regroup_s": regrouped,
        "stayed": again.quality_.changes.stayed if again.quality_.changes else 0.0,
        "themes": len(model.themes_),
        "subthemes": len(model.subthemes_),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "update_ms": 1000 * updated,
        "similar_ms": 1000 * searched,
    }


def made_up(count: int, dimensions: int) -> tuple[list[str], Vectors]:
    """Texts of 12-40 words in 200 subjects of very different sizes, with vectors about as mixed as real ones."""
    rng = np.random.default_rng(0)
    subjects = rng.choice(200, count, p=rng.dirichlet(np.full(200, 0.7)))
    fields = rng.normal(size=(20, dimensions))
    centres = 0.7 * fields[rng.integers(20, size=200)] + 0.7 * rng.normal(size=(200, dimensions))
    vectors = centres[subjects] + 1.3 * rng.normal(size=(count, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    lexicon = np.array(["".join(rng.choice(syllables, rng.integers(2, 5))) for _ in range(20000)])
    own = rng.integers(20000, size=(200, 60))
    common = (20000 * rng.power(0.35, size=(count, 40))).astype(int)
    return [_made_text(rng, lexicon, own[s], common[i]) for i, s in enumerate(subjects)], vectors.astype(np.float32)


def _made_text(rng: np.random.Generator, lexicon: NDArray[Any], own: NDArray[Any], common: NDArray[Any]) -> str:
    length = int(rng.integers(12, 41))
    from_own = rng.random(length) < 0.35
    return " ".join(lexicon[np.where(from_own, rng.choice(own, length), common[:length])])


def _run(texts: TextSet, vectors: Vectors, embedder: Embedder, seed: int) -> ThemeModel:
    return ThemeModel(random_state=seed, embedder=embedder).fit(texts.texts, texts.languages, embeddings=vectors)


def _rank(values: NDArray[Any], judged: list[float]) -> float:
    return float(spearmanr(values, judged).statistic)
