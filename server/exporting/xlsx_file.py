"""The jam as an Excel workbook: sheets for ideas, comments, themes and topics, from right to left in a Hebrew jam.

Texts are written as texts, so nothing in them is ever calculated; instants are dates in UTC. Cells go to disk as they are
written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from server.exporting.csv_file import listed
from server.exporting.rows import CommentRow, IdeaRow, Rows, ThemeRow, TopicRow, moment
from server.jam.people import RELATIONS
from server.jam.texts import pick

Cell = str | int | float | datetime | None
Header = tuple[str, str, float]
"""English, Hebrew, width in characters."""

IDEAS: tuple[Header, ...] = (
    ("Title", "כותרת", 48), ("Text", "תוכן", 60), ("Support", "תמיכה", 10), ("Comments", "תגובות", 10),
    ("Built on by", "נבנו עליו", 10), ("Theme", "נושא־על", 24), ("Sub-theme", "תת־נושא", 24), ("Topic", "נושא", 24),
    ("Author", "כתב/ה", 20), ("Relation", "שיוך", 12), ("Language", "שפה", 9), ("Posted (UTC)", "פורסם (UTC)", 17),
    ("Edited (UTC)", "נערך (UTC)", 17), ("Versions", "גרסאות", 9), ("Status", "מצב", 10), ("Reason", "סיבה", 24),
    ("For", "מיועד ל", 16), *((f"Support: {r.value.lower()}", f"תמיכה: {he}", 12) for r, he in zip(
        RELATIONS, ("עובדים", "משפחה", "חברים", "לקוחות", "שותפים"), strict=True)),
    ("Disagree", "מתנגדים", 10), ("Pass", "נמנעים", 10), ("Builds on", "נבנה על", 20), ("Merged into", "מוזג אל", 16),
    ("Marks", "סימונים", 14), ("Id", "מזהה", 16),
)  # fmt: skip
COMMENTS: tuple[Header, ...] = (
    ("Idea", "רעיון", 40), ("Comment", "תגובה", 70), ("Likes", "אהבו", 8), ("Replies", "תשובות", 8), ("Author", "כתב/ה", 20),
    ("Relation", "שיוך", 12), ("Language", "שפה", 9), ("Posted (UTC)", "פורסם (UTC)", 17), ("Edited (UTC)", "נערך (UTC)", 17),
    ("Status", "מצב", 10), ("Reason", "סיבה", 24), ("Answers", "בתשובה ל", 16), ("Idea's id", "מזהה הרעיון", 16),
    ("Id", "מזהה", 16),
)  # fmt: skip
THEMES: tuple[Header, ...] = (
    ("Theme", "נושא־על", 32), ("Part of", "חלק מתוך", 24), ("Ideas", "רעיונות", 9), ("Support", "תמיכה", 9),
    ("Comments", "תגובות", 9), ("Keywords", "מילות מפתח", 40), ("Sets it apart", "מייחד אותו", 40), ("Cohesion", "לכידות", 10),
    ("Confidence", "ודאות", 10), ("Id", "מזהה", 16),
)  # fmt: skip
TOPICS: tuple[Header, ...] = (
    ("Topic", "נושא", 32), ("Ideas", "רעיונות", 9), ("Support", "תמיכה", 9), ("Comments", "תגובות", 9), ("For", "מיועד ל", 20),
    ("Locked", "נעול", 8), ("Id", "מזהה", 16),
)  # fmt: skip


def write_xlsx(rows: Rows, file: BinaryIO) -> None:
    """A workbook with four sheets, each with a header that stays in sight and a filter."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(file, options)
    book.set_properties({"title": pick(rows.jam.titles, None, rows.jam.main_language)})
    sheets = _Sheets(book, rows.jam.is_right_to_left)
    sheets.add(("Ideas", "רעיונות"), IDEAS, map(_idea, rows.ideas))
    sheets.add(("Comments", "תגובות"), COMMENTS, map(_comment, rows.comments))
    names = {theme.id: theme.name for theme in rows.themes}
    sheets.add(("Themes", "נושאי־על"), THEMES, (_theme(theme, names) for theme in rows.themes))
    sheets.add(("Topics", "נושאים"), TOPICS, map(_topic, rows.topics))
    book.close()


class _Sheets:
    """Adds sheets to a book, in Hebrew from right to left or in English."""

    def __init__(self, book: Any, right_to_left: bool) -> None:
        self._book = book
        self._right_to_left = right_to_left
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def add(self, names: tuple[str, str], headers: Sequence[Header], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._book.add_worksheet(names[self._right_to_left])
        if self._right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 1)
        for column, header in enumerate(headers):
            sheet.set_column(column, column, header[2])
            sheet.write_string(0, column, header[self._right_to_left], self._bold)
        last = 0
        for last, row in enumerate(rows, 1):
            self._write(sheet, last, row)
        sheet.autofilter(0, 0, last, len(headers) - 1)

    def _write(self, sheet: Any, number: int, row: Sequence[Cell]) -> None:
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, self._date)
            elif cell is not None:
                sheet.write_number(number, column, cell)


def _when(at: int | None) -> datetime | None:
    """Excel's dates have no zone: the columns say UTC."""
    return None if at is None else moment(at).replace(tzinfo=None)


def _idea(idea: IdeaRow) -> Sequence[Cell]:
    return (
        idea.title, idea.body, idea.support, idea.comments, idea.build_ons, idea.theme, idea.subtheme, idea.topic,
        idea.author.name, idea.author.relation, idea.language, _when(idea.posted_at), _when(idea.edited_at), idea.versions,
        idea.status, idea.reason, listed(idea.audience), *idea.by_relation, idea.disagree, idea.passed, listed(idea.builds_on),
        idea.merged_into, listed(idea.marks), idea.id,
    )  # fmt: skip


def _comment(comment: CommentRow) -> Sequence[Cell]:
    return (
        comment.idea, comment.body, comment.likes, comment.replies, comment.author.name, comment.author.relation,
        comment.language, _when(comment.posted_at), _when(comment.edited_at), comment.status, comment.reason, comment.answers,
        comment.idea_id, comment.id,
    )  # fmt: skip


def _theme(theme: ThemeRow, names: dict[str, str]) -> Sequence[Cell]:
    return (
        theme.name, names.get(theme.parent, ""), theme.counts.ideas, theme.counts.supports, theme.counts.comments,
        ", ".join(theme.keywords), ", ".join(theme.distinctive), theme.cohesion, theme.confidence, theme.id,
    )  # fmt: skip


def _topic(topic: TopicRow) -> Sequence[Cell]:
    return (
        topic.title, topic.counts.ideas, topic.counts.supports, topic.counts.comments, listed(topic.audience),
        int(topic.locked), topic.id,
    )  # fmt: skip
