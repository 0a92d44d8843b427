"""What happened to ideas, and what became of votes."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.visibility import Audience


@stored_as("idea.posted")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaPosted(Event):
    idea: str
    topic: str
    author: str
    title: str
    body: str
    language: str
    parents: tuple[str, ...]
    audience: Audience


@stored_as("idea.edited")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaEdited(Event):
    """`large`: it changed much of a text that people had already voted on."""

    idea: str
    title: str
    body: str
    large: bool
    by: str


@stored_as("idea.supported")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaSupported(Event):
    idea: str
    person: str


@stored_as("idea.support_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class SupportWithdrawn(Event):
    idea: str
    person: str


@stored_as("idea.stance_recorded")
@dataclass(frozen=True, slots=True, kw_only=True)
class StanceRecorded(Event):
    """A vote of an imported deliberation that is not support: `stance` is disagree or pass. The last vote counts."""

    idea: str
    person: str
    stance: str


@stored_as("idea.hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaHidden(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.restored")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRestored(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.removed")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRemoved(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.merged")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMerged(Event):
    idea: str
    into: str
    reason: str
    by: str


@stored_as("idea.unmerged")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaUnmerged(Event):
    idea: str
    reason: str
    by: str


@stored_as("idea.marked", 2)
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMarked(Event):
    """`mark` is PINNED, FEATURED or LOCKED. Version 1 had no reason."""

    idea: str
    mark: str
    on: bool
    reason: str
    by: str


@stored_as("idea.moved")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaMoved(Event):
    idea: str
    topic: str
    reason: str
    by: str


@stored_as("ideas.seen")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeasSeen(Event):
    """How often ideas came onto a screen since the last such event: feeds the fair order."""

    counts: Mapping[str, int]
