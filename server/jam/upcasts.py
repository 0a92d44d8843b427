"""How events of older versions are read. Each upcast turns the stored fields of one version into those of the next."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = dict[str, Any]

UPCASTS: Mapping[tuple[str, int], Callable[[Fields], Fields]] = {}
"""(name, version) → function from its fields to the fields of version + 1. Nothing released yet needs one."""
