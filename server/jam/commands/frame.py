"""What is asked of the jam and its frame: texts, schedule, phases, topics, announcements."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam.commands.base import Command, Touches, on
from server.jam.people import Relation
from server.jam.phases import Phase, Schedule
from server.jam.visibility import EVERYONE, Audience


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
        return on((), "announcements")
