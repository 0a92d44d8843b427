"""Instants as other platforms write them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

LATEST = 4_102_444_800_000
"""2100-01-01: a number beyond it is no date."""

_NUMBER = re.compile(r"\d{9,13}")
_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\Z")
_ZONE = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}\Z)|\s*(?:UTC|GMT|Z)\Z")


def day_comes_first(values: Iterable[str]) -> bool:
    """Whether 01/02/2024 is the first of February here: unless some date of the column is only possible the other way."""
    found = [match for value in values if (match := _SLASHED.match(value.strip()))]
    return not any(int(match[2]) > 12 for match in found)


def parse_instant(value: str, day_first: bool = True) -> int | None:
    """Milliseconds since 1970 of an ISO date, of dd/mm/yyyy with or without a time, or of a number of seconds or
    milliseconds; None for anything else. A time without a zone is UTC.
    """
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return _counted(int(text))
    try:
        moment = _slashed(match, day_first) if (match := _SLASHED.match(text)) else _iso(text)
        at = round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at < LATEST else None


def _counted(number: int) -> int | None:
    at = number if number >= 100_000_000_000 else number * 1000
    return at if at < LATEST else None


def _slashed(match: re.Match[str], day_first: bool) -> datetime:
    one, two, year = int(match[1]), int(match[2]), int(match[3])
    day, month = (one, two) if day_first else (two, one)
    hour, minute, second = (int(part or 0) for part in match.groups()[3:])
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _iso(text: str) -> datetime:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("no date of ISO 8601")
    moment = datetime.fromisoformat(_ZONE.sub("", text))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
