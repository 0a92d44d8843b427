"""Events as bytes. A record is JSON: the entries of one group commit, each a command's key and its events.

An event is kept as its stable name `t`, its version `v` and its fields; older versions are upcast when they are read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import orjson

from server.journal.port import JournalUnavailable

E = TypeVar("E")
Fields = dict[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Entry(Generic[E]):
    """What one command led to; `command_key` is what is remembered of it, None for a part without a command."""

    command_key: int | None
    events: tuple[E, ...]


class UnknownEvent(JournalUnavailable):
    """The journal holds what this version of the program does not know: a newer one wrote it, and this one must not guess.

    For this version the journal can't be read on from there: what is known stays, and nothing is written.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: a newer version of Hothouse wrote this journal, please upgrade",
            plain="a newer version of Hothouse is taking over",
        )


class EventCodec(Generic[E]):
    """Encodes and decodes the events of one domain.

    `registry` maps (name, version) to classes, `upcasts` maps (name, version) to a function from the stored fields of that
    version to those of the next.
    """

    def __init__(
        self, registry: Mapping[tuple[str, int], type[E]], upcasts: Mapping[tuple[str, int], Callable[[Fields], Fields]]
    ) -> None:
        self._classes = dict(registry)
        self._upcasts = dict(upcasts)
        self._names = {cls: name for name, cls in registry.items()}
        self._fields = {cls: tuple(field.name for field in fields(cls)) for cls in self._names}  # type: ignore[arg-type]
        self._converters = {cls: _converters(cls) for cls in self._names}

    def encode(self, entries: Iterable[Entry[E]]) -> bytes:
        """The entries as the payload of a record."""
        return self.joined(map(self.encode_entry, entries))

    def encode_entry(self, entry: Entry[E]) -> bytes:
        """One entry as its part of a payload. Raises `TypeError` for what JSON in UTF-8 can't hold."""
        return orjson.dumps([entry.command_key, [self._row(event) for event in entry.events]], default=_plain)

    def joined(self, parts: Iterable[bytes]) -> bytes:
        """The payload made of these parts."""
        return b"[%b]" % b",".join(parts)

    def _row(self, event: E) -> Fields:
        name, version = self._names[type(event)]
        row: Fields = {"t": name, "v": version}
        for field in self._fields[type(event)]:
            row[field] = getattr(event, field)
        return row

    def decode(self, payload: bytes) -> list[Entry[E]]:
        """The entries of a record. Raises `UnknownEvent` for an event of a newer version of the program."""
        return [Entry(key, tuple(self._event(row) for row in rows)) for key, rows in orjson.loads(payload)]

    def _event(self, row: Fields) -> E:
        name, version = row.pop("t"), row.pop("v")
        while (name, version) in self._upcasts:
            row, version = self._upcasts[(name, version)](row), version + 1
        cls = self._classes.get((name, version))
        if cls is None:
            raise UnknownEvent(f"{name}@{version}")
        try:
            for field, convert in self._converters[cls]:
                row[field] = convert(row[field])
            return cls(**row)
        except (KeyError, TypeError, ValueError) as error:
            # A field more or less, a value that an enumeration did not have: half understood is misread.
            raise UnknownEvent(f"{name}@{version} ({error})") from error


def _plain(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} can't be kept in a journal")


def _converters(cls: type) -> list[tuple[str, Convert]]:
    found = ((name, _converter(hint)) for name, hint in get_type_hints(cls).items())
    return [(name, convert) for name, convert in found if convert is not None]


def _converter(hint: Any) -> Convert | None:
    """How JSON becomes this type again; None where it is the same."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if get_origin(hint) is tuple:
        inner = _converter(get_args(hint)[0])
        return tuple if inner is None else _each(inner)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass_converter(hint)
    options = [option for option in get_args(hint) if option is not type(None)]
    if len(options) == 1 and len(get_args(hint)) == 2:
        inner = _converter(options[0])
        return None if inner is None else _unless_none(inner)
    return None


def _each(inner: Convert) -> Convert:
    return lambda items: tuple(inner(item) for item in items)


def _unless_none(inner: Convert) -> Convert:
    return lambda value: None if value is None else inner(value)


def _dataclass_converter(cls: type) -> Convert:
    inner = _converters(cls)

    def convert(row: Fields) -> Any:
        return cls(**row | {name: to(row[name]) for name, to in inner})

    return convert
