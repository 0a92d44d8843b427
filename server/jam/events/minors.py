"""What happened to minors, and under which conditions they take part."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.minors import MinorPolicy


@stored_as("jam.minor_policy")
@dataclass(frozen=True, slots=True, kw_only=True)
class MinorPolicySet(Event):
    policy: MinorPolicy
    by: str


@stored_as("minor.entrusted")
@dataclass(frozen=True, slots=True, kw_only=True)
class MinorEntrusted(Event):
    """A member is a minor until `until` (ms, the first of a month) and takes part under their guardian's account."""

    person: str
    guardian: str
    until: int


@stored_as("minor.paused")
@dataclass(frozen=True, slots=True, kw_only=True)
class MinorPaused(Event):
    """Their guardian takes them out for now (`paused`), or lets them in again."""

    person: str
    paused: bool
    by: str


@stored_as("minor.of_age")
@dataclass(frozen=True, slots=True, kw_only=True)
class MinorOfAge(Event):
    """From now on they are a member like others."""

    person: str
