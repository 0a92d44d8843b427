"""How events of older versions are read. Each upcast turns the stored fields of one version into those of the next."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = dict[str, Any]



def _without_reason(fields: Fields) -> Fields:
    """Marks and settled reports had no reason at first."""
    return fields | {"reason": ""}


UPCASTS: Mapping[tuple[str, int], Callable[[Fields], Fields]] = {
    ("idea.marked", 1): _without_reason,
    ("report.resolved", 1): _without_reason,
}
"""(name, version) → function from its fields to the fields of version + 1."""
