"""Markdown: what people may write comes out, and nothing that runs, loads or misleads."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.markdown import Renderer, render

LINK = 'target="_blank" rel="nofollow noopener noreferrer ugc"'
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](//evil.example)",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "https://a.example/\"onmouseover='alert(1)",
    "`<script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```x" onclick=alert(1)\ny\n```',
    "<style>*{display:none}</style>",
    "<iframe src=https://evil.example>",
    "<svg/onload=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "| <script> |\n|--|\n| <b onclick=x> |",
    "<a href='https://a.example' style='position:fixed'>x</a>",
]
TAG = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")
ALLOWED = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"} | {
    *("a", "br", "hr", "em", "strong", "s", "code", "pre")
}
PIECES = (*"[]()!<>*_`~#|-: \n\\&;/\"'ax", "javascript:", "<script>", "https://a.b", "](")
ATTRIBUTE = re.compile(
    r' (?:href="(?:https?:|mailto:)[^"]*"|title="[^"]*"|target="_blank"|rel="[a-z ]*"|dir="(?:auto|ltr)"|start="\d+")'
)


def assert_harmless(html: str) -> None:
    for _, tag, rest in TAG.findall(html):
        assert tag in ALLOWED, html
        assert ATTRIBUTE.sub("", rest) == "", html
    assert "<" not in TAG.sub("", html), html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    assert_harmless(render(text))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
def test_no_composition_of_markup_escapes(text: str) -> None:
    assert_harmless(render(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** _b_ ~~c~~ `d`", '<p dir="auto"><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>'),
        ("שלום **עולם**", '<p dir="auto">שלום <strong>עולם</strong></p>'),
        ("one\ntwo", '<p dir="auto">one<br>\ntwo</p>'),
        ("# Title", '<h3 dir="auto">Title</h3>'),
        ("###### Small", '<h6 dir="auto">Small</h6>'),
        ("- א\n- ב", '<ul dir="auto">\n<li>א</li>\n<li>ב</li>\n</ul>'),
        ("[a](https://b.example/c?d=1&e=2)", f'<p dir="auto"><a href="https://b.example/c?d=1&amp;e=2" {LINK}>a</a></p>'),
        ("See https://b.example/c.", f'<p dir="auto">See <a href="https://b.example/c" {LINK}>https://b.example/c</a>.</p>'),
        ("`https://b.example`", '<p dir="auto"><code>https://b.example</code></p>'),
        (
            "[https://a.example](https://b.example)",
            f'<p dir="auto"><a href="https://b.example" {LINK}>https://a.example</a></p>',
        ),
        ("1 < 2 & 3", '<p dir="auto">1 &lt; 2 &amp; 3</p>'),
        ("    x", '<pre dir="ltr"><code>x\n</code></pre>'),
        ("", ""),
    ],
)
def test_what_people_write(text: str, html: str) -> None:
    assert render(text) == html


def test_broken_unicode_becomes_a_mark_and_not_an_error() -> None:
    assert render("a\ud800b\0c") == '<p dir="auto">a�b�c</p>'


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "![[](",
        "[](",
        "[a](b",
        "*a ",
        "a**b",
        "> ",
        "- ",
        "`",
        "<",
        "|a|b|\n|-|-|\n",
        "***a",
        "https://a.b/*_ ",
        "\\",
        "&",
        "[a]: b\n",
    ],
)
def test_time_grows_with_length_and_not_with_its_square(unit: str) -> None:
    renderer = Renderer(0)

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        return min(_timed(renderer, text) for _ in range(3))

    long, short = seconds(32_000), seconds(8_000)
    assert short < 0.5
    assert long < 10 * short + 0.05


def _timed(renderer: Renderer, text: str) -> float:
    start = time.thread_time()
    renderer.render(text)
    return time.thread_time() - start


def test_the_cache_gives_the_same_answer_and_stays_within_its_bytes() -> None:
    renderer = Renderer(10_000)
    texts = [f"**{number}** " + "x" * 300 for number in range(50)]
    for text in texts * 2:
        assert renderer.render(text) == Renderer().render(text)
        assert renderer.kept_bytes <= 10_000
    assert renderer.kept_bytes > 0


def test_the_least_recently_used_go_first() -> None:
    renderer = Renderer(1_000)
    first = renderer.render("first")
    renderer.render("second")
    assert renderer.render("first") is first
    renderer.render("x" * 60)
    assert renderer.render("first") is first
