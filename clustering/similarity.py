"""How alike two texts are: by meaning (vectors) and by wording (TF-IDF of words and of character 4-grams).

Similarity of two texts = cosine of their centred vectors + LEXICAL_WEIGHT x cosine of their wording, where wording is
the mean of the word and the character TF-IDF cosine. Wording sharpens what short texts of one language share (names of
places, product names); across languages it is near 0 and meaning decides alone.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from clustering.languages import all_stop_words, clean, words
from clustering.vectors import Floats, Ints

LEXICAL_WEIGHT = 0.5
_FEATURES = 2**20
_LONGEST = 1500


def lexical_matrix(texts: Sequence[str]) -> sparse.csr_matrix:
    """(n, features) float32 rows of length at most 1 whose dot product is the cosine of wording."""
    tidy = [clean(text)[:_LONGEST].lower() for text in texts]
    parts = [_tfidf(_content_words(text) for text in tidy), _tfidf(_four_grams(text) for text in tidy)]
    return sparse.csr_matrix(sparse.hstack(parts, format="csr", dtype=np.float32) * np.float32(np.sqrt(0.5)))


def pair_similarity(vectors: Floats, lexical: sparse.csr_matrix | None, left: Ints, right: Ints) -> Floats:
    """Similarity of the pairs (left[i], right[i]): shape (m,)."""
    meaning = np.einsum("ij,ij->i", vectors[left], vectors[right])
    if lexical is None:
        return np.asarray(meaning, dtype=np.float32)
    wording = np.asarray(lexical[left].multiply(lexical[right]).sum(axis=1)).ravel()
    return np.asarray(meaning + LEXICAL_WEIGHT * wording, dtype=np.float32)


def _tfidf(documents: Iterable[list[str]]) -> sparse.csr_matrix:
    hashed = HashingVectorizer(analyzer=_as_is, n_features=_FEATURES, alternate_sign=False, norm=None, dtype=np.float32)
    counts = hashed.transform(documents)
    return sparse.csr_matrix(TfidfTransformer(sublinear_tf=True).fit_transform(counts))


def _as_is(tokens: list[str]) -> list[str]:
    return tokens


def _content_words(text: str) -> list[str]:
    stops = all_stop_words()
    return [word for word in words(text) if word not in stops]


def _four_grams(text: str) -> list[str]:
    return [padded[i : i + 4] for padded in (f" {word} " for word in text.split()) for i in range(max(1, len(padded) - 3))]
