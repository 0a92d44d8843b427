"""Things of the domain as plain data, with secrets and other people left out."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

Plain = Any
"""What JSON can hold."""

SECRET = ("_hash", "secret", "code", "sealed")
"""How the names of fields end that would let others in: they are of no use to the person, and a danger in a file."""

ANOTHER = "another person"


def plain(value: Any, is_other: Callable[[str], bool] = lambda text: False) -> Plain:
    """The value for JSON. A text that `is_other` says is somebody else's id becomes "another person"."""
    match value:
        case Enum():
            return value.value
        case str():
            return ANOTHER if is_other(value) else value
        case None | bool() | int() | float():
            return value
        case bytes():
            return b64encode(value).decode("ascii")
        case Mapping():
            return {str(plain(key, is_other)): plain(one, is_other) for key, one in value.items() if not is_secret(str(key))}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict(), is_other)
        case Set():
            return sorted(_without_crowds(plain(one, is_other) for one in value), key=str)
        case Sequence():
            return list(_without_crowds(plain(one, is_other) for one in value))
        case _ if is_dataclass(value):
            return plain({field.name: getattr(value, field.name) for field in fields(value)}, is_other)
    raise TypeError(f"{type(value).__name__} has no plain form")


def _without_crowds(values: Iterable[Plain]) -> Iterator[Plain]:
    """However many others there are, they are told once: how many were concerned is not about the person."""
    seen = False
    for value in values:
        if value != ANOTHER or not seen:
            yield value
        seen = seen or value == ANOTHER


def is_secret(name: str) -> bool:
    """Whether a field of this name is left out."""
    return name.endswith(SECRET)


def time_of(ms: int | None) -> str | None:
    """An instant (milliseconds since 1970) in ISO 8601, in UTC."""
    if ms is None:
        return None
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return str(ms)
