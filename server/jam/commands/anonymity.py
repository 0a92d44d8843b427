"""What is asked around anonymous posts.

The `actor` of what an anonymous author asks is the pseudonym, and so are its key among the remembered commands and the ids
made from it. `poster` is the person, who is asked whether they may; it is in memory until the decision and in no event.
"""

from dataclasses import dataclass

from server.jam.anonymity import Seal
from server.jam.commands.base import Command, Touches, on
from server.jam.commands.comments import PostComment
from server.jam.commands.ideas import PostIdea


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAuditKey(Command):
    """`public` is an uncompressed point of P-256 in base64url; `eyes` is 1 or 2; None: two if there are two."""

    public: str
    eyes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAnonymousPosting(Command):
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnonymousIdea(PostIdea):
    """`seal` is None in a replay, where nobody could open it."""

    poster: str
    seal: Seal | None

    @property
    def asker(self) -> str:
        return self.poster

    def touches(self) -> Touches:
        reads, writes, _ = PostIdea.touches(self)
        return Touches((*reads, f"member:{self.poster}"), writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnonymousComment(PostComment):
    poster: str
    seal: Seal | None

    @property
    def asker(self) -> str:
        return self.poster

    def touches(self) -> Touches:
        reads, writes, _ = PostComment.touches(self)
        return Touches((*reads, f"member:{self.poster}"), writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnOwn(Command):
    """`proof_hash` is that of the proof which whoever asks has shown; None in a replay."""

    poster: str
    proof_hash: str | None

    @property
    def asker(self) -> str:
        return self.poster


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAnonymousIdea(_OnOwn):
    idea: str
    title: str
    body: str
    base_version: int

    def touches(self) -> Touches:
        return on((f"member:{self.poster}",), f"idea:{self.idea}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAnonymousComment(_OnOwn):
    comment: str
    body: str

    def touches(self) -> Touches:
        return on((f"member:{self.poster}",), f"comment:{self.comment}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAnonymous(_OnOwn):
    """Takes back an anonymous idea or comment."""

    target: str

    def touches(self) -> Touches:
        return on((f"member:{self.poster}",), f"idea:{self.target}", f"comment:{self.target}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnSeal(Command):
    """About the sealed author of an idea or comment. It depends on who the organizers are, and has a commit to itself."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpening(_OnSeal):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmOpening(_OnSeal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOpening(_OnSeal):
    reason: str
