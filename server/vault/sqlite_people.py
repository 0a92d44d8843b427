"""People in the SQLite vault, and the words of their names: functions of a connection, run on its thread."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from server.journal.sqlite_thread import scrub, transaction
from server.vault.names import by_name, people_query, prefix_range, words
from server.vault.port import EmailTaken, PersonChanges, PersonExists, PersonRecord
from server.vault.sqlite_invitations import FORGET
from server.vault.sqlite_own import note_change

PERSON = "SELECT id, email, name, country, language, created_at FROM people"
PEOPLE_OF = f"{PERSON} WHERE id IN (SELECT value FROM json_each(?))"
WITH_WORD = "SELECT person_id FROM person_words WHERE word >= ? AND word < ? ORDER BY word, person_id"
HAS_WORD = "SELECT 1 FROM person_words WHERE person_id = ? AND word >= ? AND word < ? LIMIT 1"
WITH_EMAIL = "SELECT id FROM people WHERE email >= ? AND email < ? ORDER BY email"


def add_people(db: sqlite3.Connection, people: Sequence[PersonRecord]) -> None:
    """Add all of the normalised people or none. Raises `EmailTaken` or `PersonExists`."""
    with transaction(db):
        for person in people:
            _insert(db, person)
            _put_words(db, person.id, person.name)


def find_person(db: sqlite3.Connection, column: str, value: str | None) -> PersonRecord | None:
    """The person whose `column` (`id` or `email`) has this value, or None."""
    row = db.execute(f"{PERSON} WHERE {column} = ?", (value,)).fetchone()
    return PersonRecord(*row) if row else None


def find_people(db: sqlite3.Connection, person_ids: Collection[str]) -> dict[str, PersonRecord]:
    """Those of the people who exist, by id."""
    rows = db.execute(PEOPLE_OF, (json.dumps(list(person_ids)),))
    return {row[0]: PersonRecord(*row) for row in rows}


def update_person(db: sqlite3.Connection, person_id: str, changes: PersonChanges) -> PersonRecord:
    """Change the named columns. Raises `KeyError` or `EmailTaken`, and then nothing has changed."""
    with transaction(db):
        _require(db, person_id)
        for column, value in changes.items():
            _set(db, person_id, column, value)
        note_change(db, person_id)
        if "name" in changes:
            db.execute("DELETE FROM person_words WHERE person_id = ?", (person_id,))
            _put_words(db, person_id, changes["name"])
        return _require(db, person_id)


def search_people(db: sqlite3.Connection, typed: str, limit: int) -> list[PersonRecord]:
    """At most `limit` people who match what is typed, sorted by name."""
    query = people_query(typed)
    matches = _distinct(chain(_with_words(db, query.words), _with_email(db, query.email)))
    return by_name(find_people(db, list(islice(matches, max(limit, 0)))).values())


def erase_person(db: sqlite3.Connection, person_id: str) -> None:
    """Remove the person with all that refers to them, and wipe it off the file."""
    with transaction(db):
        db.execute(FORGET, (person_id,))
        db.execute("DELETE FROM people WHERE id = ?", (person_id,))
        db.execute("DELETE FROM people_changes WHERE person_id = ?", (person_id,))
    scrub(db)


def _insert(db: sqlite3.Connection, person: PersonRecord) -> None:
    values = (person.id, person.email, person.name, person.country, person.language, person.created_at)
    try:
        db.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", values)
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
            raise PersonExists(person.id) from None
        raise _taken(error, person.email) from None


def _set(db: sqlite3.Connection, person_id: str, column: str, value: Any) -> None:
    try:
        db.execute(f"UPDATE people SET {column} = ? WHERE id = ?", (value, person_id))
    except sqlite3.IntegrityError as error:
        raise _taken(error, value) from None


def _taken(error: sqlite3.IntegrityError, email: str | None) -> Exception:
    return EmailTaken(email or "") if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE else error


def _require(db: sqlite3.Connection, person_id: str) -> PersonRecord:
    person = find_person(db, "id", person_id)
    if person is None:
        raise KeyError(person_id)
    return person


def _put_words(db: sqlite3.Connection, person_id: str, name: str) -> None:
    db.executemany("INSERT INTO person_words VALUES (?, ?)", [(word, person_id) for word in words(name)])


def _with_words(db: sqlite3.Connection, prefixes: list[str]) -> Iterator[str]:
    """The ids of people with, for each prefix, a word that begins with it; walked along the first one's index range."""
    if not prefixes:
        return
    first, *rest = prefixes
    for (person_id,) in db.execute(WITH_WORD, prefix_range(first)):
        if all(db.execute(HAS_WORD, (person_id, *prefix_range(prefix))).fetchone() for prefix in rest):
            yield person_id


def _with_email(db: sqlite3.Connection, prefix: str) -> Iterator[str]:
    if prefix:
        yield from (person_id for (person_id,) in db.execute(WITH_EMAIL, prefix_range(prefix)))


def _distinct(values: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        if value not in seen:
            seen.add(value)
            yield value
