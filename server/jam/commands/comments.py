"""What is asked about comments and reports."""

from dataclasses import dataclass

from server.jam import ids
from server.jam.commands.base import Command, Touches, on


@dataclass(frozen=True, slots=True, kw_only=True)
class PostComment(Command):
    idea: str
    body: str
    parent: str | None = None
    language: str | None = None

    def touches(self) -> Touches:
        reads = (f"member:{self.actor}", f"idea:{self.idea}", *((f"comment:{self.parent}",) if self.parent else ()))
        return on(reads, f"comment:{self.derived(ids.COMMENT)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnComment(Command):
    comment: str

    def touches(self) -> Touches:
        return on((f"member:{self.actor}",), f"comment:{self.comment}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment(_OnComment):
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Like(_OnComment):
    """Likes of one comment by different people do not depend on each other."""

    def touches(self) -> Touches:
        return on((f"member:{self.actor}", f"comment:{self.comment}"), f"likes:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeComment(_Like):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawLike(_Like):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HideComment(_OnComment):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreComment(_OnComment):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveComment(_OnComment):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport(Command):
    target: str
    reason: str
    note: str = ""

    def touches(self) -> Touches:
        reads = (f"member:{self.actor}", f"idea:{self.target}", f"comment:{self.target}")
        return on(reads, f"reports:{self.target}:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnReports(Command):
    report: str

    def touches(self) -> Touches:
        """Settling one report settles all on the same thing, which the command does not name: one in a commit."""
        return on((f"member:{self.actor}",), "settled reports")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport(_OnReports):
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenReport(_OnReports):
    reason: str
