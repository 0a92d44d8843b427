"""The frame of a jam: its texts, schedule, topics and announcements."""

from server.jam import changes, events
from server.jam.apply import ideas, marking
from server.jam.entities import Announcement, Topic
from server.jam.state import JamState


def _jam_changed(state: JamState) -> None:
    state.changes.note(changes.JAM, state.id, state.seq)


def created(state: JamState, event: events.JamCreated) -> None:
    state.id, state.slug, state.created_at = event.jam, event.slug, event.at
    state.titles, state.questions = event.titles, event.questions
    state.descriptions, state.rules = event.descriptions, event.rules
    state.languages, state.main_language = event.languages, event.main_language
    _jam_changed(state)


def described(state: JamState, event: events.JamDescribed) -> None:
    state.titles, state.questions = event.titles, event.questions
    state.descriptions, state.rules = event.descriptions, event.rules
    _jam_changed(state)


def scheduled(state: JamState, event: events.JamScheduled) -> None:
    state.schedule = event.schedule
    if event.why != "planned":
        marking.logged(state, event.at, f"PHASE_{event.why.upper()}", event.phase or "", "")
    _jam_changed(state)


def published(state: JamState, event: events.JamPublished) -> None:
    state.published = True
    _jam_changed(state)


def topic_added(state: JamState, event: events.TopicAdded) -> None:
    state.topics[event.topic] = Topic(event.topic, event.titles, event.descriptions, event.audience, event.position)
    marking.topic_touched(state, event.audience)


def topic_changed(state: JamState, event: events.TopicChanged) -> None:
    topic = state.topics[event.topic]
    before, audience_changed = topic.audience, topic.audience != event.audience
    topic.titles, topic.descriptions, topic.audience = event.titles, event.descriptions, event.audience
    topic.position, topic.locked = event.position, event.locked
    if audience_changed:
        for idea in state.ideas:
            if idea.topic == topic.id:
                ideas.set_reach(state, idea, ideas.reach_within(idea.audience, topic))
    marking.topic_touched(state, before)
    marking.topic_touched(state, event.audience)


def announced(state: JamState, event: events.AnnouncementMade) -> None:
    state.announcements.append(Announcement(event.announcement, event.texts, event.at))
    state.changes.note(changes.ANNOUNCEMENT, event.announcement, state.seq)


HANDLERS: marking.Handlers = {
    events.JamCreated: created,
    events.JamDescribed: described,
    events.JamScheduled: scheduled,
    events.JamPublished: published,
    events.TopicAdded: topic_added,
    events.TopicChanged: topic_changed,
    events.AnnouncementMade: announced,
}
