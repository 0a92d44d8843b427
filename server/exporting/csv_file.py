"""The ideas as CSV for spreadsheets: UTF-8 with a byte order mark, so that Excel reads Hebrew, and safe to open.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) has an apostrophe
before it. Lists in one cell are separated by "; ".
"""

import csv
from typing import BinaryIO

from server.exporting.rows import IdeaRow, Rows, iso
from server.jam.people import RELATIONS

COLUMNS = (
    "id", "title", "body", "language", "topic", "author", "relation", "audience", "posted_at", "edited_at", "versions",
    "status", "reason", "support", *(f"support_{relation.lower()}" for relation in RELATIONS), "disagree", "pass", "comments",
    "build_ons", "builds_on", "merged_into", "theme", "subtheme", "marks",
)  # fmt: skip

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
BOM = b"\xef\xbb\xbf"


def safe(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would calculate it."""
    return "'" + text if text.startswith(FORMULA) else text


class Encoded:
    """What `csv` writes to: text in, UTF-8 out."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8", "replace"))


def write_csv(rows: Rows, file: BinaryIO) -> None:
    """A header and a line for each idea, lines ending as RFC 4180 says."""
    file.write(BOM)
    writer = csv.writer(Encoded(file))
    writer.writerow(COLUMNS)
    for idea in rows.ideas:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in _cells(idea)])


def _cells(idea: IdeaRow) -> tuple[str | int, ...]:
    """The cells in the order of `COLUMNS`."""
    return (
        idea.id, idea.title, idea.body, idea.language, idea.topic, idea.author.name, idea.author.relation,
        listed(idea.audience), iso(idea.posted_at) or "", iso(idea.edited_at) or "", idea.versions, idea.status,
        idea.reason, idea.support,
        *idea.by_relation, idea.disagree, idea.passed, idea.comments, idea.build_ons, listed(idea.builds_on),
        idea.merged_into, idea.theme, idea.subtheme, listed(idea.marks),
    )  # fmt: skip


def listed(parts: tuple[str, ...]) -> str:
    """Several values in one cell."""
    return "; ".join(parts)
