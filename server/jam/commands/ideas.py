"""What is asked about ideas and votes."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam import ids
from server.jam.commands.base import Command, Touches, on
from server.jam.visibility import EVERYONE, Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class PostIdea(Command):
    topic: str
    title: str
    body: str
    language: str | None = None
    parents: tuple[str, ...] = ()
    audience: Audience = EVERYONE

    def touches(self) -> Touches:
        reads = (f"member:{self.actor}", *(f"idea:{parent}" for parent in self.parents))
        return on(reads, f"idea:{self.derived(ids.IDEA)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnIdea(Command):
    """A command about one idea, which it may change."""

    idea: str

    def touches(self) -> Touches:
        return on((f"member:{self.actor}",), f"idea:{self.idea}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditIdea(OnIdea):
    title: str
    body: str
    base_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote(OnIdea):
    def touches(self) -> Touches:
        return on((f"member:{self.actor}", f"idea:{self.idea}"), f"votes:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportIdea(_Vote):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSupport(_Vote):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStance(OnIdea):
    """By the system, for imports: `person` voted disagree or pass."""

    person: str
    stance: str

    def touches(self) -> Touches:
        return on((f"member:{self.person}", f"idea:{self.idea}"), f"votes:{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HideIdea(OnIdea):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreIdea(OnIdea):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveIdea(OnIdea):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeIdeas(Command):
    """A merge touches every voter of both ideas, so it has a commit to itself."""

    idea: str
    into: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeIdea(Command):
    idea: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkIdea(OnIdea):
    mark: str
    on: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIdea(OnIdea):
    topic: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSeen(Command):
    """By the system: views since the last count, by idea."""

    counts: Mapping[str, int]

    def touches(self) -> Touches:
        return on((), "seen")
