"""What happened in the organization. Ids only, never personal data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

REGISTRY: dict[tuple[str, int], type["OrganizationEvent"]] = {}

E = TypeVar("E", bound="type[OrganizationEvent]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationEvent:
    """The base of all; `at` in milliseconds since 1970."""

    at: int


def stored_as(name: str, version: int = 1) -> Callable[[E], E]:
    def register(cls: E) -> E:
        REGISTRY[(name, version)] = cls
        return cls

    return register


@stored_as("jam.registered")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamRegistered(OrganizationEvent):
    """The address `slug` belongs to this jam from now on."""

    jam: str
    slug: str
    by: str


@stored_as("organizer.granted")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizerGranted(OrganizationEvent):
    """This person may create jams."""

    person: str
    by: str


@stored_as("organizer.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizerRevoked(OrganizationEvent):
    person: str
    by: str
