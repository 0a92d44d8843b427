"""The jam as one JSON object. Instants are ISO 8601 in UTC; what is unknown or not to be seen is null or left empty::

    {"format": "hothouse-jam", "version": 1, "seq": 812,
     "jam":      {"id", "slug", "titles": {"en": …}, "questions", "descriptions", "rules", "languages", "mainLanguage",
                  "schedule": {"lobbyAt", "ideationAt", "refinementAt", "reviewAt", "closesAt"},
                  "counts": {"ideas", "supports", "comments"}},
     "topics":   [{"id", "titles", "descriptions", "audience": null | ["EMPLOYEE", …], "isLocked", "counts"}],
     "themes":   [{"id", "name", "parentId", "keywords", "distinctive", "cohesion", "confidence", "counts"}],
     "ideas":    [{"id", "title", "body", "language", "topicId", "author": {"id", "name", "relation"}, "audience", "postedAt",
                   "editedAt", "versionCount", "status", "reason", "support", "supportByRelation": {"EMPLOYEE": …}, "disagree",
                   "pass", "commentCount", "buildOnCount", "buildsOn": [id], "mergedInto", "themeId", "subthemeId", "marks"}],
     "comments": [{"id", "ideaId", "parentId", "author", "body", "language", "postedAt", "editedAt", "status", "reason",
                   "likes", "replyCount"}]}

`seq` is the number of the jam's last event: two exports with the same `seq` and viewer are the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from server.exporting.rows import Author, CommentRow, IdeaRow, JamRow, Rows, ThemeRow, TopicRow, iso
from server.jam.people import RELATIONS
from server.jam.tallies import Count

Item = dict[str, Any]

INSTANTS = ("lobbyAt", "ideationAt", "refinementAt", "reviewAt", "closesAt")


def write_json(rows: Rows, file: BinaryIO) -> None:
    """One object, written part by part."""
    file.write(b'{"format":"hothouse-jam","version":1,"seq":%d,"jam":' % rows.jam.seq)
    file.write(_dump(_jam(rows.jam)))
    _write_list(file, "topics", map(_topic, rows.topics))
    _write_list(file, "themes", map(_theme, rows.themes))
    _write_list(file, "ideas", map(_idea, rows.ideas))
    _write_list(file, "comments", map(_comment, rows.comments))
    file.write(b"}\n")


def _dump(item: Item) -> bytes:
    return orjson.dumps(item)


def _write_list(file: BinaryIO, name: str, items: Iterable[Item]) -> None:
    """A member of the object with one item a line."""
    file.write(b',\n"%s":[' % name.encode())
    file.writelines(_separated(items))
    file.write(b"]")


def _separated(items: Iterable[Item]) -> Iterator[bytes]:
    for place, item in enumerate(items):
        yield b",\n" if place else b"\n"
        yield _dump(item)


def _jam(jam: JamRow) -> Item:
    instants = jam.schedule.instants() if jam.schedule is not None else ()
    return {
        "id": jam.id, "slug": jam.slug, "titles": dict(jam.titles), "questions": dict(jam.questions),
        "descriptions": dict(jam.descriptions), "rules": dict(jam.rules), "languages": jam.languages,
        "mainLanguage": jam.main_language,
        "schedule": dict(zip(INSTANTS, map(iso, instants), strict=False)),
        "counts": _counts(jam.counts),
    }  # fmt: skip


def _counts(count: Count) -> Item:
    return {"ideas": count.ideas, "supports": count.supports, "comments": count.comments}


def _topic(topic: TopicRow) -> Item:
    return {
        "id": topic.id, "titles": dict(topic.titles), "descriptions": dict(topic.descriptions),
        "audience": topic.audience or None, "isLocked": topic.locked, "counts": _counts(topic.counts),
    }  # fmt: skip


def _theme(theme: ThemeRow) -> Item:
    return {
        "id": theme.id, "name": theme.name, "parentId": theme.parent or None, "keywords": theme.keywords,
        "distinctive": theme.distinctive, "cohesion": theme.cohesion, "confidence": theme.confidence,
        "counts": _counts(theme.counts),
    }  # fmt: skip


def _author(author: Author) -> Item:
    return {"id": author.id or None, "name": author.name or None, "relation": author.relation or None}


def _idea(idea: IdeaRow) -> Item:
    by_relation = {relation.value: count for relation, count in zip(RELATIONS, idea.by_relation, strict=True)}
    return {
        "id": idea.id, "title": idea.title, "body": idea.body, "language": idea.language, "topicId": idea.topic_id,
        "author": _author(idea.author), "audience": idea.audience or None, "postedAt": iso(idea.posted_at),
        "editedAt": iso(idea.edited_at), "versionCount": idea.versions, "status": idea.status, "reason": idea.reason or None,
        "support": idea.support, "supportByRelation": by_relation, "disagree": idea.disagree, "pass": idea.passed,
        "commentCount": idea.comments, "buildOnCount": idea.build_ons, "buildsOn": idea.builds_on,
        "mergedInto": idea.merged_into or None, "themeId": idea.theme_id or None, "subthemeId": idea.subtheme_id or None,
        "marks": idea.marks,
    }  # fmt: skip


def _comment(comment: CommentRow) -> Item:
    return {
        "id": comment.id, "ideaId": comment.idea_id, "parentId": comment.answers or None, "author": _author(comment.author),
        "body": comment.body, "language": comment.language, "postedAt": iso(comment.posted_at),
        "editedAt": iso(comment.edited_at), "status": comment.status, "reason": comment.reason or None,
        "likes": comment.likes, "replyCount": comment.replies,
    }  # fmt: skip
