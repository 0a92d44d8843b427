"""What may be written: control and bidi characters, blanks that show nothing, lengths, normal form, languages and slugs."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jam.rejections import InvalidInput
from server.jam.texts import (
    change_ratio,
    clean_language,
    clean_local,
    clean_slug,
    clean_text,
    guess_language,
    pick,
    scrub,
)

CONTROLS = [chr(code) for code in (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFDD0, 0xFFFE, 0xFFFF)]
INVISIBLE = ["\u00ad", "\u034f", "\u115f", "\u1160", "\u180e", "\u200b", "\u200d", "\u200f", "\u2060", "\u2063", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\U000e0041"]  # fmt: skip


def refused(value: str, most: int = 20, least: int = 1, lines: bool = False) -> str:
    with pytest.raises(InvalidInput) as caught:
        clean_text("title", value, most, least, lines)
    assert caught.value.field == "title"
    return caught.value.message


@pytest.mark.parametrize("char", CONTROLS)
def test_control_characters_are_refused_inside_a_text(char: str) -> None:
    assert "control" in refused(f"a{char}b", lines=True)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_halves_of_characters_are_refused(code: int) -> None:
    char = chr(code)
    assert "control" in refused(f"a{char}b", lines=True)
    assert "control" in refused(char)


@pytest.mark.parametrize("char", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_characters_that_reverse_the_direction_are_refused(char: str) -> None:
    assert "direction" in refused(f"a{char}b")
    assert "direction" in refused(char)


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c"])
def test_single_direction_marks_may_stay_where_hebrew_meets_english(mark: str) -> None:
    assert clean_text("title", f"שלום{mark}!", 20) == f"שלום{mark}!"


@pytest.mark.parametrize("char", INVISIBLE)
def test_a_text_of_invisible_characters_only_is_empty(char: str) -> None:
    assert "empty" in refused(char * 5)
    assert "empty" in refused(f" {char} \u00a0{char}", least=3)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\u2003", "\u0301\u0301"])
def test_blanks_are_empty(text: str) -> None:
    assert "empty" in refused(text, lines=True)


@pytest.mark.parametrize("text", ["❤️", "👩‍👩‍👧", "¿?", "א", "12", "🇮🇱", "한"])
def test_emoji_and_all_scripts_are_texts(text: str) -> None:
    assert clean_text("title", text, 20) == text


def test_an_optional_text_may_be_empty() -> None:
    assert clean_text("body", "  \n ", 20, 0, lines=True) == ""


def test_lengths_are_counted_after_trimming_and_in_normal_form() -> None:
    assert clean_text("title", "  abc  ", 3, 3) == "abc"
    assert "at least 3" in refused(" ab ", least=3)
    assert "21 characters, and at most 20" in refused("x" * 21)
    assert clean_text("title", "e\u0301" * 20, 20) == "\u00e9" * 20
    assert "1,048,576 characters" in refused("x" * 1_048_576)


def test_line_ends_are_one_kind_and_only_where_lines_are_allowed() -> None:
    assert clean_text("body", "a\r\nb\rc\u2028d\u2029e\tf", 20, lines=True) == "a\nb\nc\nd\ne\tf"
    for end in ("\r\n", "\r", "\n", "\t", "\u2028", "\u2029"):
        assert "line breaks" in refused(f"a{end}b")


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_what_is_taken_is_trimmed_in_normal_form_and_taken_again_as_it_is(value: str) -> None:
    try:
        text = clean_text("body", value, 60, 0, lines=True)
    except InvalidInput:
        return
    assert text == text.strip() == unicodedata.normalize("NFC", text)
    assert clean_text("body", text, 60, 0, lines=True) == text
    text.encode("utf-8")


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_a_scrubbed_text_is_never_refused_for_its_characters(value: str) -> None:
    clean_text("body", scrub(value), 200, 0, lines=True)


def test_a_text_in_several_languages_needs_the_main_one() -> None:
    assert clean_local("titles", {"en": " Hello ", "he": "שלום", "fr": " "}, 20, "en") == {"en": "Hello", "he": "שלום"}
    for texts in ({"he": "שלום"}, {"en": "\n", "he": "שלום"}, {"EN": "Hello"}, {"en": "x" * 21}, {"e\u0000": "Hello"}):
        with pytest.raises(InvalidInput):
            clean_local("titles", texts, 20, "en")
    with pytest.raises(InvalidInput, match="20 languages"):
        clean_local("titles", {f"a{chr(97 + place)}": "x" for place in range(21)}, 20)


def test_a_text_in_several_languages_can_not_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        clean_local("titles", {"en": "Hello"}, 20, "en")["en"] = "Bye"  # type: ignore[index]


@pytest.mark.parametrize("code", ["", "e", "EN", "en-US", "engl", "en\n", "e1", "אב"])
def test_what_is_no_language_code(code: str) -> None:
    with pytest.raises(InvalidInput):
        clean_language("language", code)


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a b", "a_b", "a" * 61, "é", "a\n", "../a"])
def test_what_is_no_address(slug: str) -> None:
    with pytest.raises(InvalidInput):
        clean_slug("slug", slug)


@pytest.mark.parametrize("slug", ["a", "7", "a-b", "spring-jam-2027", "a" * 60])
def test_what_is_an_address(slug: str) -> None:
    assert clean_slug("slug", slug) == slug


@pytest.mark.parametrize(
    ("text", "fallback", "language"),
    [("Hello", "he", "en"), ("שלום", "en", "he"), ("שלום hi", "en", "he"), ("Bonjour", "fr", "fr"), ("42", "he", "he")],
)
def test_the_language_is_guessed_by_script(text: str, fallback: str, language: str) -> None:
    assert guess_language(text, fallback) == language


@pytest.mark.parametrize(
    ("old", "new", "ratio"),
    [
        ("", "", 0),
        ("a b", "a b", 0),
        ("a b", "B A!", 0),
        ("a b", "c d", 1),
        ("a b", "a c", 0.5),
        ("a", "a a a", 0.5),
        ("", "a", 1),
    ],
)
def test_how_much_an_edit_changed(old: str, new: str, ratio: float) -> None:
    assert change_ratio(old, new) == ratio


def test_a_text_is_picked_by_language_then_main_then_any() -> None:
    texts = {"en": "Hello", "he": "שלום"}
    assert [pick(texts, "he", "en"), pick(texts, "fr", "en"), pick({"fr": "Salut"}, "he", "en"), pick({}, None, "en")] == [
        "שלום", "Hello", "Salut", "",
    ]  # fmt: skip
