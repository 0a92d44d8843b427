"""An inverted index over documents of a few fields, made for words that are still being typed.

Every text gets a slot. A posting is slot x 8 + code in a packed array of its term; the code tells field and exactness.
An edited document gets a new slot and its old one is given up, so that nothing is ever searched for in an array.
"""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedList

from server.search.words import loose_forms, words

EXACT, LOOSE, BEGUN = 0, 1, 2
"""How a word was met: as written; in another form of it; by its beginning only."""

_CODES = 8
_FIELD = 4
_SHORT = 2
_FIELD_COST = 32
_NOTHING = 1_000
_FIRST_PAGE = 200
_MOST_WORDS = 8
_MOST_LETTERS = 200
_MOST_COMPARED = 600
_GIVEN_UP = -1
_TELLING = 8

Costs = NDArray[np.int16]


class WordIndex:
    """Documents by number. `add` takes the texts of its fields (at most two), the weightiest first."""

    def __init__(self) -> None:
        self._postings: dict[str, array[int]] = {}
        self._beginnings: dict[str, array[int]] = {}
        self._sorted: SortedList = SortedList()
        self._unsorted: list[str] = []
        self._documents = array("i")
        self._slots: dict[int, int] = {}

    def __len__(self) -> int:
        """How many documents it holds."""
        return len(self._slots)

    def __contains__(self, document: object) -> bool:
        return document in self._slots

    def add(self, document: int, *fields: str) -> None:
        """Index a document, or index it anew; takes time by its words."""
        old = self._slots.get(document)
        if old is not None:
            self._documents[old] = _GIVEN_UP
        slot = self._slots[document] = len(self._documents)
        self._documents.append(document)
        seen: set[tuple[str, int]] = set()
        for place, text in enumerate(fields):
            for term in set(words(text)):
                self._add_term(slot, term, place * _FIELD, seen)

    def _add_term(self, slot: int, term: str, field: int, seen: set[tuple[str, int]]) -> None:
        self._post(slot * _CODES + field + EXACT, term)
        self._begin(slot, term, field, seen)
        for form in loose_forms(term):
            self._post(slot * _CODES + field + LOOSE, form)
            self._begin(slot, form, field, seen)

    def _post(self, posting: int, term: str) -> None:
        postings = self._postings.get(term)
        if postings is None:
            postings = self._postings[term] = array("I")
            self._unsorted.append(term)
        postings.append(posting)

    def _begin(self, slot: int, form: str, field: int, seen: set[tuple[str, int]]) -> None:
        """The first one and two letters stand for all terms that begin with them: those would be too many to join."""
        for beginning in (form[:1], form[:_SHORT]):
            if (beginning, field) not in seen:
                seen.add((beginning, field))
                self._beginnings.setdefault(beginning, array("I")).append(slot * _CODES + field + BEGUN)

    def search(self, text: str, weights: NDArray[np.int32]) -> Iterator[int]:
        """Documents that hold every word of `text`, the last one perhaps only begun; best first, lazily.

        Better is: a match in an earlier field, then a more exact one, then the larger of `weights` (by document number;
        0 beyond its end), then the smaller number.
        """
        terms = words(text[:_MOST_LETTERS])[:_MOST_WORDS]
        if not terms:
            return
        costs = self._last_word(terms[-1])
        for term in terms[:-1]:
            other = self._whole_word(term)
            costs = np.where(np.maximum(costs, other) < _NOTHING, costs + other, np.int16(_NOTHING))
        yield from _by_key(*self._keys(costs, weights))

    def alike(self, text: str, most: int) -> list[tuple[int, float]]:
        """Up to `most` documents that share words with `text`: (number, score from 0 to 1), best first.

        The score is the share of the text's words found, each word weighing its letters, `_TELLING` at most: long words say
        more. How many documents have a word must not count here, since not all of them are for whoever sees the score.
        """
        terms = sorted(set(words(text[:_MOST_COMPARED])))
        shared, total = np.zeros(len(self._documents)), 0.0
        for term in terms:
            met = self._whole_word(term) < _NOTHING
            weight = float(min(len(term), _TELLING))
            shared += weight * met
            total += weight
        if not total:
            return []
        documents = np.array(self._documents, dtype=np.int32)
        shared[documents == _GIVEN_UP] = 0.0
        best = np.lexsort((documents, -shared))[:most]
        return [(int(documents[slot]), float(shared[slot] / total)) for slot in best if shared[slot] > 0]

    def _whole_word(self, term: str) -> Costs:
        costs = self._no_costs()
        for form in loose_forms(term):
            self._lower(costs, self._postings.get(form), LOOSE)
        self._lower(costs, self._postings.get(term), EXACT)
        return costs

    def _last_word(self, term: str) -> Costs:
        costs = self._no_costs()
        for form in loose_forms(term):
            if len(form) > _SHORT:
                self._lower(costs, self._begun(form), BEGUN)
        self._lower(costs, self._begun(term), BEGUN)
        return np.minimum(costs, self._whole_word(term))

    def _begun(self, term: str) -> "array[int] | None":
        """Postings of all terms that begin with this one."""
        if len(term) <= _SHORT:
            return self._beginnings.get(term)
        self._settle()
        found = array("I")
        for longer in self._sorted.irange(term, term + "\U0010ffff"):
            found.extend(self._postings[longer])
        return found

    def _settle(self) -> None:
        self._sorted.update(self._unsorted)
        self._unsorted.clear()

    def _no_costs(self) -> Costs:
        return np.full(len(self._documents), _NOTHING, dtype=np.int16)

    def _lower(self, costs: Costs, postings: "array[int] | None", least: int) -> None:
        """Lowers the cost of each slot in `postings` to that of its best match, which is at least `least` loose."""
        if not postings:
            return
        slots, codes = np.divmod(np.frombuffer(postings, dtype=np.uint32), _CODES)
        for code in range(_CODES - 1, -1, -1):
            met = slots[codes == code]
            cost = np.int16(code // _FIELD * _FIELD_COST + max(code % _FIELD, least))
            costs[met] = np.minimum(costs[met], cost)

    def _keys(self, costs: Costs, weights: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sort keys and numbers of the documents found, as copies: an array that lends its memory can't grow."""
        slots = np.flatnonzero(costs < _NOTHING)
        numbers = np.frombuffer(self._documents, dtype=np.int32)[slots].astype(np.int64)
        there = numbers != _GIVEN_UP
        slots, numbers = slots[there], numbers[there]
        keys = (costs[slots].astype(np.int64) << 52) + ((2**24 - _weights_of(numbers, weights)) << 26) + numbers
        return keys, numbers


def _weights_of(numbers: NDArray[np.int64], weights: NDArray[np.int32]) -> NDArray[np.int64]:
    known = np.zeros(len(numbers), dtype=np.int64)
    inside = numbers < len(weights)
    known[inside] = np.clip(weights[numbers[inside]], 0, 2**24)
    return known


def _by_key(keys: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[int]:
    """Numbers by ascending key; the first page is found without sorting all of them."""
    if len(keys) > 2 * _FIRST_PAGE:
        split = np.argpartition(keys, _FIRST_PAGE)
        first, rest = split[:_FIRST_PAGE], split[_FIRST_PAGE:]
        yield from _sorted_numbers(keys[first], numbers[first])
        keys, numbers = keys[rest], numbers[rest]
    yield from _sorted_numbers(keys, numbers)


def _sorted_numbers(keys: NDArray[np.int64], numbers: NDArray[np.int64]) -> Sequence[int]:
    return [int(number) for number in numbers[np.argsort(keys, kind="stable")]]
