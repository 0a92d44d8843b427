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


@stored_as("erasure.begun")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBegun(OrganizationEvent):
    """A person is being erased everywhere: there is no way back. It is finished by whoever runs next, should this be cut short.

    `withdraws`: with their ideas and comments.
    """

    person: str
    withdraws: bool


@stored_as("erasure.finished")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureFinished(OrganizationEvent):
    """Nothing is left that says who this was."""

    person: str


@stored_as("organizer.revoked")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizerRevoked(OrganizationEvent):
    person: str
    by: str
