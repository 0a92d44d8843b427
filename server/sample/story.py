"""What is written, as commands at their minutes: topics, ideas, build-ons, comments, edits, reports and what moderators did."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from server.jam import commands as c
from server.jam import ids
from server.sample import content as names
from server.sample.content import Content, Row

CLOSING = ("hide", "lock", "merge")
REPORTED = ("hide", "lock")
"""Acts that settle the reports on their target."""

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Act:
    """A command at a minute after ideation opened; within a minute acts happen in the order of `rank`."""

    minute: float
    rank: int
    command: c.Command


@dataclass(slots=True)
class Story:
    """The content without the ideas that are held back, with look-ups by id."""

    written: Content
    held_back: frozenset[str]
    ideas: dict[str, Row] = field(init=False)
    comments: dict[str, Row] = field(init=False)
    topics: dict[str, Row] = field(init=False)
    people: dict[str, Row] = field(init=False)
    closed: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.ideas = {row["id"]: row for row in self.written.ideas if row["id"] not in self.held_back}
        self.comments = {row["id"]: row for row in self.written.comments}
        self.topics = {row["id"]: row for row in self.written.jam["topics"]}
        self.people = {row["id"]: row for row in self.written.people}
        self.closed = {row["target"]: row["at_minute"] for row in self.written.moderation if row["act"] in CLOSING}

    def closes(self, *targets: str) -> float:
        """The minute from which nothing more happens to any of these; never, if nobody closed them."""
        return min(self.closed.get(target, NEVER) for target in targets)

    def admits(self, person: Row, idea: Row) -> bool:
        """Whether an idea is for this person, by its own audience and its topic's."""
        audiences = (idea["audience"], self.topics[idea["topic"]]["audience"])
        return all(audience == "everyone" or person["relation"] in audience for audience in audiences)

    def first_acts(self) -> dict[str, float]:
        """Person → the minute of the first thing they wrote or did."""
        first: dict[str, float] = {}
        rows = [(row, "author") for row in (*self.ideas.values(), *self.comments.values())]
        rows += [(row, "reporter") for row in self.written.reports] + [(row, "by") for row in self.written.moderation]
        for row, key in rows:
            first[row[key]] = min(row["at_minute"], first.get(row[key], NEVER))
        first[names.ORGANIZER] = -NEVER
        return first

    def acts(self) -> Iterator[Act]:
        """Everything written, in no order."""
        yield from self._ideas()
        yield from self._comments()
        yield from self._edits()
        yield from self._moderation()
        for number, row in enumerate(self.written.jam["announcements"]):
            announce = c.Announce(
                actor=names.person(names.ORGANIZER), id=f"sample:{names.JAM}:news:{number}", texts=row["text"]
            )
            yield Act(row["at_minute"], 0, announce)
        for row in self.written.reports:
            yield Act(row["at_minute"], 5, names.file_report(row, self._target(row["target"])))

    def _ideas(self) -> Iterator[Act]:
        for row in self.ideas.values():
            parents = tuple(self.ideas[id] for id in row["builds_on"])
            yield Act(row["at_minute"], 1, names.post_idea(row, self.topics[row["topic"]], parents))

    def _comments(self) -> Iterator[Act]:
        for row in self.comments.values():
            parent = self.comments[row["parent"]] if row["parent"] else None
            yield Act(row["at_minute"], 2, names.post_comment(row, self.ideas[row["idea"]], parent))

    def _edits(self) -> Iterator[Act]:
        for row in self.written.edits:
            idea = self.ideas[row["idea"]]
            edit = c.EditIdea(
                actor=names.person(idea["author"]), id=f"sample:{names.JAM}:edit:{row['idea']}", idea=names.idea_id(idea),
                title=str(row.get("title", idea["title"])), body=str(row.get("body", idea["body"])), base_version=1,
            )  # fmt: skip
            yield Act(row["at_minute"], 3, edit)

    def _moderation(self) -> Iterator[Act]:
        for row in self.written.moderation:
            yield Act(row["at_minute"], 6, self._moderate(row))
            if row["act"] in REPORTED:
                yield from self._settle(row)

    def _moderate(self, row: Row) -> c.Command:
        actor, target = names.person(row["by"]), self._target(row["target"])
        id = f"sample:{names.JAM}:act:{row['act']}:{row['target']}"
        if row["act"] == "hide" and row["target"] in self.comments:
            return c.HideComment(actor=actor, id=id, comment=target, reason=row["reason"])
        if row["act"] == "hide":
            return c.HideIdea(actor=actor, id=id, idea=target, reason=row["reason"])
        if row["act"] == "merge":
            return c.MergeIdeas(actor=actor, id=id, idea=target, into=self._target(row["into"]), reason=row["reason"])
        mark = {"feature": "FEATURED", "pin": "PINNED", "lock": "LOCKED"}[row["act"]]
        return c.MarkIdea(actor=actor, id=id, idea=target, mark=mark, on=True, reason=row["reason"])

    def _settle(self, act: Row) -> Iterator[Act]:
        """The reports that led to the act; the others keep waiting."""
        for row in self.written.reports:
            if row["target"] == act["target"] and row["at_minute"] <= act["at_minute"]:
                report = names.file_report(row, self._target(row["target"])).derived(ids.REPORT)
                actor, id = names.person(act["by"]), f"sample:{names.JAM}:settle:{row['id']}"
                settled = c.ResolveReport(actor=actor, id=id, report=report, outcome="UPHELD", reason=act["reason"])
                yield Act(act["at_minute"], 7, settled)

    def _target(self, id: str) -> str:
        return names.idea_id(self.ideas[id]) if id in self.ideas else names.comment_id(self.comments[id])
