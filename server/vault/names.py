"""How people are found by what is typed: normalised addresses, and names as words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from server.vault.port import EmailTaken, PersonExists, PersonRecord

WORD = re.compile(r"\w+")
APOSTROPHES = re.compile("['\u2019\u2018\u02bc\"\u05f3\u05f4]")
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """What was typed: words that must each begin a word of the name, or a beginning of the address."""

    words: list[str]
    email: str


def normalise_email(email: str | None) -> str | None:
    """The address as it is kept and compared; None for None or blank."""
    return (email or "").strip().casefold() or None


def normalised(person: PersonRecord) -> PersonRecord:
    """The person with the address as it is kept."""
    return replace(person, email=normalise_email(person.email))


def words(name: str) -> list[str]:
    """The different words of a name, sorted, without case, accents, vowel points and apostrophes.

    >>> words("Zoë O'Brien-Lévy")
    ['levy', 'obrien', 'zoe']
    """
    return sorted(set(WORD.findall(APOSTROPHES.sub("", sort_key(name)).casefold())))


def sort_key(name: str) -> str:
    """A name as lists of names are sorted: without case, accents and vowel points.

    >>> sort_key("Łucja ÉMILE")
    'łucja emile'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))


def people_query(typed: str) -> PeopleQuery:
    """Read what was typed. The longest word comes first: it leaves the fewest people to look at."""
    email = (normalise_email(typed) or "").encode("utf-8", "ignore").decode()
    found = [] if "@" in email else sorted(words(typed), key=len, reverse=True)
    return PeopleQuery(found, email)


def prefix_range(prefix: str) -> tuple[str, str]:
    """From where to before where the strings lie that begin with `prefix`, in the order of their UTF-8 bytes."""
    return prefix, prefix + LAST_CHARACTER


def by_name(people: Iterable[PersonRecord]) -> list[PersonRecord]:
    """The people sorted by name as it is written, then by id."""
    return sorted(people, key=lambda person: (person.name, person.id))


def check_bulk(people: Sequence[PersonRecord]) -> None:
    """Raise `PersonExists` or `EmailTaken` if two of the normalised people share an id or an address."""
    if person_id := _repeated(person.id for person in people):
        raise PersonExists(person_id)
    if email := _repeated(person.email for person in people if person.email):
        raise EmailTaken(email)


def _repeated(values: Iterable[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)
