"""The base of all events, and the names under which they are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

REGISTRY: dict[tuple[str, int], type["Event"]] = {}
NAMES: dict[type["Event"], tuple[str, int]] = {}

E = TypeVar("E", bound="type[Event]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of all events."""

    at: int


def stored_as(name: str, version: int = 1) -> Callable[[E], E]:
    """Registers the name and version under which an event is kept in the journal."""

    def register(cls: E) -> E:
        if (name, version) in REGISTRY:
            raise ValueError(f"two events are stored as {name}@{version}")
        REGISTRY[(name, version)] = cls
        NAMES[cls] = (name, version)
        return cls

    return register
