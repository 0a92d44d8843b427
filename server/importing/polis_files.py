"""The files of a Polis export, read line by line: what is no comment or vote is refused with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from server.importing.cleaning import SHORTEST_TITLE, clean, one_line
from server.importing.dates import parse_instant
from server.importing.report import ImportRefused, ImportReport
from server.importing.table import Row, Table, read_table

COMMENTS, VOTES, MATRIX = "comments.csv", "votes.csv", "participants-votes.csv"
STANCES = {"1": "agree", "-1": "disagree", "0": "pass"}
NEEDED = {
    COMMENTS: ("timestamp", "comment-id", "author-id", "comment-body"),
    VOTES: ("timestamp", "comment-id", "voter-id", "vote"),
    MATRIX: ("participant",),
}


@dataclass(frozen=True, slots=True)
class Comment:
    """`totals` is (agrees, disagrees) as the file says, None where it does not."""

    id: str
    author: str
    text: str
    at: int
    line: int
    moderated_out: bool
    totals: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Vote:
    """`order` tells two votes of the same instant apart: (instant in the file, line, column)."""

    comment: str
    person: str
    stance: str
    at: int
    line: int
    order: tuple[int, ...]


@dataclass(slots=True)
class Source:
    """What could be read of an export; the report has the rest."""

    report: ImportReport
    paths: tuple[Path, ...]
    votes_file: str
    comments: list[Comment] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)

    def span(self) -> tuple[int, int]:
        """The first and the last instant of anything, in milliseconds since 1970."""
        instants = [comment.at for comment in self.comments] + [vote.at for vote in self.votes]
        return min(instants), max(instants)

    def joins(self) -> dict[str, tuple[int, str, int]]:
        """Participant → (instant, file, line) of the first thing they did."""
        found: dict[str, tuple[int, str, int]] = {}
        for at, participant, file, line in self._acts():
            if participant not in found or at < found[participant][0]:
                found[participant] = (at, file, line)
        return found

    def _acts(self) -> Iterator[tuple[int, str, str, int]]:
        yield from ((comment.at, comment.author, COMMENTS, comment.line) for comment in self.comments)
        yield from ((vote.at, vote.person, self.votes_file, vote.line) for vote in self.votes)


def read_source(directory: Path) -> Source:
    """Reads the comments and, with their times if the export has them, the votes. Raises `ImportRefused`."""
    if not directory.is_dir():
        raise ImportRefused(f"{directory.name or directory} is no folder: give the folder of a Polis export.")
    votes_file = next((name for name in (VOTES, MATRIX) if (directory / name).is_file()), None)
    if votes_file is None or not (directory / COMMENTS).is_file():
        raise ImportRefused(f"{directory.name} is no Polis export: it needs {COMMENTS}, and {VOTES} or {MATRIX}.")
    paths = (directory / COMMENTS, directory / votes_file)
    source = Source(ImportReport("", f"Polis export {directory.name}"), paths, votes_file)
    _read_comments(source, _table(source, paths[0]))
    if not source.comments:
        raise ImportRefused(f"{directory.name} has no comment that can be imported.")
    _read_votes(source, _table(source, paths[1]))
    return source


def _table(source: Source, path: Path) -> Table:
    table = read_table(path, ",")
    missing = [column for column in NEEDED[path.name] if column not in table.columns]
    if missing:
        raise ImportRefused(f"{path.name} has no column {', '.join(missing)}: it is no Polis export.")
    source.report.said += [f"{path.name}: {said}" for said in table.said]
    return table


def _read_comments(source: Source, table: Table) -> None:
    count = source.report.count(COMMENTS)
    seen: dict[str, int] = {}
    for row in table.rows:
        count.read += 1
        comment, said = _comment(row)
        problem = said if isinstance(said, str) else _double(seen, row)
        if comment is None or problem is not None:
            source.report.refuse(COMMENTS, row.line, problem or "")
            continue
        seen[comment.id] = row.line
        source.comments.append(comment)
        for text in said:
            source.report.clean(COMMENTS, row.line, text)


def _double(seen: dict[str, int], row: Row) -> str | None:
    first = seen.get(row.cells["comment-id"].strip())
    return None if first is None else f"comment {row.cells['comment-id']} was already in line {first}"


def _comment(row: Row) -> tuple[Comment | None, str | list[str]]:
    """The comment and what was cleaned in it, or None and the reason."""
    cells = row.cells
    text, said = clean(cells["comment-body"])
    at = parse_instant(cells["timestamp"])
    if len(one_line(text)) < SHORTEST_TITLE:
        return None, f"comment {cells['comment-id']} has no text" if not text else f"its text is too short: {text!r}"
    if at is None or not cells["comment-id"].strip():
        return None, f"its time is no date: {cells['timestamp'][:40]!r}" if at is None else "it has no id"
    totals = _number(cells.get("agrees", "")), _number(cells.get("disagrees", ""))
    return Comment(
        cells["comment-id"].strip(), cells["author-id"].strip() or "unknown", text, at, row.line,
        cells.get("moderated", "").strip() == "-1", None if None in totals else (totals[0] or 0, totals[1] or 0),
    ), said  # fmt: skip


def _number(cell: str) -> int | None:
    try:
        return int(cell)
    except ValueError:
        return None


def _read_votes(source: Source, table: Table) -> None:
    """Every vote on a comment that was imported; one from before its comment counts from when that was posted."""
    known = {comment.id: comment for comment in source.comments}
    count = source.report.count(source.votes_file)
    votes = _timed(source, table) if source.votes_file == VOTES else _untimed(source, table)
    for vote in votes:
        count.read += 1
        problem = _problem(vote, known)
        if problem is not None:
            source.report.refuse(source.votes_file, vote.line, problem)
            continue
        posted = known[vote.comment].at
        if vote.at < posted:
            said = f"a vote {posted - vote.at:,} ms before its comment {vote.comment}: it counts from its posting"
            source.report.clean(source.votes_file, vote.line, said)
        source.votes.append(replace(vote, at=max(vote.at, posted)))
    if source.votes_file == MATRIX:
        source.votes = _spread(source)


def _problem(vote: Vote, known: dict[str, Comment]) -> str | None:
    if vote.comment not in known:
        return f"a vote on comment {vote.comment[:40]!r}, which was not imported"
    if vote.stance not in STANCES.values():
        return f"its vote is {vote.stance[:40]!r}, neither 1 nor 0 nor -1"
    if vote.at < 0:
        return "its time is no date"
    return None if vote.person else "it says nobody who voted"


def _timed(source: Source, table: Table) -> Iterator[Vote]:
    for row in table.rows:
        at, value = parse_instant(row.cells["timestamp"]), row.cells["vote"].strip()
        instant = -1 if at is None else at
        yield Vote(
            row.cells["comment-id"].strip(), row.cells["voter-id"].strip(), STANCES.get(value, value), instant, row.line,
            (instant, row.line),
        )  # fmt: skip


def _untimed(source: Source, table: Table) -> Iterator[Vote]:
    """A row a voter, a column a comment: every filled cell is a vote."""
    columns = [column for column in table.columns if column.isdecimal()]
    posted = {comment.id: comment.at for comment in source.comments}
    for row in table.rows:
        person = row.cells["participant"].strip()
        for column in columns:
            if value := row.cells[column].strip():
                stance = STANCES.get(value, value)
                yield Vote(column, person, stance, posted.get(column, 0), row.line, (row.line, int(column)))


def _spread(source: Source) -> list[Vote]:
    """Invents the times that a matrix lacks: each comment's votes, in the file's order, evenly from its posting to the end."""
    end = max(comment.at for comment in source.comments)
    posted = {comment.id: comment.at for comment in source.comments}
    total: dict[str, int] = {}
    for vote in source.votes:
        total[vote.comment] = total.get(vote.comment, 0) + 1
    done: dict[str, int] = {}
    spread: list[Vote] = []
    for vote in source.votes:
        done[vote.comment] = place = done.get(vote.comment, 0) + 1
        start = posted[vote.comment]
        spread.append(replace(vote, at=start + (end - start) * place // (total[vote.comment] + 1)))
    source.report.said.append(
        f"{MATRIX} has no times: the votes on each idea are spread evenly from its posting to the end, so counts are true, "
        "but momentum and the orders hot and rising are not"
    )
    return spread
