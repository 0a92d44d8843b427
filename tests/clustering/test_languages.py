"""Which language a text is in, and how words are found."""

import pytest

from clustering.languages import clean, detect, detect_all, says_something, stop_words, words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We should have more buses", "en"),
        ("צריך עוד אוטובוסים למשרד", "he"),
        ("Más árboles en las calles de la ciudad", "es"),
        ("Plus de bus pour les quartiers", "fr"),
        ("Mehr Busse für die Stadt und das Umland", "de"),
        ("Больше автобусов", "ru"),
        ("المزيد من الحافلات", "ar"),
        ("もっとバスを", "ja"),
        ("増加公交車", "zh"),
        ("rideshare", "und"),
        ("🎉 123", "und"),
        ("", "und"),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect(text) == language


def test_mixed_text_goes_by_most_letters() -> None:
    assert detect("להשתמש ב-Slack במקום במייל") == "he"


def test_words_too_few_to_tell_get_the_usual_language_of_their_script() -> None:
    assert detect_all(["rideshare", "Más árboles en las calles", "Los perros de la calle", "אוטובוס", "🎉"]) == [
        "es",
        "es",
        "es",
        "he",
        "und",
    ]


def test_clean_drops_what_is_not_seen() -> None:
    assert clean("a\0b  \n c‏d‮") == "a b cd"
    assert clean("שָׁלוֹם") == "שלום"
    assert clean("“it’s”") == '"it\'s"'


def test_words_keep_acronyms_and_drop_addresses() -> None:
    assert words("See https://a.example/x?y=1 for R&D, the team's co-working") == [
        "See",
        "for",
        "R",
        "D",
        "the",
        "team",
        "co-working",
    ]
    assert words('צה״ל וארה"ב') == ['צה"ל', 'וארה"ב']


def test_says_something() -> None:
    assert says_something("a")
    assert says_something("א")
    assert not says_something(" 🎉!?")


def test_hebrew_stop_words_are_many() -> None:
    assert {"של", "את", "צריך", "אבל"} <= stop_words("he")
    assert len(stop_words("he")) > 250
    assert stop_words("xx") == frozenset()
