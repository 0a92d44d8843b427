"""Reads a list of guests (CSV, or lines pasted from a sheet): every line becomes a guest, or says why not."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.importing.table import sniff_delimiter, sniff_encoding
from server.inviting.service import Guest, clean_address, clean_name
from server.inviting.words import LANGUAGES, clean_line
from server.jam.people import Relation, Role
from server.jam.rejections import InvalidInput

MOST_LINES = 10_000
MOST_BYTES = 2 * 1024 * 1024
_LONGEST_CELL = 16 * 1024


class LineState(StrEnum):
    """What was, or would be, done with a line: READY to be mailed, QUEUED, or why not."""

    READY = "READY"
    QUEUED = "QUEUED"
    BAD_ADDRESS = "BAD_ADDRESS"
    BAD_NAME = "BAD_NAME"
    BAD_LINE = "BAD_LINE"
    UNKNOWN_RELATION = "UNKNOWN_RELATION"
    UNKNOWN_ROLE = "UNKNOWN_ROLE"
    UNKNOWN_LANGUAGE = "UNKNOWN_LANGUAGE"
    DUPLICATE = "DUPLICATE"
    MEMBER = "MEMBER"
    INVITED = "INVITED"
    DECLINED = "DECLINED"
    NOT_DONE = "NOT_DONE"


@dataclass(slots=True)
class GuestLine:
    """A line of the list: its number (the first is 1), its address as it was written, and the guest that it names, if any.
    `of`: the line that a DUPLICATE repeats."""

    number: int
    address: str
    state: LineState
    guest: Guest | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a line does not say otherwise."""

    relation: Relation = Relation.EMPLOYEE
    language: str = "en"
    line: str = ""


class ListRefused(Exception):
    """The list can't be read at all; the message says what to do."""


HEADERS: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "email", "e-mail", "mail", "email address", "דואל", "דוא״ל", 'דוא"ל', "אימייל", "כתובת"),
    "name": ("name", "full name", "שם", "שם מלא"),
    "relation": ("relation", "tier", "קשר", "קשר לחברה"),
    "language": ("language", "lang", "שפה"),
    "role": ("role", "תפקיד"),
    "line": ("line", "message", "note", "הודעה", "מילים אישיות"),
}
ORDER = ("address", "name", "relation", "language", "role", "line")
"""The columns of a list without a header."""

RELATIONS = {relation.value.lower(): relation for relation in Relation} | {
    "עובד": Relation.EMPLOYEE, "עובדת": Relation.EMPLOYEE, "משפחה": Relation.FAMILY, "בן משפחה": Relation.FAMILY,
    "בת משפחה": Relation.FAMILY, "חבר": Relation.FRIEND, "חברה": Relation.FRIEND, "לקוח": Relation.CLIENT,
    "לקוחה": Relation.CLIENT, "שותף": Relation.PARTNER, "שותפה": Relation.PARTNER,
}  # fmt: skip
ROLES = {role.value.lower(): role for role in Role}
LANGUAGE_NAMES = {code: code for code in LANGUAGES} | {"english": "en", "hebrew": "he", "אנגלית": "en", "עברית": "he"}


def read_guests(content: bytes, defaults: Defaults) -> list[GuestLine]:
    """Every line that is not blank, in order. Raises `ListRefused`."""
    if len(content) > MOST_BYTES:
        raise ListRefused(f"The list has more than {MOST_BYTES // 1024 // 1024} MB: please split it.")
    encoding, _ = sniff_encoding(content)
    text = content.decode(encoding, "replace")
    try:
        records = list(_records(text))
    except csv.Error as error:
        raise ListRefused(f"The list can't be read as CSV: {error}.") from error
    if not records:
        raise ListRefused("The list is empty: paste one address a line, or a table with a column of addresses.")
    columns = _columns(records[0][1])
    rows = records[1:] if columns else records
    if len(rows) > MOST_LINES:
        raise ListRefused(f"The list has {len(rows):,} lines, and at most {MOST_LINES:,} are taken at once: please split it.")
    return _unlike([_line(number, cells, columns or _in_order(), defaults) for number, cells in rows])


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of every record that is not blank."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text))
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _columns(first: list[str]) -> dict[str, int] | None:
    """Field → column, where the first record names the columns: then none of its cells is an address."""
    if any("@" in cell for cell in first):
        return None
    found: dict[str, int] = {}
    for place, cell in enumerate(first):
        for field, names in HEADERS.items():
            if cell.strip().casefold() in names:
                found.setdefault(field, place)
    if "address" not in found:
        raise ListRefused('No column of addresses was found: call it "address", or leave the header out.')
    return found


def _in_order() -> dict[str, int]:
    return {field: place for place, field in enumerate(ORDER)}


def _line(number: int, cells: list[str], columns: Mapping[str, int], defaults: Defaults) -> GuestLine:
    def cell(field: str) -> str:
        place = columns.get(field)
        return cells[place] if place is not None and place < len(cells) else ""

    written = cell("address")
    relation = RELATIONS.get(cell("relation").casefold()) if cell("relation") else defaults.relation
    role = ROLES.get(cell("role").casefold()) if cell("role") else Role.PARTICIPANT
    language = LANGUAGE_NAMES.get(cell("language").casefold()) if cell("language") else defaults.language
    made = GuestLine(number, written, LineState.READY)
    if relation is None:
        made.state = LineState.UNKNOWN_RELATION
    elif role is None:
        made.state = LineState.UNKNOWN_ROLE
    elif language is None:
        made.state = LineState.UNKNOWN_LANGUAGE
    else:
        made.state, made.guest = _guest(number, written, cell("name"), cell("line") or defaults.line, relation, role, language)
    return made


def _guest(
    number: int, address: str, name: str, line: str, relation: Relation, role: Role, language: str
) -> tuple[LineState, Guest | None]:
    state = LineState.BAD_ADDRESS
    try:
        kept = clean_address(address)
        state = LineState.BAD_NAME
        called = clean_name(name)
        state = LineState.BAD_LINE
        return LineState.READY, Guest(kept, relation, str(number), called, role, language, clean_line(line))
    except InvalidInput:
        return state, None


def _unlike(lines: list[GuestLine]) -> list[GuestLine]:
    """Marks all but the first line of an address."""
    first: dict[str, int] = {}
    for line in lines:
        if line.guest is None:
            continue
        line.of = first.setdefault(line.guest.address, line.number)
        if line.of == line.number:
            line.of = None
        else:
            line.state, line.guest = LineState.DUPLICATE, None
    return lines
