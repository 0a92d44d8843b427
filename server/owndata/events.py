"""The events of a journal in which a person is mentioned, whatever they are: nothing here knows any event by its name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import orjson

from server.journal.port import Journal, Record
from server.owndata.plain import Plain, plain, time_of

FRAME = ("t", "v", "at")


async def events_about(journal: Journal, stream: str, person: str, is_other: Callable[[str], bool]) -> AsyncIterator[Plain]:
    """Every event of the stream that names the person: its number, when, its name and version, and its fields.

    Other people in it are nobody in particular. Most records are passed over by their bytes; those that are read are read
    aside, so that votes do not wait.
    """
    needle = person.encode()
    async with aclosing(journal.read(stream)) as records:
        async for record in records:
            if needle in record.payload:
                for event in await asyncio.to_thread(_of_record, record, person, is_other):
                    yield event
            else:
                await asyncio.sleep(0)


def _of_record(record: Record, person: str, is_other: Callable[[str], bool]) -> list[Plain]:
    rows = (row for _, rows in orjson.loads(record.payload) for row in rows)
    found = ((record.after + place, row) for place, row in enumerate(rows, 1))
    return [_told(seq, row, is_other) for seq, row in found if names(row, person)]


def names(value: Any, person: str) -> bool:
    """Whether the person is in it, at any depth."""
    if isinstance(value, str):
        return value == person
    return any(names(one, person) for one in _parts(value))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _told(seq: int, row: dict[str, Any], is_other: Callable[[str], bool]) -> Plain:
    fields = {name: value for name, value in row.items() if name not in FRAME}
    return {"seq": seq, "at": time_of(row.get("at")), "event": row["t"], "version": row["v"], **plain(fields, is_other)}
