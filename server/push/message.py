"""What a push says: pure. By default no word of a jam, for it lies on a locked screen that anybody may look at.

What is a person's own is told as a whole each time, all that they have not read: so a newer push may replace an older one that
was not delivered or looked at, and nothing is lost by that. What the jam has to say stands for itself and replaces nothing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from server.jam.state import JamState
from server.jam.texts import pick
from server.push.happenings import Happening, Place
from server.push.kinds import PushKind
from server.push.words import WORDS

MOST_LINES = 4
TITLE = 80
ANNOUNCEMENT = 240
"""Characters of a title and of an announcement that are told."""

NAME = "Hothouse"
DAY_S = 24 * 3_600
SOON_S = 4 * 3_600


@dataclass(frozen=True, slots=True)
class Letter:
    """What a device is shown. `id` is the same for the same push, `tag` for pushes of which the newest is enough. `path` is
    the page that it leads to."""

    id: str
    tag: str
    title: str
    body: str
    lang: str
    dir: str
    path: str
    at: int

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter, and what the push service is told (RFC 8030): seconds for which it is worth delivering, how urgent it is, and
    the topic by which it replaces an undelivered one."""

    letter: Letter
    ttl_s: int
    urgency: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Style:
    """In whose language, and whether words of the jam may be shown."""

    language: str
    shows_words: bool


def letter_of(
    state: JamState, new: Sequence[Happening], unread: Sequence[Happening], upto: Place, style: Style, now: int
) -> Sending:
    """The push about what is new, at least one thing. `unread`: all notices that they have not read, the new ones too."""
    news = [one for one in new if one.notice is None]
    told = [*reversed(news), *(unread if not news else [one for one in new if one.notice is not None])]
    language = style.language if style.language in WORDS else "en"
    said = list(_lines(state, told, WORDS[language], Style(language, style.shows_words)))
    id = _hash(state.id, upto.to_json())
    tag = _hash(state.id, "mine") if not news else id
    letter = Letter(
        id=id,
        tag=tag,
        title=_short(pick(state.titles, language, state.main_language), TITLE) if style.shows_words else NAME,
        body="\n".join(said[:MOST_LINES]),
        lang=language,
        dir=WORDS[language]["dir"],
        path=_path(state, told),
        at=max(one.at for one in told),
    )
    return Sending(letter, _ttl_s(new, now), "high" if any(one.moment for one in new) else "normal", None if news else tag)


def trial(language: str, id: str, now: int) -> Sending:
    """A push to see how one looks."""
    language = language if language in WORDS else "en"
    words = WORDS[language]
    return Sending(Letter(id, id, NAME, words["try"], language, words["dir"], "/", now), 60, "high", None)


def _lines(state: JamState, told: Sequence[Happening], words: dict[str, Any], style: Style) -> Iterator[str]:
    """A line for each kind of thing, the first of them first."""
    kinds: dict[str, list[Happening]] = {}
    for one in told:
        kinds.setdefault(_form(one), []).append(one)
    for form, group in kinds.items():
        yield _line(state, form, group, words, style)


def _form(one: Happening) -> str:
    """By which words it is told: those of one form are counted together."""
    if one.moment is not None:
        return f"PHASE_{one.moment.phase}_{one.moment.turn}"
    if one.kind is PushKind.DECISION or one.notice is None:
        return one.kind.value
    return one.notice.kind


def _line(state: JamState, form: str, group: Sequence[Happening], words: dict[str, Any], style: Style) -> str:
    first = group[0]
    if first.moment is not None:
        return str(words[form])
    if len(group) == 1 and style.shows_words and (said := _in_words(state, first, words, style.language)):
        return said
    return str(words[form][1 if len(group) == 1 else 2].format(count=len(group)))


def _in_words(state: JamState, one: Happening, words: dict[str, Any], language: str) -> str:
    """One thing with its words; nothing where there are none to show. What is not for everyone in the jam shows none."""
    if one.announcement is not None:
        return _short(pick(one.announcement.texts, language, state.main_language), ANNOUNCEMENT)
    kind = "" if one.notice is None else one.notice.kind
    if one.idea is None or not one.idea.reach.is_public:
        return str(words.get(kind, "")) if one.kind is PushKind.DECISION else ""
    what = words.get(f"{kind}_named") or words[kind]
    return str(words["named"].format(what=what.rstrip("."), title=_short(one.idea.title, TITLE)))


def _path(state: JamState, told: Sequence[Happening]) -> str:
    """The thing itself where it is one, else where all of them are found."""
    ideas = {one.idea.id for one in told if one.idea is not None}
    if any(one.notice is None for one in told):
        return f"/jam/{state.slug}"
    if len(ideas) == 1 and all(one.idea is not None for one in told):
        return f"/jam/{state.slug}/idea/{next(iter(ideas))}"
    return f"/jam/{state.slug}/inbox"


def _ttl_s(new: Iterable[Happening], now: int) -> int:
    """What is about to happen is worth nothing afterwards."""
    instants = [one.moment.instant for one in new if one.moment is not None]
    if instants:
        return max(0, (min(instants) - now) // 1_000)
    return SOON_S if any(one.announcement for one in new) else DAY_S


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _hash(*parts: str) -> str:
    """32 characters that are safe in an address: what a Topic may have (RFC 8030, 5.4)."""
    return sha256(" ".join(parts).encode()).hexdigest()[:32]
