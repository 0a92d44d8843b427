"""The caller's place in its trace: the header `traceparent` of W3C Trace Context, https://www.w3.org/TR/trace-context/."""

import re
from dataclasses import dataclass

_FORM = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
LONGEST = 256


@dataclass(frozen=True, slots=True)
class Place:
    """Ids of a trace and of a span within it, neither of them 0."""

    trace_id: int
    span_id: int


def place_in(header: bytes | None) -> Place | None:
    """The place that a header names; None for none, and for what is no such header: then a trace begins here."""
    if header is None or len(header) > LONGEST or (found := _FORM.fullmatch(header.strip())) is None:
        return None
    version, trace_id, span_id, _, more = found.groups()
    if version == b"ff" or (version == b"00" and more is not None):
        return None
    place = Place(int(trace_id, 16), int(span_id, 16))
    return place if place.trace_id and place.span_id else None
