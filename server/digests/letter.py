"""What a digest says: pure, from a member's notices and what they may see now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from server.access.mailer import Mail
from server.digests.words import WORDS
from server.jam.entities import Member, Notice
from server.jam.state import JamState
from server.vault.digests import MailMode

MOST_LINES = 12
TITLE = 90
"""Characters of a title that are quoted."""

UNTOLD = frozenset({"SUSPENDED"})
"""Who is suspended sees nothing of the jam, and is told why when they open it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a digest: their address and name, their language, how often they want one, and where they end it."""

    address: str
    name: str
    language: str
    mode: MailMode
    end_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened `count` times: a NotificationKind, the title of the idea it is about, and a reason."""

    kind: str
    title: str
    reason: str
    count: int


def untold(member: Member, after: int) -> list[Notice]:
    """The notices that a member has neither read nor been told of by mail, oldest first. `after`: told up to there."""
    behind = max(after, member.read_seq)
    return [notice for notice in dict.fromkeys(member.notices) if notice.seq > behind and notice.kind not in UNTOLD]


def lines(state: JamState, member: Member, notices: Iterable[Notice]) -> list[Line]:
    """What is said of them, newest first, the same thing gathered. Only of ideas that the member may see now."""
    viewer = member.viewer
    gathered: dict[tuple[str, str, str], int] = {}
    for notice in reversed(list(notices)):
        idea = state.idea(notice.idea or "")
        if notice.idea is not None and (idea is None or not state.sees_idea(viewer, idea)):
            continue
        key = (notice.kind, "" if idea is None else _short(idea.title), " ".join(notice.reason.split()))
        gathered[key] = gathered.get(key, 0) + 1
    return [Line(*key, count) for key, count in gathered.items()]


def digest(state: JamState, found: Sequence[Line], reader: Reader, jam_url: str, id: str) -> Mail:
    """The mail about these lines, in the reader's language where there are words for it, else in English."""
    language = reader.language if reader.language in WORDS else "en"
    words: dict[str, Any] = WORDS[language]
    jam = " ".join((state.titles.get(language) or next(iter(state.titles.values()))).split())
    said = [_said(words, line) for line in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        said.append(words["more"].format(count=len(found) - MOST_LINES))
    subject = words["subject"][1 if len(found) == 1 else 2].format(jam=jam, count=len(found))
    hello, lead = words["hello"].format(name=" ".join(reader.name.split())), words["lead"].format(jam=jam)
    why = words["why"].format(jam=jam, often=words[reader.mode.value])
    bullets = "\n".join(f"- {one}" for one in said)
    text = f"{hello}\n\n{lead}\n\n{bullets}\n\n{jam_url}\n\n{why}\n{words['end']} {reader.end_url}\n"
    html = _html(language, words, (hello, lead, why), said, (jam_url, reader.end_url))
    return Mail(reader.address, subject, text, html, language, id, reader.end_url)


def _said(words: dict[str, Any], line: Line) -> str:
    form = words[line.kind]
    if isinstance(form, dict):
        form = form[1 if line.count == 1 else 2]
    told: str = form.format(title=line.title, reason=line.reason, count=line.count)
    return told


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…"


def _html(language: str, words: dict[str, Any], texts: tuple[str, str, str], said: Iterable[str], urls: tuple[str, str]) -> str:
    hello, lead, why = map(escape, texts)
    jam_url, end_url = map(escape, urls)
    items = "".join(f'<li dir="auto" style="margin:6px 0">{escape(one)}</li>' for one in said)
    return (
        f'<html lang="{language}" dir="{words["dir"]}"><body dir="{words["dir"]}" style="font-family:sans-serif;color:#14231D">'
        f"<p>{hello}</p><p>{lead}</p><ul>{items}</ul>"
        f'<p><a href="{jam_url}" style="background:#1B6E45;color:#fff;padding:12px 20px;border-radius:10px;'
        f'text-decoration:none;display:inline-block">{words["button"]}</a></p>'
        f'<p style="color:#4E6157;font-size:14px">{why} {words["end"]} <a href="{end_url}">{end_url}</a></p></body></html>'
    )
