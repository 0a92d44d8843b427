"""`data.html`: the archive for people to read. One file without scripts, which loads nothing, from right to left in Hebrew."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from server.owndata.gather import OwnData
from server.owndata.words import Words, words_in

MOST_SHOWN = 2_000
"""Rows of one table; whoever has more finds them in `data.json`."""

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1d2327;background:#fff}
h2{margin-top:2.5rem;border-block-end:2px solid #cdd5cf}
article{margin-block:1rem;padding:.75rem 1rem;border:1px solid #cdd5cf;border-radius:.5rem}
.text{white-space:pre-wrap}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}
th,td{text-align:start;vertical-align:top;padding:.25rem .5rem;border-block-end:1px solid #e4e9e5}
small{color:#59635c}
@media(prefers-color-scheme:dark){
body{color:#e8ece9;background:#141816}small{color:#a5b0a9}a{color:#8fd0a5}h2,article,th,td{border-color:#39423c}}
"""


def page_of(own: OwnData) -> str:
    """The page, in the person's language."""
    language = "he" if own.person.language == "he" else "en"
    return "".join(_page(own, language, words_in(language)))


def _page(own: OwnData, language: str, words: Words) -> Iterator[str]:
    told, direction = own.told, "rtl" if language == "he" else "ltr"
    policy = "default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'"
    yield f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(words['title'])}</title><style>{STYLE}</style></head><body><main>"
    yield f"<h1>{escape(words['title'])}</h1><p>{escape(words['about'])}</p><p>{escape(words['anonymous'])}</p>"
    yield f"<p><small>{escape(words['made'])} <bdi>{escape(told['madeAt'])}</bdi></small></p>"
    yield f"<h2>{escape(words['person'])}</h2>{_facts(told['person'])}"
    yield f"<h2>{escape(words['account'])}</h2>"
    for kind, rows in told["account"].items():
        yield f"<h3><bdi>{escape(kind)}</bdi></h3>{_table(rows, words)}"
    yield f"<h2>{escape(words['invitationsToMe'])}</h2>{_table(told['invitationsToMe'], words)}"
    for jam in told["jams"]:
        yield from _jam(jam, words)
    yield "</main></body></html>"


def _jam(jam: Mapping[str, Any], words: Words) -> Iterator[str]:
    yield f'<h2 dir="auto">{escape(jam["title"])}</h2><h3>{escape(words["membership"])}</h3>{_facts(jam["membership"])}'
    yield f"<h3>{escape(words['ideas'])}</h3>{''.join(_idea(one, words) for one in jam['ideas']) or _nothing(words)}"
    yield f"<h3>{escape(words['comments'])}</h3>{''.join(_comment(one, words) for one in jam['comments']) or _nothing(words)}"
    for name in ("votes", "likes", "reports", "notices", "invitations", "events"):
        yield f"<h3>{escape(words[name])}</h3>{_table(jam[name], words)}"


def _idea(idea: Mapping[str, Any], words: Words) -> str:
    earlier = "".join(
        f'<div class="text" dir="auto">{escape(one["title"])}\n{escape(one["body"])}</div>' for one in idea["versions"][:-1]
    )
    more = f"<details><summary>{escape(words['earlier'])}</summary>{earlier}</details>" if earlier else ""
    head = f'<h4 dir="auto">{escape(idea["title"])}</h4><div class="text" dir="auto">{escape(idea["body"])}</div>'
    return (
        f"<article>{head}<small><bdi>{escape(str(idea['postedAt']))}</bdi> · {escape(idea['status'])}</small>{more}</article>"
    )


def _comment(comment: Mapping[str, Any], words: Words) -> str:
    about = comment["ideaTitle"] or words["hidden"]
    head = f'<div class="text" dir="auto">{escape(comment["body"])}</div>'
    return f'<article>{head}<small dir="auto">{escape(about)} · <bdi>{escape(str(comment["postedAt"]))}</bdi></small></article>'


def _nothing(words: Words) -> str:
    return f"<p>{escape(words['nothing'])}</p>"


def _facts(facts: Mapping[str, Any]) -> str:
    rows = (
        f'<tr><th scope="row"><bdi>{escape(name)}</bdi></th><td dir="auto">{_cell(value)}</td></tr>'
        for name, value in facts.items()
    )
    return f"<table>{''.join(rows)}</table>"


def _table(rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    if not rows:
        return _nothing(words)
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f'<th scope="col"><bdi>{escape(name)}</bdi></th>' for name in names)
    shown = ("".join(f'<td dir="auto">{_cell(row.get(name))}</td>' for name in names) for row in rows[:MOST_SHOWN])
    body = "".join(f"<tr>{cells}</tr>" for cells in shown)
    more = f"<p>{escape(words['many'].format(count=len(rows)))}</p>" if len(rows) > MOST_SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "✓" if value else ""
        case dict():
            return "<br>".join(f"<bdi>{escape(name)}</bdi>: {_cell(one)}" for name, one in value.items())
        case list():
            return "<br>".join(_cell(one) for one in value)
    text = str(value)
    if text.startswith("files/"):
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    return escape(text)
