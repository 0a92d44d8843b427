"""Reads the lines of a table as ideas. Whatever a line has that can't be taken is said with its line number."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from server.importing.cleaning import SHORTEST_TITLE, beginning, clean, fit, one_line, title_and_body
from server.importing.dates import day_comes_first, parse_instant
from server.importing.report import ImportReport
from server.importing.table import Row, Table
from server.jam.texts import NAME, scrub

ONLY_PEOPLE = "a jam counts people"
NOT_RETIRED = frozenset({"", "0", "no", "false", "none", "null", "לא"})
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")


@dataclass(frozen=True, slots=True)
class Draft:
    """One idea as the file has it, fit for a jam. `at` and `retired_at` in milliseconds since 1970."""

    line: int
    title: str
    body: str
    at: int
    author: str
    topic: str
    language: str | None
    retired_at: int | None


class Reader:
    """Reads a table by its columns: field → column."""

    def __init__(
        self, report: ImportReport, table: Table, columns: Mapping[str, str], day_first: bool | None, now: int
    ) -> None:
        self._report = report
        self._table = table
        self._columns = columns
        self._now = now
        dates = [self._cell(row, field) for row in table.rows for field in ("at", "retired")]
        self._day_first = day_comes_first(dates) if day_first is None else day_first
        self._ids: dict[str, int] = {}
        self._texts: dict[tuple[str, str], int] = {}

    # ------------------------------------------------------------------------------------------------------------ lines
    def drafts(self) -> Iterator[Draft]:
        """The lines that can be imported, in their order; those without a date have the earliest one of the file."""
        count = self._report.count(self._table.name)
        found: list[tuple[Row, Draft | None]] = []
        for row in self._table.rows:
            count.read += 1
            found.append((row, self._draft(row)))
        drafts = [draft for _, draft in found if draft is not None]
        yield from self._dated(drafts)

    def _draft(self, row: Row) -> Draft | None:
        said: list[str] = []
        title, body = self._text(row, said)
        if len(title) < SHORTEST_TITLE:
            self._refuse(
                row, "it has neither title nor text" if not title and not body else f"its text is too short: {title!r}"
            )
            return None
        at = self._instant(row, said)
        draft = Draft(
            row.line, title, body, at, self._name(row, "author"), self._name(row, "topic"), self._language(row, said),
            self._retired(row, at, said),
        )  # fmt: skip
        self._note_doubles(row, draft, said)
        if row.beyond:
            said.append(f"{len(row.beyond)} cells beyond the last column were left out: {beginning(' | '.join(row.beyond))}")
        for text in said:
            self._report.clean(self._table.name, row.line, text)
        return draft

    def _cell(self, row: Row, field: str) -> str:
        column = self._columns.get(field)
        return "" if column is None else row.cells[column].strip()

    def _refuse(self, row: Row, text: str) -> None:
        self._report.refuse(self._table.name, row.line, text)

    def _text(self, row: Row, said: list[str]) -> tuple[str, str]:
        title, in_title = clean(self._cell(row, "title"))
        body, in_body = clean(self._cell(row, "body"))
        said += dict.fromkeys((*in_title, *in_body))
        if "title" not in self._columns:
            title, body = title_and_body(body)
        elif "body" in self._columns and not body and title:
            said.append("it has no text, only a title")
        title, body, fitted = fit(title, body)
        said += fitted
        return one_line(title), body

    # ----------------------------------------------------------------------------------------------------------- fields
    def _instant(self, row: Row, said: list[str]) -> int:
        """When it was posted; -1 where that can't be told."""
        value = self._cell(row, "at")
        at = parse_instant(value, self._day_first)
        if at is None and "at" in self._columns:
            what = f"its date can't be read: {value[:40]!r}" if value else "it has no date"
            said.append(f"{what}: it is dated like the earliest line")
        return -1 if at is None else at

    def _retired(self, row: Row, at: int, said: list[str]) -> int | None:
        value = self._cell(row, "retired")
        if value.casefold() in NOT_RETIRED:
            return None
        instant = parse_instant(value, self._day_first)
        said.append("it was retired at the source: imported, and hidden")
        return max(at, instant if instant is not None else at)

    def _name(self, row: Row, field: str) -> str:
        return beginning(scrub(self._cell(row, field)), NAME)

    def _language(self, row: Row, said: list[str]) -> str | None:
        code = self._cell(row, "language").casefold().replace("_", "-").split("-")[0]
        if code and not _LANGUAGE.match(code):
            said.append(f"{code[:20]!r} is no language code: the language is guessed")
            return None
        return code or None

    def _note_doubles(self, row: Row, draft: Draft, said: list[str]) -> None:
        """Doubles are imported, as people may have voted on either; a moderator can merge them."""
        id, text = self._cell(row, "id"), (draft.title.casefold(), draft.body.casefold())
        first = self._ids.setdefault(id, row.line) if id else row.line
        if first != row.line:
            said.append(f"its id {id[:40]!r} is that of line {first}, too: imported as an idea of its own")
        same = self._texts.setdefault(text, row.line)
        if same != row.line:
            said.append(f"its text is that of line {same}, too: imported as an idea of its own")

    # ------------------------------------------------------------------------------------------------------------ dates
    def _dated(self, drafts: list[Draft]) -> Iterator[Draft]:
        known = [draft.at for draft in drafts if draft.at >= 0]
        if known:
            earliest = min(known)
            yield from (draft if draft.at >= 0 else _at(draft, earliest) for draft in drafts)
            return
        self._report.said.append("no column holds dates: ideas are a second apart in the order of the file, up to now")
        start = self._now - 1000 * len(drafts)
        yield from (_at(draft, start + 1000 * place) for place, draft in enumerate(drafts))

    # ---------------------------------------------------------------------------------------------------------- columns
    def unused(self) -> list[str]:
        """What of the file has no place in a jam: votes without voters, and columns that no field takes."""
        said = []
        if "support" in self._columns:
            total, lines = self._supports()
            column = self._columns["support"]
            said.append(
                f"not imported: {total:,} votes of {lines:,} lines (column {column}), numbers without voters: {ONLY_PEOPLE}"
            )
        left = [column for column in self._table.columns if column not in self._columns.values()]
        if left:
            said.append("not imported, as no field takes them: columns " + ", ".join(left[:40]))
        return said

    def _supports(self) -> tuple[int, int]:
        counts = [int(cell) for row in self._table.rows if (cell := self._cell(row, "support")).isdecimal()]
        return sum(counts), sum(count > 0 for count in counts)


def _at(draft: Draft, at: int) -> Draft:
    retired = None if draft.retired_at is None else max(at, draft.retired_at)
    return replace(draft, at=at, retired_at=retired)
