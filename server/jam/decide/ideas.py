"""Posting, building on and editing ideas."""

from server.jam import commands as c
from server.jam import events, ids
from server.jam.decide.asking import (
    Decisions,
    authority,
    idea_for,
    is_closed,
    member_may,
    must_act,
    only_system,
    open_to_additions,
    open_to_minors,
    standing_for,
    topic_for,
    viewer_of,
    within_scope,
)
from server.jam.entities import Idea, Topic
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, Locked, NotAllowed, NotFound
from server.jam.state import JamState
from server.jam.texts import BODY, TITLE, change_ratio, clean_language, clean_text, guess_language
from server.jam.visibility import Audience, Reach, reaches

MOST_PARENTS = 5
LARGE_EDIT = 0.4
"""An edit that changes more than this share of the words is marked, if people had voted before it."""


def post(state: JamState, command: c.PostIdea, now: int) -> tuple[events.IdeaPosted, ...]:
    """A new idea, alone or building on others. The same command again names the same idea, and adds none."""
    poster = command.asker
    authority(state, poster, Action.BUILD_ON if command.parents else Action.POST_IDEA, now)
    id = command.derived(ids.IDEA)
    if id in state.idea_numbers:
        return ()
    topic = topic_for(state, poster, command.topic)
    if topic.locked:
        raise Locked("topic", topic.id)
    must_act(state, poster, topic)
    open_to_minors(state, poster, topic, now)
    reach = _audience_for(state, poster, command.audience, topic)
    if reach.circle is not None and is_closed(state, reach.circle):
        raise Locked("circle", reach.circle)
    title = clean_text("title", command.title, TITLE, 3)
    body = clean_text("body", command.body, BODY, 0, lines=True)
    language = _language(state, command.language, f"{title} {body}")
    parents = _parents(state, command)
    return (
        events.IdeaPosted(
            at=now, idea=id, topic=topic.id, author=command.actor, title=title, body=body, language=language,
            parents=parents, audience=command.audience,
        ),
    )  # fmt: skip


def _language(state: JamState, language: str | None, text: str) -> str:
    return guess_language(text, state.main_language) if language is None else clean_language("language", language)


def _audience_for(state: JamState, actor: str, audience: Audience, topic: Topic) -> Reach:
    """Whom the idea is for, within the topic. Nobody can post for an audience they are not in."""
    if audience.relations is not None and not audience.relations:
        raise InvalidInput("audience", "Name at least one relation, or choose everyone.")
    if audience.circle is not None and audience.circle not in state.circles:
        raise NotFound("circle", audience.circle)
    reach = audience.reach.within(topic.reach)
    if reach is None:
        raise InvalidInput("audience", "The topic belongs to another circle.")
    viewer = viewer_of(state, actor)
    if actor != ids.SYSTEM and not reaches(viewer, reach):
        if audience.circle is not None and audience.circle not in viewer.circles:
            raise NotFound("circle", audience.circle)
        raise InvalidInput("audience", "Choose an audience that you belong to yourself.")
    return reach


def _parents(state: JamState, command: c.PostIdea) -> tuple[str, ...]:
    """The ideas it builds on, each once; one that was merged stands for the idea it went into."""
    if len(command.parents) > MOST_PARENTS:
        raise InvalidInput("parentIds", f"An idea builds on at most {MOST_PARENTS} others.")
    parents: dict[str, None] = {}
    for id in command.parents:
        parent = standing_for(state, command.asker, id)
        open_to_additions(state, command.asker, parent)
        parents[parent.id] = None
    return tuple(parents)


def edit(state: JamState, command: c.EditIdea, now: int) -> tuple[events.Event, ...]:
    """By its author only. The version that was edited must be the newest, so that no change is lost unseen."""
    member_may(state, command.actor, Action.EDIT_OWN, now)
    idea = idea_for(state, command.actor, command.idea)
    if idea.author != command.actor:
        raise NotAllowed(Action.EDIT_OWN.value, "Only its author can edit an idea.")
    return reword(state, command, idea, now)


def reword(state: JamState, command: c.EditIdea | c.EditAnonymousIdea, idea: Idea, now: int) -> tuple[events.Event, ...]:
    """The new version, once it is clear whose idea it is."""
    open_to_additions(state, command.asker, idea)
    title = clean_text("title", command.title, TITLE, 3)
    body = clean_text("body", command.body, BODY, 0, lines=True)
    if command.base_version != len(idea.versions):
        raise Conflict(
            f"It was edited meanwhile: version {len(idea.versions)} is the newest. Please look at it and edit again."
        )
    if (title, body) == (idea.title, idea.body):
        return ()
    return (
        events.IdeaEdited(at=now, idea=idea.id, title=title, body=body, large=_is_large(idea, title, body), by=command.actor),
    )


def _is_large(idea: Idea, title: str, body: str) -> bool:
    return idea.support > 0 and change_ratio(f"{idea.title} {idea.body}", f"{title} {body}") > LARGE_EDIT


def move(state: JamState, command: c.MoveIdea, now: int) -> tuple[events.Event, ...]:
    by = authority(state, command.actor, Action.MODERATE, now)
    idea = idea_for(state, command.actor, command.idea)
    topic = topic_for(state, command.actor, command.topic)
    within_scope(by, (idea.topic, idea.language))
    if idea.topic == topic.id:
        return ()
    if idea.audience.reach.within(topic.reach) is None:
        raise Conflict("The topic belongs to another circle than the idea.")
    reason = clean_text("reason", command.reason, 500, 3)
    return (events.IdeaMoved(at=now, idea=idea.id, topic=topic.id, reason=reason, by=command.actor),)


def count_seen(state: JamState, command: c.CountSeen, now: int) -> tuple[events.Event, ...]:
    only_system(command.actor, "COUNT_SEEN")
    counts = {id: n for id, n in command.counts.items() if id in state.idea_numbers and n > 0}
    return (events.IdeasSeen(at=now, counts=counts),) if counts else ()


DECISIONS: Decisions = {c.PostIdea: post, c.EditIdea: edit, c.MoveIdea: move, c.CountSeen: count_seen}
