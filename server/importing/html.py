"""HTML as other platforms keep it, turned into the Markdown that a jam keeps."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

_TAGS = {"p", "br", "div", "strong", "b", "em", "i", "ul", "ol", "li", "a", "tr", "td", "th", *(f"h{n}" for n in range(1, 7))}
_KNOWN = re.compile(
    r"</?(?:p|br|div|span|font|strong|b|em|i|u|s|ul|ol|li|h[1-6]|a|img|table|tbody|tr|td|th|blockquote|pre|code|hr|script|style|iframe)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_BLOCKS = {"p", "div", "ul", "ol", "tr"}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}


def looks_like_html(text: str) -> bool:
    """Whether it has tags of texts, or character references; "a < b" and "<3" are none."""
    return bool(_KNOWN.search(text) or _REFERENCE.search(text))


def html_to_markdown(text: str) -> str:
    """Paragraphs, headings, emphasis, lists and web links as Markdown; scripts, styles and all other tags are dropped."""
    if not _KNOWN.search(text):
        return unescape(text)
    writer = _Writer()
    writer.feed(nh3.clean(text, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel=None))
    writer.close()
    return writer.markdown()


class _Writer(HTMLParser):
    """Writes Markdown while well-formed HTML is read. `_open` holds the texts of the elements that are still open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = [""]
        self._links: list[str] = []
        self._lists: list[int | None] = []

    def markdown(self) -> str:
        lines = [line.rstrip() for line in "".join(self._open).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\r\n\xa0]+", " ", data)
        before = self._open[-1]
        at_start = before.endswith(("\n", " ")) or (not before and len(self._open) == 1)
        self._open[-1] += text.lstrip() if at_start else text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._open[-1] += "\n"
        elif tag in _MARKS or tag == "a" or tag.startswith("h"):
            self._open.append("")
            if tag == "a":
                self._links.append(dict(attrs).get("href") or "")
        elif tag == "li":
            self._item()
        elif tag in _BLOCKS:
            self._block(tag)

    def _block(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        if not (self._lists and tag not in ("ul", "ol")):
            self._open[-1] += "" if len(self._lists) > 1 else "\n\n"

    def _item(self) -> None:
        if not self._lists:
            self._lists.append(None)
        count = self._lists[-1]
        if count is not None:
            self._lists[-1] = count = count + 1
        indent = "   " * (len(self._lists) - 1)
        mark = "-" if count is None else f"{count}."
        self._open[-1] = self._open[-1].rstrip(" ") + f"\n{indent}{mark} "

    def handle_endtag(self, tag: str) -> None:
        if tag in _MARKS:
            self._close_with(_MARKS[tag])
        elif tag == "a":
            self._close_link(self._links.pop() if self._links else "")
        elif tag.startswith("h") and len(tag) == 2:
            title = self._pop().strip()
            self._open[-1] += f"\n\n### {title}\n\n" if title else ""
        elif tag in ("ul", "ol"):
            self._lists = self._lists[:-1]
            self._open[-1] += "\n" if self._lists else "\n\n"
        elif tag in ("p", "div", "tr"):
            self._open[-1] += "" if self._lists else "\n\n"
        elif tag in ("td", "th"):
            self._open[-1] += " "

    def _pop(self) -> str:
        return self._open.pop() if len(self._open) > 1 else ""

    def _close_with(self, mark: str) -> None:
        """White space stays outside the marks, where Markdown wants it; marks around nothing, or around lines, are left out."""
        text = self._pop()
        inner = text.strip()
        if not inner or "\n" in inner:
            self._open[-1] += text
            return
        before = " " if text[0] == " " and not self._open[-1].endswith((" ", "\n")) else ""
        self._open[-1] += f"{before}{mark}{inner}{mark}{text[len(text.rstrip()) :]}"

    def _close_link(self, address: str) -> None:
        text = self._pop()
        named = text.strip()
        if not address or not named:
            self._open[-1] += text
        elif named == address:
            self._open[-1] += address
        else:
            self._open[-1] += f"[{named}]({address})"
