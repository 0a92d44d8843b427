"""Which column of a file holds what."""

import re
from collections.abc import Mapping, Sequence

from server.importing.report import ImportRefused

GUESSES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "nr", "number", "idea_id", "proposal_id", "מספר", "מזהה"),
    "title": ("title", "titulo", "título", "titre", "titel", "subject", "headline", "summary", "idea", "כותרת"),
    "body": ("body", "description", "text", "content", "details", "comment_body", "descripcion", "תיאור", "תוכן", "טקסט"),
    "at": ("at", "created_at", "created", "date", "datetime", "timestamp", "time", "posted_at", "fecha", "תאריך"),
    "author": ("author", "author_name", "user", "username", "participant", "autor", "שם", "מחבר", "מחברת"),
    "topic": ("topic", "category", "tema", "נושא", "קטגוריה"),
    "language": ("language", "lang", "locale", "שפה"),
    "support": ("support", "supports", "votes", "likes", "upvotes", "votes_up", "cached_votes_up", "תמיכה", "קולות"),
    "retired": ("retired", "retired_at", "withdrawn", "withdrawn_at", "hidden_at", "deleted_at"),
}
"""Field → headers that are taken for it, the likeliest first."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def resolve(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field → column: as the mapping says, the rest guessed from the headers; an empty column leaves a field out.

    Raises `ImportRefused` for a field or column that does not exist, or if nothing holds a text.
    """
    _check(columns, mapping)
    chosen = {field: column for field, column in mapping.items() if column}
    taken = set(chosen.values())
    for field, names in GUESSES.items():
        column = None if field in mapping else _first(columns, names, taken)
        if column is not None:
            chosen[field] = column
            taken.add(column)
    if "title" not in chosen and "body" not in chosen:
        raise ImportRefused(f"No column is known to hold the ideas: give --map title=COLUMN, of {_listed(columns)}.")
    return chosen


def _check(columns: Sequence[str], mapping: Mapping[str, str]) -> None:
    for field, column in mapping.items():
        if field not in GUESSES:
            raise ImportRefused(f"There is no field {field!r} to map to: choose of {_listed(tuple(GUESSES))}.")
        if column and column not in columns:
            raise ImportRefused(f"The file has no column {column!r}: it has {_listed(columns)}.")


def _first(columns: Sequence[str], names: Sequence[str], taken: set[str]) -> str | None:
    plain = {_plain(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain and plain[name] not in taken), None)


def _plain(column: str) -> str:
    """Created at, created-at and createdAt are created_at."""
    return _HUMP.sub("_", column.strip()).casefold().replace(" ", "_").replace("-", "_")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:40])
