"""The written content of the sample jam, and the names that its things have in the journal."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from server.jam import ids
from server.jam.commands import AddTopic, FileReport, PostComment, PostIdea
from server.jam.people import Relation, Role
from server.jam.visibility import EVERYONE, Audience

Row = dict[str, Any]

SLUG = "rimon-hale"
"""The sample jam's address."""

JAM = ids.derive_id(ids.JAM, "sample", SLUG)
ORGANIZER = "hadas-mizrahi"
"""Who of its people organizes it."""

HELD_BACK = 30
"""Ideas that the sample leaves out, for `play_live` to post."""


@dataclass(frozen=True, slots=True)
class Content:
    """The files of `content/`, each row a dict as written; times are minutes after ideation opened."""

    jam: Row
    people: list[Row]
    ideas: list[Row]
    comments: list[Row]
    reports: list[Row]
    moderation: list[Row]
    edits: list[Row]
    remarks: list[Row]

    def held_back(self) -> list[Row]:
        """Ideas that nothing else refers to, spread over the whole jam, in their order."""
        busy = {row["idea"] for row in (*self.comments, *self.edits)}
        busy |= {row[key] for row in (*self.reports, *self.moderation) for key in ("target", "into") if row.get(key)}
        busy |= {other for row in self.ideas for other in (*row["builds_on"], row["twin_of"], row["duplicate_of"])}
        free = sorted((row for row in self.ideas if row["id"] not in busy), key=lambda row: int(row["at_minute"]))
        return [free[place * len(free) // HELD_BACK] for place in range(HELD_BACK)]


@cache
def content() -> Content:
    """Everything written, read once."""
    folder = resources.files("server.sample") / "content"
    names = sorted(entry.name for entry in folder.iterdir())

    def rows(prefix: str) -> list[Row]:
        files = [name for name in names if name.startswith(prefix)]
        return [row for name in files for row in json.loads((folder / name).read_text("utf-8"))]

    jam = json.loads((folder / "jam.json").read_text("utf-8"))
    return Content(
        jam, rows("people"), rows("ideas"), rows("comments"), rows("reports"), rows("moderation"), rows("edits"),
        rows("live-comments"),
    )  # fmt: skip


# --------------------------------------------------------------------------------------------- content as people and commands
def person(row_id: str) -> str:
    return ids.derive_id(ids.PERSON, JAM, row_id)


def role(row: Row) -> Role:
    """A person's role: the first that is written, else organizer or participant."""
    if row["id"] == ORGANIZER:
        return Role.ORGANIZER
    return Role[row["roles"][0].upper()] if row["roles"] else Role.PARTICIPANT


def relation(row: Row) -> Relation:
    return Relation[row["relation"].upper()]


def audience(written: str | list[str]) -> Audience:
    if isinstance(written, str):
        return EVERYONE
    return Audience(relations=tuple(Relation[name.upper()] for name in written))


def add_topic(row: Row) -> AddTopic:
    return AddTopic(
        actor=ids.SYSTEM, id=_id("topic", row), titles=row["title"], descriptions=row["description"],
        audience=audience(row["audience"]),
    )  # fmt: skip


def post_idea(row: Row, topic: Row, parents: tuple[Row, ...]) -> PostIdea:
    return PostIdea(
        actor=person(row["author"]), id=_id("idea", row), topic=add_topic(topic).derived(ids.TOPIC), title=row["title"],
        body=row["body"], language=row["lang"], parents=tuple(idea_id(parent) for parent in parents),
        audience=audience(row["audience"]),
    )  # fmt: skip


def idea_id(row: Row) -> str:
    return ids.derive_id(ids.IDEA, person(row["author"]), _id("idea", row))


def post_comment(row: Row, idea: Row, parent: Row | None) -> PostComment:
    return PostComment(
        actor=person(row["author"]), id=_id("comment", row), idea=idea_id(idea), body=row["body"], language=row["lang"],
        parent=comment_id(parent) if parent is not None else None,
    )  # fmt: skip


def comment_id(row: Row) -> str:
    return ids.derive_id(ids.COMMENT, person(row["author"]), _id("comment", row))


def file_report(row: Row, target: str) -> FileReport:
    reason = row["reason"].upper().replace("-", "_")
    return FileReport(actor=person(row["reporter"]), id=_id("report", row), target=target, reason=reason, note=row["note"])


def _id(kind: str, row: Row) -> str:
    return f"sample:{JAM}:{kind}:{row['id']}"
