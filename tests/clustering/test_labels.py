"""Names and keywords."""

import numpy as np
import pytest

from clustering.labels import Describer
from clustering.terms import vocabulary

BUSES = ["We need more bus lines to the north", "The bus lines should run at night", "A bus line for the campus", "The bus lines are too slow", "Improve the bus lines in the east"]  # fmt: skip
HEALTH = ["Support mental health of the staff", "The mental health of nurses matters", "A mental health day for the teams", "Talk about mental health", "The mental health hotline"]  # fmt: skip
HEBREW = ["צריך עוד חניה לאופניים", "החניה ליד המשרד מלאה", "להוסיף חניה לאופניים בכניסה", "בחניה אין מקום לאופניים", "חניה לאופניים בקומה ראשונה"]  # fmt: skip


def names(
    texts: list[str], codes: list[str], labels: np.ndarray, language: str | None = None, own: tuple[str, ...] = ()
) -> list[str]:
    describer = Describer(texts, codes, np.arange(len(texts)), language, own_names=own)
    count = int(labels.max()) + 1
    return [made.name for made in describer.describe(labels, [(i + 1) % count for i in range(count)])]


def test_names_are_noun_phrases() -> None:
    made = names(BUSES + HEALTH, ["en"] * 10, np.repeat([0, 1], 5))
    assert made[0].startswith("Bus lines")
    assert made[1].startswith("Mental health")


def test_hebrew_prefixes_are_stripped_where_the_bare_word_occurs() -> None:
    words = vocabulary(HEBREW, ["he"] * 5)
    column = words.row[("חניה",)]
    assert words.counts[:, [column]].sum() == 5
    assert ("החניה",) not in words.row


def test_a_hebrew_jam_has_hebrew_names() -> None:
    made = names(HEBREW + BUSES, ["he"] * 5 + ["en"] * 5, np.repeat([0, 1], 5), language="he")
    assert made[0].startswith("חניה")
    assert "and" not in made[0]


def test_own_names_name_nothing() -> None:
    texts = [f"Acme {text[0].lower()}{text[1:]}" for text in BUSES] + HEALTH
    assert not any("Acme" in name for name in names(texts, ["en"] * 10, np.repeat([0, 1], 5), own=("acme",)))


def test_no_two_themes_have_one_name() -> None:
    made = names(BUSES * 4, ["en"] * 20, np.repeat([0, 1, 2, 3], 5))
    assert len(set(made)) == 4


@pytest.mark.parametrize("texts", [["it is so"] * 4, ["1 2 3"] * 4, ["🎉"] * 4])
def test_texts_without_terms_still_get_a_name(texts: list[str]) -> None:
    made = names(texts, ["en"] * 4, np.array([0, 0, 1, 1]))
    assert all(made)
    assert len(set(made)) == 2


def test_keywords_do_not_repeat_a_word_and_capitals_are_kept_for_names_only() -> None:
    texts = ["BUSES at WKU", "The buses to WKU", "More buses for WKU students", *HEALTH]
    describer = Describer(texts, ["en"] * 8, np.arange(8))
    keywords = describer.describe(np.array([0, 0, 0, 1, 1, 1, 1, 1]), [1, 0])[0].keywords
    assert "WKU" in keywords
    assert "buses" in keywords
    assert len({word for keyword in keywords for word in keyword.split()}) == sum(len(k.split()) for k in keywords)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("מדינה", "מדינות", True),
        ("האי", "איים", True),
        ("חניה", "אופניים", False),
        ("transport", "transportation", True),
        ("bus", "buses", False),
    ],
)
def test_forms_of_one_word(one: str, other: str, same: bool) -> None:
    from clustering.labels import _alike

    assert _alike(one, other) is same
