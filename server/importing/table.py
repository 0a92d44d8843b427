"""Reads a CSV file of unknown make: its encoding and delimiter are found out, and every record knows its line."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.importing.report import ImportRefused

LARGEST = 512 * 1024 * 1024
"""Bytes of a file; it is read whole."""

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 16 * 1024 * 1024
_UTF7 = re.compile(rb"\+A[A-P][A-Za-z0-9+/]-")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins on, its cells by column, and those beyond the last column."""

    line: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read; `said` tells what had to be guessed about it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    said: tuple[str, ...]


def read_table(path: Path, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """All records of the file, the first of which names the columns. Raises `ImportRefused` if it can't be read so."""
    text, said = _decoded(path, content_of(path), encoding)
    delimiter = sniff_delimiter(text) if delimiter is None else delimiter
    try:
        return _parsed(path.name, text, delimiter, said)
    except (csv.Error, TypeError) as error:
        raise ImportRefused(f"{path.name} can't be read as CSV with the delimiter {delimiter!r}: {error}") from error


def read_text(path: Path) -> str:
    """A file that is UTF-8, as JSON has to be, or UTF-16 with a mark. Raises `ImportRefused` if it can't be read so."""
    content = content_of(path)
    encoding = next((encoding for mark, encoding in _BOMS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise ImportRefused(f"{path.name} is not {encoding.upper()}, which JSON is written in: {error}.") from error


def content_of(path: Path) -> bytes:
    """The whole file. Raises `ImportRefused` if it can't be read, or is too large."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ImportRefused(f"{path.name} has {size:,} bytes, and at most {LARGEST:,} are read: please split it.")
        return path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path.name} can't be read: {error.strerror}.") from error


def _decoded(path: Path, content: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is None:
        encoding, said = sniff_encoding(content)
    else:
        said = []
    try:
        return content.decode(encoding, "replace"), said
    except (LookupError, UnicodeError) as error:
        raise ImportRefused(f"{path.name} can't be read as {encoding}: {error}.") from error


def sniff_encoding(content: bytes) -> tuple[str, list[str]]:
    """The encoding, and what there is to say about it: UTF-8 and what has a mark are certain, the rest is a guess."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding, []
    if content.isascii():
        return ("utf-7", ["it was read as UTF-7"]) if _UTF7.search(content) else ("utf-8", [])
    damage = content.decode("utf-8", "replace").count("\ufffd") - content.count("\ufffd".encode())
    if damage == 0:
        return "utf-8", []
    high = sum(byte > 127 for byte in content)
    if damage * 10 < high:
        return "utf-8", [f"{damage:,} places are no UTF-8: they are shown as \ufffd"]
    encoding = "cp1255" if _runs(content) > high / 2 else "cp1252"
    return encoding, [f"it is not UTF-8: it was read as {encoding} ({'Hebrew' if encoding == 'cp1255' else 'Western'} Windows)"]


def _runs(content: bytes) -> int:
    """Bytes above 127 in groups of two or more: Hebrew has whole words of them, Western languages a letter here and there."""
    return sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", content))


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first records into most columns, all alike; a comma where none does."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text[:65_536], delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """(share of records as wide as the header, width) of the first 50 whole records; nothing for a single column."""
    records = itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 51)
    widths = [len(row) for row in records if row]
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (round(widths.count(widths[0]) / len(widths), 1), widths[0])


def _parsed(name: str, text: str, delimiter: str, said: list[str]) -> Table:
    csv.field_size_limit(_LONGEST_CELL)
    records = _records(text, delimiter)
    header = next(records, None)
    if header is None:
        raise ImportRefused(f"{name} is empty.")
    columns = _columns(header[1])
    if text.count('"') % 2:
        said = [*said, "its quotation marks are not balanced: a record may have swallowed the lines after it"]
    rows = tuple(_row(line, cells, columns) for line, cells in records)
    return Table(name, columns, rows, tuple(said))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of every record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _columns(header: list[str]) -> tuple[str, ...]:
    """The names of the columns, each once: nameless ones are called by their place, doubles numbered."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(header, 1):
        name = cell.strip() or f"column {place}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    padded = cells + [""] * (len(columns) - len(cells))
    return Row(line, dict(zip(columns, padded, strict=False)), tuple(cell for cell in cells[len(columns) :] if cell.strip()))
