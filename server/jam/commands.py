"""What people ask for. A command carries who asks (`actor`) and the client's own id for the request (`id`).

Ids of new things are derived from these two, so that a command sent twice names the same thing. `touches` names the keys
that a command reads and writes: two commands share a group commit only where neither writes what the other touches.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from server.jam import ids
from server.jam.people import Relation, Role
from server.jam.phases import Phase, Schedule
from server.jam.theme_proposals import Draft, ThemePolicy
from server.jam.visibility import EVERYONE, Audience


class Touches(NamedTuple):
    """Keys of a command. Everything else it may depend on is guarded by the key `frame`.

    `takes` names what has so many places (`decide.room`), of which the command takes one at most. Commands that take of it
    share a commit as long as there is room for all: then none depends on whether the others came before it.
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    actor: str
    id: str

    def touches(self) -> Touches:
        """By default a command changes the frame that all others read, and so has a commit to itself."""
        return Touches((), ("frame",))

    def derived(self, prefix: str) -> str:
        """The id of the thing that this command makes."""
        return ids.derive_id(prefix, self.actor, self.id)


def _on(reads: tuple[str, ...], *writes: str) -> Touches:
    return Touches(("frame", *reads), writes)


# ------------------------------------------------------------------------------------------------ the jam and its frame
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateJam(Command):
    jam: str
    slug: str
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    descriptions: Mapping[str, str]
    rules: Mapping[str, str]
    languages: tuple[str, ...]
    main_language: str
    schedule: Schedule
    organizer_relation: Relation = Relation.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeJam(Command):
    """Texts that are None stay as they are."""

    titles: Mapping[str, str] | None = None
    questions: Mapping[str, str] | None = None
    descriptions: Mapping[str, str] | None = None
    rules: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleJam(Command):
    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishJam(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendPhase(Command):
    """The phase that is open now closes at `until` (ms) instead."""

    phase: Phase
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePhaseEarly(Command):
    """`phase` is the one that whoever asks sees open: two who ask at once close one phase. None: whichever is open."""

    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPhase(Command):
    """A phase that has closed is open again until `until` (ms)."""

    phase: Phase
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTopic(Command):
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: Audience = EVERYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTopic(Command):
    """What is None stays as it is."""

    topic: str
    titles: Mapping[str, str] | None = None
    descriptions: Mapping[str, str] | None = None
    audience: Audience | None = None
    position: int | None = None
    locked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce(Command):
    texts: Mapping[str, str]

    def touches(self) -> Touches:
        return _on((), "announcements")


# ------------------------------------------------------------------------------------------------------------- members
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvitation(Command):
    token_hash: str
    relation: Relation
    role: Role
    max_uses: int
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitation(Command):
    invitation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitation(Command):
    token_hash: str

    def touches(self) -> Touches:
        return Touches(("frame",), (f"member:{self.actor}",), (self.token_hash,))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(Command):
    """By an organizer or the system: for imports and for the company's own sign-in."""

    person: str
    role: Role
    relation: Relation

    def touches(self) -> Touches:
        return _on((f"member:{self.actor}",), f"member:{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole(Command):
    person: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotifications(Command):
    """Those up to the number `up_to`, such as the newest on the screen; None: all that there are."""

    up_to: int | None = None

    def touches(self) -> Touches:
        return _on((), f"notifications:{self.actor}", f"member:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCircle(Command):
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCircle(Command):
    circle: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------------------- ideas
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
        return _on(reads, f"idea:{self.derived(ids.IDEA)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnIdea(Command):
    idea: str

    def touches(self) -> Touches:
        return _on((f"member:{self.actor}",), f"idea:{self.idea}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditIdea(_OnIdea):
    title: str
    body: str
    base_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote(_OnIdea):
    def touches(self) -> Touches:
        return _on((f"member:{self.actor}", f"idea:{self.idea}"), f"votes:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportIdea(_Vote):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSupport(_Vote):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStance(_OnIdea):
    """By the system, for imports: `person` voted disagree or pass."""

    person: str
    stance: str

    def touches(self) -> Touches:
        return _on((f"member:{self.person}", f"idea:{self.idea}"), f"votes:{self.person}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HideIdea(_OnIdea):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreIdea(_OnIdea):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveIdea(_OnIdea):
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
class MarkIdea(_OnIdea):
    mark: str
    on: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIdea(_OnIdea):
    topic: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSeen(Command):
    """By the system: views since the last count, by idea."""

    counts: Mapping[str, int]

    def touches(self) -> Touches:
        return _on((), "seen")


# ------------------------------------------------------------------------------------------------- comments and reports
@dataclass(frozen=True, slots=True, kw_only=True)
class PostComment(Command):
    idea: str
    body: str
    parent: str | None = None
    language: str | None = None

    def touches(self) -> Touches:
        reads = (f"member:{self.actor}", f"idea:{self.idea}", *((f"comment:{self.parent}",) if self.parent else ()))
        return _on(reads, f"comment:{self.derived(ids.COMMENT)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnComment(Command):
    comment: str

    def touches(self) -> Touches:
        return _on((f"member:{self.actor}",), f"comment:{self.comment}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment(_OnComment):
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Like(_OnComment):
    """Likes of one comment by different people do not depend on each other."""

    def touches(self) -> Touches:
        return _on((f"member:{self.actor}", f"comment:{self.comment}"), f"likes:{self.actor}")


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
        return _on(reads, f"reports:{self.target}:{self.actor}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnReports(Command):
    report: str

    def touches(self) -> Touches:
        """Settling one report settles all on the same thing, which the command does not name: one in a commit."""
        return _on((f"member:{self.actor}",), "settled reports")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport(_OnReports):
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenReport(_OnReports):
    reason: str


# -------------------------------------------------------------------------------------------------------------- themes
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGrouping(Command):
    """By the system: the result of a clustering run, as `events.ThemesGrouped` describes it.

    `follows` is the run and `edits` the number of people's decisions about themes that it was made from: a run that does not
    follow the newest of both is refused. `proposals` are the changes that it leaves to people.
    """

    model: str
    granularity: str
    reason: str
    themes: tuple[Mapping[str, Any], ...]
    placements: tuple[tuple[Any, ...], ...]
    follows: str | None = None
    edits: int = 0
    report: Mapping[str, Any] = field(default_factory=dict)
    proposals: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceIdea(_OnIdea):
    """By the system: one idea assigned to the themes there are."""

    theme: str | None
    subtheme: str | None
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTheme(Command):
    theme: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeThemes(Command):
    theme: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitTheme(Command):
    theme: str
    ideas: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinToTheme(Command):
    idea: str
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeFromTheme(Command):
    idea: str
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptThemeProposal(Command):
    """The proposed change happens, as if done by hand. `name` is given to the theme that comes of it, where there is one; None:
    the proposed name."""

    proposal: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineThemeProposal(Command):
    """The themes stay as they are, and the same is not proposed again until they have changed."""

    proposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetThemePolicy(Command):
    policy: ThemePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTrends(Command):
    """By the system: which themes are emerging or fading, as `events.TrendsFound` describes it."""

    since: int
    trends: tuple[tuple[Any, ...], ...]
