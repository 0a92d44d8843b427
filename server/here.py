"""Who is here, told so that nobody can be made out: by country and by relation, never by both, and few people never alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from server.jam.people import Relation

T = TypeVar("T")

FEWEST = 3
"""Fewer people than this of a country, or of a relation, are told only as part of the rest."""


class Origin(NamedTuple):
    """What a person is counted under while they are here: their country (ISO 3166), if they gave one, and their relation."""

    country: str | None
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class Here:
    """`countries` and `relations` hold those with at least `FEWEST` people, most first; `elsewhere` are the people of all
    other countries together with those who gave none, `others` those of all other relations.
    """

    count: int
    countries: tuple[tuple[str, int], ...]
    elsewhere: int
    relations: tuple[tuple[Relation, int], ...]
    others: int


def here_of(counts: Mapping[Origin, int]) -> Here:
    """What may be told of so many people of each origin, in time proportional to the number of different origins."""
    countries: Counter[str | None] = Counter()
    relations: Counter[Relation | None] = Counter()
    for origin, number in counts.items():
        countries[origin.country] += number
        relations[origin.relation] += number
    by_country = tuple((name, number) for name, number in _told(countries) if name is not None)
    by_relation = tuple((name, number) for name, number in _told(relations) if name is not None)
    count = sum(counts.values())
    return Here(
        count,
        by_country,
        count - sum(number for _, number in by_country),
        by_relation,
        count - sum(number for _, number in by_relation),
    )


def _told(counts: "Counter[T]") -> list[tuple[T, int]]:
    enough = [(name, number) for name, number in counts.items() if number >= FEWEST]
    return sorted(enough, key=lambda pair: (-pair[1], str(pair[0])))
