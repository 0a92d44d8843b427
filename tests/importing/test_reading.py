"""Encodings, delimiters, dates, HTML and titles of files from elsewhere."""

import pytest

from server.importing.cleaning import beginning, clean, fit, title_and_body
from server.importing.dates import day_comes_first, parse_instant
from server.importing.frame import main_language, schedule_around, slug_of
from server.importing.html import html_to_markdown, looks_like_html
from server.importing.table import read_table, sniff_delimiter

HEBREW = "כותרת,גוף\nעצים ברחוב,לשתול שורה של עצים\n"


@pytest.mark.parametrize(
    ("content", "columns", "said"),
    [
        (HEBREW.encode("utf-8-sig"), ("כותרת", "גוף"), ""),
        (HEBREW.encode("utf-16"), ("כותרת", "גוף"), ""),
        (HEBREW.encode("cp1255"), ("כותרת", "גוף"), "cp1255"),
        ("título;año\nmás árboles;1\n".encode("cp1252"), ("título", "año"), "cp1252"),
        (b"title,at\nx,2018+AC0-12+AC0-03\n", ("title", "at"), "UTF-7"),
        (("title,body\n" + "á" * 30 + ",b\n").encode() + b"x,\xff\n", ("title", "body"), "no UTF-8"),
        (b"a,,a\n1,2,3\n", ("a", "column 2", "a (2)"), ""),
        (b'a,b\n"open,2\n3,4\n', ("a", "b"), "not balanced"),
    ],
)
def test_encodings_and_headers_are_found_out_and_said(tmp_path, content, columns, said):
    (tmp_path / "f.csv").write_bytes(content)
    table = read_table(tmp_path / "f.csv")
    assert table.columns == columns
    assert said in " ".join(table.said)
    assert bool(said) == bool(table.said)


def test_records_know_the_line_they_begin_on(tmp_path):
    (tmp_path / "f.csv").write_text('a,b\n"two\nlines",1\n\nx,2,3\ny\n', "utf-8")
    rows = read_table(tmp_path / "f.csv").rows
    assert [(row.line, dict(row.cells), row.beyond) for row in rows] == [
        (2, {"a": "two\nlines", "b": "1"}, ()), (5, {"a": "x", "b": "2"}, ("3",)), (6, {"a": "y", "b": ""}, ()),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_evenly(delimiter):
    text = "\n".join(delimiter.join(row) for row in [("title", "body"), ('"a,b;c"', "d"), ("e", "f, g")])
    assert sniff_delimiter(text) == delimiter


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("01/02/2024", 1_706_745_600_000),
        ("1.2.2024 13:05", 1_706_792_700_000),
        ("2024-02-01", 1_706_745_600_000),
        ("2024-02-01T02:00:00+02:00", 1_706_745_600_000),
        ("2024-02-01 02:00:00 +0200", 1_706_745_600_000),
        ("2024-02-01 00:00:00 UTC", 1_706_745_600_000),
        ("2018-12-03 18:45:40.931", 1_543_862_740_931),
        ("1706745600", 1_706_745_600_000),
        ("1706745600000", 1_706_745_600_000),
        ("31/02/2024", None),
        ("2024-13-01", None),
        ("1950-01-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates(text, at):
    assert parse_instant(text) == at


def test_a_column_of_dates_tells_whether_the_month_comes_first():
    assert day_comes_first(["01/02/2024", "13/02/2024"])
    assert not day_comes_first(["01/02/2024", "02/13/2024"])
    assert parse_instant("02/13/2024", day_first=False) == parse_instant("2024-02-13")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>so <strong> bold </strong>and <em>soft</em></p>", "so **bold** and *soft*"),
        ("<h2>Head</h2><p>text</p>", "### Head\n\ntext"),
        ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>after", "- a\n- b\n   1. c\n\nafter"),
        ("<ol><li><p>a</p></li><li>b</li></ol>", "1. a\n2. b"),
        ('<a href="https://example.org/x">site</a>', "[site](https://example.org/x)"),
        ('<a href="javascript:alert(1)">site</a>', "site"),
        ("<p>x<script>alert(1)</script><style>p{}</style></p>", "x"),
        ("<div onclick=x>Tom &amp; Ana&nbsp;&lt;3</div>", "Tom & Ana <3"),
        ("Tom &amp; Ana", "Tom & Ana"),
    ],
)
def test_html_becomes_markdown(html, markdown):
    assert looks_like_html(html)
    assert html_to_markdown(html) == markdown


@pytest.mark.parametrize("text", ["a < b and c > d", "I <3 it", "R&D; more", "plain"])
def test_plain_texts_are_no_html(text):
    assert clean(text) == (text, [])


def test_what_a_jam_refuses_is_removed_and_said():
    text, said = clean("a\u202eb\x00c&#8238;d")
    assert text == "abcd"
    assert len(said) == 2


def test_titles_are_cut_at_a_word():
    words = "word " * 60
    assert beginning(words) == "word " * 23 + "word…"
    assert beginning("x" * 200) == "x" * 119 + "…"
    assert title_and_body("short\ntext") == ("short text", "")
    assert title_and_body(words.strip()) == (beginning(words), words.strip())
    assert fit("", "All there is")[:2] == ("All there is", "")


@pytest.mark.parametrize(("name", "slug"), [("BG 2050!", "bg-2050"), ("Café del Mar", "cafe-del-mar"), ("x" * 99, "x" * 60)])
def test_addresses_come_from_names(name, slug):
    assert slug_of(name) == slug


def test_a_hebrew_name_has_an_address_too():
    assert slug_of("עיר ירוקה").startswith("jam-")
    assert slug_of("עיר ירוקה") != slug_of("עיר אחרת")


def test_the_language_of_a_file():
    assert main_language(["Que los árboles de la calle se planten"]) == "es"
    assert main_language(["לשתול עצים", "trees"]) == "he"
    assert main_language(["We should have more trees in the street"]) == "en"
    assert main_language([]) == "en"


def test_ideation_spans_all_instants():
    schedule = schedule_around(61_000, 119_999)
    assert (schedule.ideation_at, schedule.refinement_at) == (60_000, 120_000)
    assert schedule_around(60_000, 120_000).refinement_at == 180_000
