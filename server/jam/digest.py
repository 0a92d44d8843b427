"""One number for all that matters in a jam: two states with the same digest are the same jam.

What is derived from the rest is left out: orders, counts by scope, the change log, and `rising`, whose last bits depend on
the order of additions (the votes' times that it is made from are in).
"""

import sys
from array import array
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from typing import Any

from server.jam.state import JamState

DERIVED = frozenset(
    {
        "orders",
        "tallies",
        "facets",
        "changes",
        "personal",
        "idea_numbers",
        "comment_numbers",
        "member_numbers",
        "endings",
        "erased_numbers",
        "invitations_by",
    }
)
DERIVED_FIELDS = frozenset({"rising"})

Feed = Callable[[bytes], None]


def digest(state: JamState) -> str:
    """SHA-256 over a canonical form of the state, in hexadecimal; the order of dicts and sets does not matter."""
    hashed = sha256()
    for name in sorted(vars(state).keys() - DERIVED):
        _text(hashed.update, name)
        _feed(hashed.update, getattr(state, name))
    return hashed.hexdigest()


def _feed(feed: Feed, value: Any) -> None:
    """Every value begins with a letter for its kind and, where it has parts, their number: no two values look the same."""
    match value:
        case None:
            feed(b"n")
        case Enum():
            _feed(feed, value.value)
        case str():
            _text(feed, value)
        case bool() | int() | float():
            feed(f"{type(value).__name__[0]}{value!r};".encode())
        case array():
            _numbers(feed, value)
        case Mapping():
            _mapping(feed, value)
        case Set():
            _sequence(feed, b"s", sorted(value))
        case Sequence():
            _sequence(feed, b"l", value)
        case _ if is_dataclass(value):
            _entity(feed, value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in the state of a jam")


def _text(feed: Feed, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    feed(b"t%d:" % len(data))
    feed(data)


def _numbers(feed: Feed, numbers: "array[int]") -> None:
    """The same bytes on every machine: little end first."""
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    feed(b"a%d:" % len(numbers))
    feed(numbers.tobytes())


def _mapping(feed: Feed, mapping: Mapping[Any, Any]) -> None:
    feed(b"m%d:" % len(mapping))
    for key in sorted(mapping):
        _feed(feed, key)
        _feed(feed, mapping[key])


def _sequence(feed: Feed, kind: bytes, parts: Sequence[Any]) -> None:
    feed(b"%s%d:" % (kind, len(parts)))
    for part in parts:
        _feed(feed, part)


_NAMES: dict[type, tuple[str, ...]] = {}


def _entity(feed: Feed, entity: Any) -> None:
    kind = type(entity)
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(sorted(field.name for field in fields(kind) if field.name not in DERIVED_FIELDS))
    feed(b"e")
    for name in names:
        _feed(feed, getattr(entity, name))
