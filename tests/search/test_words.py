"""Terms: the plainest writing of a word, and its looser forms."""

import pytest

from server.search.words import loose_forms, words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Solar-powered Cafés!", ["solar", "powered", "cafes"]),
        ("שָׁלוֹם עולם", ["שלומ", "עולמ"]),
        ('צה"ל וגם צה״ל', ["צהל", "וגמ", "צהל"]),
        ("don't it’s", ["dont", "its"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("e\u0301 \u00e9", ["e", "e"]),
        ("under_score 3.5", ["under", "score", "3", "5"]),
        ("💡 ... --", []),
        ("", []),
        ("a\ud800b", ["a", "b"]),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert words(text) == terms


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("בית", ("ית",)),
        ("הבית", ("בית",)),
        ("ולבית", ("לבית", "בית")),
        ("עצ", ()),
        ("שמש", ("מש",)),
        ("parks", ("park",)),
        ("batteries", ("battery",)),
        ("classes", ("class",)),
        ("boxes", ("box",)),
        ("bus", ()),
        ("sharing", ("shar",)),
        ("shared", ("shar",)),
        ("share", ("shar",)),
        ("running", ("run",)),
        ("red", ()),
        ("king", ()),
        ("3d", ()),
    ],
)
def test_looser_forms(term: str, forms: tuple[str, ...]) -> None:
    assert loose_forms(term) == forms
