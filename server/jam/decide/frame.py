"""The frame of a jam: creation, texts, topics, announcements."""

from collections.abc import Mapping

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import Decisions, authority
from server.jam.decide.phases import sensible
from server.jam.people import Role
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotFound
from server.jam.state import JamState
from server.jam.texts import BODY, TITLE, LocalText, clean_language, clean_local, clean_slug
from server.jam.visibility import Audience

MOST_TOPICS = 50
QUESTION, ANNOUNCEMENT = 300, 500


def create(state: JamState, command: c.CreateJam, now: int) -> tuple[events.Event, ...]:
    """The first events of a jam's journal: what it is, when it runs, and its organizer."""
    if state.exists:
        return ()
    main = clean_language("mainLanguage", command.main_language)
    languages = tuple(dict.fromkeys((main, *(clean_language("languages", code) for code in command.languages))))
    created = events.JamCreated(
        at=now, jam=command.jam, slug=clean_slug("slug", command.slug),
        titles=clean_local("titles", command.titles, TITLE, main),
        questions=clean_local("questions", command.questions, QUESTION, main),
        descriptions=clean_local("descriptions", command.descriptions, BODY, lines=True),
        rules=clean_local("rules", command.rules, BODY, lines=True),
        languages=languages, main_language=main, by=command.actor,
    )  # fmt: skip
    scheduled = events.JamScheduled(at=now, schedule=sensible(command.schedule), why="planned", phase=None, by=command.actor)
    if command.actor == ids.SYSTEM:
        return (created, scheduled)
    organizer = events.MemberJoined(
        at=now,
        person=command.actor,
        role=Role.ORGANIZER,
        relation=command.organizer_relation,
        invitation=None,
        invited_by=None,
    )
    return (created, scheduled, organizer)


def _changed(
    state: JamState, field: str, old: LocalText, new: Mapping[str, str] | None, most: int, required: bool
) -> LocalText:
    if new is None:
        return old
    return clean_local(field, new, most, state.main_language if required else None, lines=most == BODY)


def describe(state: JamState, command: c.DescribeJam, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    described = events.JamDescribed(
        at=now, by=command.actor,
        titles=_changed(state, "titles", state.titles, command.titles, TITLE, True),
        questions=_changed(state, "questions", state.questions, command.questions, QUESTION, True),
        descriptions=_changed(state, "descriptions", state.descriptions, command.descriptions, BODY, False),
        rules=_changed(state, "rules", state.rules, command.rules, BODY, False),
    )  # fmt: skip
    return () if _same(described, state, ("titles", "questions", "descriptions", "rules")) else (described,)


def _same(event: events.Event, now: object, names: tuple[str, ...]) -> bool:
    """Whether what the event says of these fields holds already."""
    return all(getattr(event, name) == getattr(now, name) for name in names)


def publish(state: JamState, command: c.PublishJam, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    if state.published:
        return ()
    if not state.topics:
        raise Conflict("A jam needs at least one topic before its lobby opens.")
    return (events.JamPublished(at=now, by=command.actor),)


def add_topic(state: JamState, command: c.AddTopic, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ORGANIZE, now)
    id = command.derived(ids.TOPIC)
    if id in state.topics:
        return ()
    if len(state.topics) >= MOST_TOPICS:
        raise InvalidInput("titles", f"A jam has at most {MOST_TOPICS} topics.")
    _audience(state, command.audience)
    return (
        events.TopicAdded(
            at=now, topic=id, by=command.actor, audience=command.audience, position=len(state.topics),
            titles=clean_local("titles", command.titles, TITLE, state.main_language),
            descriptions=clean_local("descriptions", command.descriptions, BODY, lines=True),
        ),
    )  # fmt: skip


def _audience(state: JamState, audience: Audience) -> None:
    if audience.relations is not None and not audience.relations:
        raise InvalidInput("audience", "Name at least one relation, or choose everyone.")
    if audience.circle is not None and audience.circle not in state.circles:
        raise NotFound("circle", audience.circle)


def change_topic(state: JamState, command: c.ChangeTopic, now: int) -> tuple[events.Event, ...]:
    """Moderators may lock and unlock a topic; the rest is the organizer's."""
    only_lock = all(part is None for part in (command.titles, command.descriptions, command.audience, command.position))
    authority(state, command.actor, Action.MODERATE if only_lock else Action.ORGANIZE, now)
    topic = state.topics.get(command.topic)
    if topic is None:
        raise NotFound("topic", command.topic)
    audience = topic.audience if command.audience is None else command.audience
    _audience(state, audience)
    changed = events.TopicChanged(
        at=now, topic=topic.id, by=command.actor, audience=audience,
        titles=_changed(state, "titles", topic.titles, command.titles, TITLE, True),
        descriptions=_changed(state, "descriptions", topic.descriptions, command.descriptions, BODY, False),
        position=topic.position if command.position is None else max(0, command.position),
        locked=topic.locked if command.locked is None else command.locked,
    )  # fmt: skip
    return () if _same(changed, topic, ("titles", "descriptions", "audience", "position", "locked")) else (changed,)


def announce(state: JamState, command: c.Announce, now: int) -> tuple[events.Event, ...]:
    authority(state, command.actor, Action.ANNOUNCE, now)
    id = command.derived(ids.ANNOUNCEMENT)
    if any(announcement.id == id for announcement in state.announcements):
        return ()
    texts = clean_local("texts", command.texts, ANNOUNCEMENT, state.main_language, lines=True)
    return (events.AnnouncementMade(at=now, announcement=id, texts=texts, by=command.actor),)


DECISIONS: Decisions = {
    c.CreateJam: create,
    c.DescribeJam: describe,
    c.PublishJam: publish,
    c.AddTopic: add_topic,
    c.ChangeTopic: change_topic,
    c.Announce: announce,
}
