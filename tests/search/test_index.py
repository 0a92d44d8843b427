"""The index: every word must match, the better match comes first, and an edited text is found by its new words only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.search.index import WordIndex
from server.search.words import loose_forms, words

NO_WEIGHTS = np.zeros(0, dtype=np.int32)


def index_of(*documents: tuple[str, ...]) -> WordIndex:
    index = WordIndex()
    for number, fields in enumerate(documents):
        index.add(number, *fields)
    return index


def found(index: WordIndex, text: str, weights: list[int] | None = None) -> list[int]:
    return list(index.search(text, np.array(weights, dtype=np.int32) if weights else NO_WEIGHTS))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("solar", [0, 1]),
        ("SOLAR", [0, 1]),
        ("so", [0, 1]),
        ("s", [0, 1, 3]),
        ("solar roof", [0]),
        ("roof solar", [0]),
        ("roofs", [0]),
        ("solar xyz", []),
        ("רכבת", [2]),
        ("הרכבת", [2]),
        ("רכב", [2]),
        ("תל אב", [2]),
        ("ילדימ", [3]),
        ("ילדים", [3]),
        ("והילדים", [3]),
        ("...", []),
        ("", []),
        ("\ud800", []),
    ],
)
def test_queries(query: str, numbers: list[int]) -> None:
    index = index_of(
        ("Solar panels on the roof", "Cheap energy"),
        ("Cheaper energy", "From solar farms"),
        ("רכבת מהירה", "מתל אביב ולירושלים"),
        ("Playgrounds", "לילדים ולנוער with shade"),
    )
    assert sorted(found(index, query)) == numbers


def test_title_comes_before_body_exact_before_loose_and_then_support() -> None:
    index = index_of(("x", "parking"), ("x", "park"), ("parks", "x"), ("park", "x"), ("parka", "x"), ("park", "y"))
    assert found(index, "park", [9, 9, 9, 1, 9, 2]) == [5, 3, 2, 4, 1, 0]


def test_of_equals_the_older_comes_first() -> None:
    assert found(index_of(("a1",), ("a1",), ("a1",)), "a1") == [0, 1, 2]


def test_an_edited_document_is_found_by_its_new_words_only() -> None:
    index = index_of(("old words", "stay"), ("old", ""))
    index.add(0, "new words", "stay")
    assert found(index, "old") == [1]
    assert found(index, "new") == [0]
    assert found(index, "stay") == [0]
    assert len(index) == 2


def test_an_answer_that_is_read_later_does_not_stop_the_index_from_growing() -> None:
    index = index_of(*[(f"tree {number}",) for number in range(1_000)])
    answer = index.search("tree", NO_WEIGHTS)
    first = [next(answer) for _ in range(3)]
    for number in range(1_000, 1_100):
        index.add(number, "tree")
    assert first == [0, 1, 2]
    assert list(answer) == list(range(3, 1_000))
    assert sorted(found(index, "tree")) == list(range(1_100))


def test_all_results_come_in_order_however_many() -> None:
    weights = [(number * 7_919) % 1_009 for number in range(1_500)]
    index = index_of(*[("tree",) for _ in weights])
    assert found(index, "tree", weights) == sorted(range(1_500), key=lambda number: (-weights[number], number))


WORDS = ("park", "parks", "parking", "bench", "בית", "הבית", "לבתים", "עץ", "עצים", "a", "ab")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=4), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.lists(st.sampled_from(WORDS), max_size=4)), max_size=4),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.integers(1, 6),
)
def test_it_finds_what_reading_every_text_finds(
    texts: list[list[str]], edits: list[tuple[int, list[str]]], query: list[str], cut: int
) -> None:
    index = index_of(*[(" ".join(text),) for text in texts])
    for number, text in edits:
        if number < len(texts):
            texts[number] = text
            index.add(number, " ".join(text))
    query[-1] = query[-1][:cut]
    expected = [number for number, text in enumerate(texts) if _matches(words(" ".join(text)), words(" ".join(query)))]
    assert sorted(found(index, " ".join(query))) == expected


def _matches(text: list[str], query: list[str]) -> bool:
    forms = {form for term in text for form in (term, *loose_forms(term))}
    whole = all({term, *loose_forms(term)} & forms for term in query[:-1])
    last = (query[-1], *(form for form in loose_forms(query[-1]) if len(form) > 2))
    begun = any(form.startswith(begin) for form in forms for begin in last)
    return whole and (begun or bool(set(loose_forms(query[-1])) & forms))


def test_alike_weighs_long_words_more_and_gives_shares() -> None:
    index = index_of(("solar roofs for schools",), ("roofs",), ("roofs and roofs",), ("herbs",), ("solar roof for a school",))
    found_now = index.alike("Solar roofs for schools", 3)
    assert [number for number, _ in found_now] == [0, 4, 1]
    assert found_now[0][1] == pytest.approx(1.0)
    assert 0 < found_now[2][1] < found_now[1][1] < 1.0001
    assert index.alike("xyz", 3) == index.alike("", 3) == []


def test_alike_forgets_what_was_edited_away() -> None:
    index = index_of(("solar",), ("solar roofs",))
    index.add(1, "herbs")
    assert index.alike("solar", 5) == [(0, 1.0)]


def test_a_score_of_likeness_says_nothing_of_other_documents() -> None:
    """Whoever sees the score may not see them all: that a word is rare among them would tell what they are about."""
    alone, among = index_of(("solar roofs",)), index_of(("solar roofs",), ("roofs",), ("roofs of copper",), ("herbs",))
    assert alone.alike("roofs for solar", 1) == among.alike("roofs for solar", 1)
