"""What is asked about minors: mostly by their guardians."""

from dataclasses import dataclass

from server.jam import ids
from server.jam.commands.base import Command, Touches, on
from server.jam.minors import MinorPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMinorPolicy(Command):
    policy: MinorPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMinor(Command):
    """A family member of the actor, under age until `until` (ms, the first of a month). The person's id is derived from it."""

    until: int

    @property
    def person(self) -> str:
        return self.derived(ids.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnMinor(Command):
    person: str

    def touches(self) -> Touches:
        return on((f"member:{self.actor}",), f"member:{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseMinor(_OnMinor):
    """By the guardian; `paused` false: let them in again."""

    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMinor(Command):
    """By the guardian, for good: the minor is a former participant."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeOfAge(_OnMinor):
    """By the system, when the time has come."""
