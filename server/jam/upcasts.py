"""How events of older versions are read. Each upcast turns the stored fields of one version into those of the next."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = dict[str, Any]


def _without_reason(fields: Fields) -> Fields:
    """Marks and settled reports had no reason at first."""
    return fields | {"reason": ""}


def _following_nothing(fields: Fields) -> Fields:
    """The first runs did not say which run they followed, nor their figures."""
    return fields | {"follows": None, "report": {}}


def _up_to_the_newest(fields: Fields) -> Fields:
    """Whoever read notifications had read all of them at first."""
    return fields | {"up_to": None}


def _as_a_link(fields: Fields) -> Fields:
    """Invitations were links only at first."""
    return fields | {"kind": "LINK", "language": None}


UPCASTS: Mapping[tuple[str, int], Callable[[Fields], Fields]] = {
    ("idea.marked", 1): _without_reason,
    ("report.resolved", 1): _without_reason,
    ("member.read_notifications", 1): _up_to_the_newest,
    ("invitation.created", 1): _as_a_link,
    ("themes.grouped", 1): _following_nothing,
}
"""(name, version) → function from its fields to the fields of version + 1."""
