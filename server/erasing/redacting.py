"""Takes withdrawn texts out of a jam's journal: the records keep their events, and the events lose their words.

Words of themes go first, while the texts that tell which ones are still there: so a redaction that was cut short goes on where
it stopped. What is redacted is what the events of the withdrawal took out of the state; folding the journal from zero gives the
state that people see, as before.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson

from server.jam.state import JamState
from server.jam.withdrawn_words import only_in, shown_words
from server.jam_store import PREFIX
from server.journal.port import Journal, Record

Row = dict[str, Any]
TEXTS = ("title", "body")
THEMES = re.compile(rb'"t":"themes?\.')


@dataclass(slots=True)
class Withdrawn:
    """What someone withdrew from a jam: ids, and as it is found in the journal the (title, body) of every version."""

    stream: str
    person: str
    ideas: frozenset[str]
    comments: frozenset[str]
    texts: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, state: JamState, person: str) -> "Withdrawn":
        """What the state says is withdrawn."""
        ideas = frozenset(idea.id for idea in state.ideas if idea.author == person and idea.withdrawn)
        comments = frozenset(one.id for one in state.comments if one.author == person and one.withdrawn)
        return cls(PREFIX + state.id, person, ideas, comments)

    def holds(self, row: Row) -> bool:
        """Whether the event has a text that was withdrawn."""
        if row.get("comment") in self.comments or row.get("reporter") == self.person:
            return True
        return row.get("idea") in self.ideas and "comment" not in row

    def mentions(self) -> re.Pattern[bytes]:
        """Finds the records that may hold it."""
        return re.compile(b"|".join(id.encode() for id in sorted({self.person, *self.ideas, *self.comments})))


async def find_texts(journal: Journal, withdrawn: Withdrawn) -> None:
    """Gathers the texts that are still in the journal."""
    async for record in _records(journal, withdrawn.stream, withdrawn.mentions()):
        for row in _rows(orjson.loads(record.payload)):
            if withdrawn.holds(row) and any(row.get(name) for name in TEXTS):
                withdrawn.texts.append((row.get("title") or "", row.get("body") or ""))


async def redact_words(journal: Journal, state: JamState, withdrawn: Withdrawn) -> int:
    """Takes out the words of themes that came from these texts only; how many records it rewrote."""
    if not withdrawn.texts:
        return 0
    phrases: set[str] = set()
    async for record in _records(journal, withdrawn.stream, THEMES):
        for row in _rows(orjson.loads(record.payload)):
            phrases.update(_phrases(row))
    kept = (text for idea in state.ideas for text in (idea.title, idea.body))
    gone = (text for texts in withdrawn.texts for text in texts)
    lost = only_in(phrases - set(shown_words(state)), gone, kept)
    return await _rewrite(journal, withdrawn.stream, THEMES, lambda row: _without_words(row, lost)) if lost else 0


async def redact_texts(journal: Journal, withdrawn: Withdrawn) -> int:
    """Takes out the texts themselves; how many records it rewrote."""
    return await _rewrite(journal, withdrawn.stream, withdrawn.mentions(), lambda row: _without_text(row, withdrawn))


async def _records(journal: Journal, stream: str, pattern: re.Pattern[bytes]) -> AsyncIterator[Record]:
    async with aclosing(journal.read(stream)) as records:
        async for record in records:
            if pattern.search(record.payload):
                yield record
            await asyncio.sleep(0)


async def _rewrite(journal: Journal, stream: str, pattern: re.Pattern[bytes], change: Callable[[Row], bool]) -> int:
    """Changes the rows of the records that match; those that stay as they are are not written."""
    written = 0
    async for record in _records(journal, stream, pattern):
        entries = orjson.loads(record.payload)
        changed = [change(row) for row in _rows(entries)]
        if any(changed):
            await journal.replace(stream, record.after, orjson.dumps(entries))
            written += 1
    return written


def _rows(entries: list[Any]) -> Iterator[Row]:
    for _, rows in entries:
        yield from rows


def _without_text(row: Row, withdrawn: Withdrawn) -> bool:
    if not withdrawn.holds(row):
        return False
    found = [name for name in (*TEXTS, "note") if row.get(name)]
    row.update(dict.fromkeys(found, ""))
    return bool(found)


def _worded(row: Row) -> Iterator[Row]:
    """The parts of an event that have words of themes."""
    match row["t"]:
        case "themes.grouped":
            yield from row["themes"]
        case "theme.change_proposed":
            yield from row["draft"]["parts"]
        case "theme.renamed" | "theme.split":
            yield row


def _phrases(row: Row) -> Iterator[str]:
    for part in _worded(row):
        yield from (part["name"], *part.get("keywords", ()), *part.get("distinctive", ()))
        yield from (part["given_name"],) if part.get("given_name") else ()


def _without_words(row: Row, lost: frozenset[str]) -> bool:
    return sum(_reworded(part, lost) for part in _worded(row)) > 0


def _reworded(part: Row, lost: frozenset[str]) -> bool:
    before = dict(part)
    for name in ("name", "given_name"):
        if part.get(name) in lost:
            part[name] = "" if name == "name" else None
    for name in ("keywords", "distinctive"):
        if name in part:
            part[name] = [word for word in part[name] if word not in lost]
    return part != before
