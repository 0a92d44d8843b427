"""Foreign texts made fit for a jam; whatever is changed is said."""

from server.importing.html import html_to_markdown, looks_like_html
from server.jam.texts import BODY, TITLE, scrub

SHORTEST_TITLE = 3
ELLIPSIS = "…"


def clean(value: str) -> tuple[str, list[str]]:
    """The text as Markdown without characters that a jam refuses, and what was done to it."""
    said: list[str] = []
    text = value
    if looks_like_html(text):
        said.append("HTML became Markdown" + (", its pictures are left out" if "<img" in text.lower() else ""))
        text = html_to_markdown(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    text = scrub(text)
    if text != lines:
        said.append("control characters or marks that reverse the reading direction were removed")
    if "\ufffd" in text:
        said.append("some of its bytes are no text and became \ufffd")
    return text.strip(), said


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def beginning(text: str, most: int = TITLE) -> str:
    """The text on one line if it has at most `most` characters, else its beginning, cut at a word, with an ellipsis."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[: most - len(ELLIPSIS) + 1]
    words = cut.rpartition(" ")[0].rstrip(" ,;:.-–—") if " " in cut[most // 3 :] else cut[:-1]
    return words + ELLIPSIS


def title_and_body(text: str) -> tuple[str, str]:
    """A text without a title: it is the title if it fits, else its beginning is, and the body is the whole."""
    line = one_line(text)
    return (line, "") if len(line) <= TITLE else (beginning(line), text)


def fit(title: str, body: str) -> tuple[str, str, list[str]]:
    """Title and body within their lengths, and what was done: a long title moves to the body, a long body is cut."""
    said: list[str] = []
    if len(one_line(title)) < SHORTEST_TITLE and body:
        said.append("it has no title: the beginning of its text is the title")
        title, body = title_and_body(f"{title} {body}".strip() if title else body)
    elif len(one_line(title)) > TITLE:
        said.append(f"the title has {len(one_line(title)):,} characters: it is cut, and stands whole in the text")
        title, body = beginning(title), f"{one_line(title)}\n\n{body}".strip()
    if len(body) > BODY:
        said.append(f"the text has {len(body):,} characters: what is beyond {BODY:,} was cut off")
        body = body[: BODY - 1].rstrip() + ELLIPSIS
    return one_line(title), body, said
