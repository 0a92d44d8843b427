"""Reads a JSON file of unknown make as a table: a list of objects, one by itself or as a member, or an object a line.

Every object knows the line it begins on. What is nested in it becomes one cell: an object its name or title (or else a cell for
each of its members, `author.city`), a list its items with "; " between them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecoder
from pathlib import Path
from typing import Any

from server.importing.report import ImportRefused
from server.importing.table import Row, Table, read_text

LISTS = ("ideas", "proposals", "posts", "suggestions", "items", "results", "records", "data", "rows")
"""Members that are taken for the list, the likeliest first."""

OURS = "hothouse-jam"
NAMES = ("name", "title", "label", "username")
DEEPEST = 4
_SPACE = re.compile(r"[ \t\n\r]*")
_HALF = re.compile("[\ud800-\udfff]")
_DECODER = JSONDecoder()

Item = tuple[int, Any]
"""The line that it begins on, and what it is."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file: its lists of objects, the one list of a file that is a list under "", and its other members."""

    lists: dict[str, list[Item]]
    members: dict[str, Any]


def read_json(path: Path, member: str | None = None) -> Table:
    """All objects of the file, or of its member with this name. Raises `ImportRefused` if it can't be read so."""
    text = read_text(path)
    try:
        document = _document(path.name, text)
    except json.JSONDecodeError as error:
        raise ImportRefused(f"{path.name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except (RecursionError, ValueError) as error:
        raise ImportRefused(f"{path.name} is nested too deeply, or holds a number that is too long.") from error
    chosen = _chosen(path.name, document, member)
    items = document.lists[chosen]
    if document.members.get("format") == OURS and chosen == "ideas":
        items = list(_ours(items, document))
    found = [(line, dict(_cells("", one, 1)) if isinstance(one, dict) else {}) for line, one in items]
    columns = tuple(dict.fromkeys(column for _, cells in found for column in cells))
    rows = tuple(Row(line, dict.fromkeys(columns, "") | cells) for line, cells in found)
    return Table(path.name, columns, rows, tuple(_said(document, chosen)))


def _said(document: Document, chosen: str) -> Iterator[str]:
    if left := [f"{len(items):,} of {name!r}" for name, items in document.lists.items() if name != chosen]:
        yield f"not imported: {', '.join(left[:20])} (an archive takes a whole jam along)"


# ------------------------------------------------------------------------------------------------------------ the list
def _document(name: str, text: str) -> Document:
    start = _after_space(text, 0)
    if text[start : start + 1] == "[":
        items, end = _listed(text, start)
        if _after_space(text, end) < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
        return Document({"": items}, {})
    if text[start : start + 1] != "{":
        one, _ = _DECODER.raw_decode(text, start)
        raise ImportRefused(f"{name} holds {repr(one)[:40]}, and a list of ideas is looked for.")
    document, end = _members(text, start)
    return document if _after_space(text, end) == len(text) else Document({"": _lines(text)}, {})


def _lines(text: str) -> list[Item]:
    """An object a line, as JSON Lines has it."""
    found, end, line = list[Item](), 0, 1
    while (start := _after_space(text, end)) < len(text):
        line += text.count("\n", end, start)
        one, end = _DECODER.raw_decode(text, start)
        found.append((line, one))
        line += text.count("\n", start, end)
    return found


def _members(text: str, start: int) -> tuple[Document, int]:
    """An object, and where it ends."""
    document = Document({}, {})
    place = _after_space(text, start + 1)
    while text[place : place + 1] != "}":
        key, place = _DECODER.raw_decode(text, place)
        place = _after(text, place, ":")
        if text[place : place + 1] == "[":
            items, place = _listed(text, place)
            if items and all(isinstance(one, dict) for _, one in items):
                document.lists[str(key)] = items
            else:
                document.members[str(key)] = [one for _, one in items]
        else:
            document.members[str(key)], place = _DECODER.raw_decode(text, place)
        place = _next(text, place, "}")
    return document, place + 1


def _listed(text: str, start: int) -> tuple[list[Item], int]:
    """The items of a list that begins there, and where it ends."""
    found, line, end = list[Item](), 1 + text.count("\n", 0, start), start
    place = _after_space(text, start + 1)
    while text[place : place + 1] != "]":
        line += text.count("\n", end, place)
        one, end = _DECODER.raw_decode(text, place)
        found.append((line, one))
        line += text.count("\n", place, end)
        place = _next(text, end, "]")
    return found, place + 1


def _chosen(name: str, document: Document, member: str | None) -> str:
    lists = list(document.lists)
    if member is not None:
        if member not in lists or not member:
            raise ImportRefused(f"{name} has no list {member!r} of objects{_there_are(lists)}.")
        return member
    likely = [one for one in ("", *LISTS) if one in lists] or lists
    if not likely or (len(lists) > 1 and likely[0] not in LISTS):
        raise ImportRefused(f"{name} does not say which list holds the ideas{_there_are(lists)}. Give --list NAME.")
    return likely[0]


def _there_are(lists: list[str]) -> str:
    return f": there are {', '.join(lists[:20])}" if any(lists) else ""


# ----------------------------------------------------------------------------------------------------- our own exports
def _ours(items: list[Item], document: Document) -> Iterator[Item]:
    """Topics by their titles; what did not stand on the board is retired."""
    jam = document.members.get("jam")
    language = jam.get("mainLanguage") if isinstance(jam, dict) else None
    titles = {topic.get("id"): _title(topic.get("titles"), language) for _, topic in document.lists.get("topics", [])}
    for line, one in items:
        yield line, one | {"topic": titles.get(one.get("topicId")), "retired": one.get("status") not in (None, "VISIBLE")}


def _title(titles: Any, language: Any) -> Any:
    if not isinstance(titles, dict):
        return None
    return titles.get(language) or next(iter(titles.values()), None)


# -------------------------------------------------------------------------------------------------------------- places
def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return position if found is None else found.end()


def _after(text: str, position: int, mark: str) -> int:
    """Behind the mark that has to come next, and the space after it."""
    position = _after_space(text, position)
    if text[position : position + 1] != mark:
        raise json.JSONDecodeError(f"Expecting '{mark}'", text, position)
    return _after_space(text, position + 1)


def _next(text: str, position: int, end: str) -> int:
    """Where the next one begins, or the end stands."""
    position = _after_space(text, position)
    return position if text[position : position + 1] == end else _after(text, position, ",")


# --------------------------------------------------------------------------------------------------------------- cells
def _cells(prefix: str, found: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        name = _whole(f"{prefix}{key}")
        if isinstance(value, dict) and _name(value) is None and depth < DEEPEST:
            yield from _cells(f"{name}.", value, depth + 1)
        else:
            yield name, _whole(_cell(value))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(filter(None, map(_cell, value)))
    if isinstance(value, dict):
        return _name(value) or ""
    return str(value)


def _whole(text: str) -> str:
    """JSON can spell halves of characters, which no store can hold."""
    return _HALF.sub("\ufffd", text)


def _name(found: dict[str, Any]) -> str | None:
    return next((found[key] for key in NAMES if isinstance(found.get(key), str)), None)
