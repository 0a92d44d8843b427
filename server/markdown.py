"""Markdown as people write it in posts, turned into HTML that is safe to put on a page.

Two walls: markdown-it never lets raw HTML through, and nh3 then keeps only a short list of tags and link schemes.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

CACHE_BYTES = 32 * 1024 * 1024

_BLOCKS = ("p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table")
_TAGS = {*_BLOCKS, "a", "br", "hr", "em", "strong", "s", "code", "pre", "li", "thead", "tbody", "tr", "th", "td"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values={tag: {"dir": {"auto"}} for tag in _BLOCKS},
    set_tag_attribute_values={"pre": {"dir": "ltr"}, "a": {"target": "_blank"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer ugc",
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+[^\s<>\"'`\\.,;:!?)\]}*_~]")
_TOP_HEADING = 2
"""A page and its cards own the first two levels of headings."""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.core.ruler.push("direct_blocks", _direct_blocks)
    parser.core.ruler.push("bare_addresses", _bare_addresses)
    return parser


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _TOP_HEADING)}"


def _direct_blocks(state: StateCore) -> None:
    """Each outermost block takes its direction from its own words. Inner ones inherit it: the browser overlooks text in
    elements with a direction of their own, so a list whose items each had one would always run left to right."""
    for token in state.tokens:
        if token.level == 0 and token.nesting == 1:
            token.attrSet("dir", "auto")


def _bare_addresses(state: StateCore) -> None:
    """An address written as it is becomes a link, as people expect; inside a link or code it stays text."""
    for token in state.tokens:
        if token.type == "inline" and token.children and "://" in token.content:
            token.children = list(_linked(state, token.children))


def _linked(state: StateCore, children: list[Token]) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "text" and depth == 0:
            yield from _split_at_addresses(state, child)
        else:
            yield child


def _split_at_addresses(state: StateCore, text: Token) -> Iterator[Token]:
    place = 0
    for found in _ADDRESS.finditer(text.content):
        url = state.md.normalizeLink(found.group())
        if not state.md.validateLink(url):
            continue
        yield _text(text.content[place : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": url})
        yield _text(found.group())
        yield Token("link_close", "a", -1)
        place = found.end()
    yield _text(text.content[place:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


class Renderer:
    """Renders and remembers what it rendered, up to `most_bytes` of source and HTML together; least recently used go first."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._parser = _parser()
        self._most = most_bytes
        self._kept: OrderedDict[str, str] = OrderedDict()
        self.kept_bytes = 0

    def render(self, text: str) -> str:
        """The HTML of a Markdown text: no raw HTML, no images, links open elsewhere and carry no trust (rel="… ugc")."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        html = str(_CLEANER.clean(self._parser.render(_SURROGATE.sub("�", text)))).rstrip("\n")
        self._keep(text, html)
        return html

    def _keep(self, text: str, html: str) -> None:
        self._kept[text] = html
        self.kept_bytes += _size(text, html)
        while self.kept_bytes > self._most:
            self.kept_bytes -= _size(*self._kept.popitem(last=False))


def _size(text: str, html: str) -> int:
    """Bytes of two strings in memory, at the most: 4 a character, and about 150 for the entry."""
    return 4 * (len(text) + len(html)) + 150


render = Renderer().render
