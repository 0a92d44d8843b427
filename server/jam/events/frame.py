"""What happened to the jam and its frame: texts, schedule, topics, announcements."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.jam.events.base import Event, stored_as
from server.jam.phases import Schedule
from server.jam.visibility import Audience


@stored_as("jam.created")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamCreated(Event):
    jam: str
    slug: str
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    descriptions: Mapping[str, str]
    rules: Mapping[str, str]
    languages: tuple[str, ...]
    main_language: str
    by: str


@stored_as("jam.described")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamDescribed(Event):
    titles: Mapping[str, str]
    questions: Mapping[str, str]
    descriptions: Mapping[str, str]
    rules: Mapping[str, str]
    by: str


@stored_as("jam.scheduled")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamScheduled(Event):
    """`why` is planned, extended, closed_early or reopened; `phase` is the one it was about."""

    schedule: Schedule
    why: str
    phase: str | None
    by: str


@stored_as("jam.published")
@dataclass(frozen=True, slots=True, kw_only=True)
class JamPublished(Event):
    by: str


@stored_as("topic.added")
@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAdded(Event):
    topic: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: Audience
    position: int
    by: str


@stored_as("topic.changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChanged(Event):
    topic: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    audience: Audience
    position: int
    locked: bool
    by: str


@stored_as("announcement.made")
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementMade(Event):
    announcement: str
    texts: Mapping[str, str]
    by: str
