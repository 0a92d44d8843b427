"""Ideas: posted, edited, hidden and restored, merged and unmerged, marked, moved, seen."""

from server.jam import changes, events
from server.jam.apply import marking, themes, votes
from server.jam.entities import Idea, Topic, Version
from server.jam.state import JamState
from server.jam.visibility import Audience, ContentStatus, Reach

CLOSED_TO_ALL = Reach(relations=0, circle="nobody")


def reach_within(audience: Audience, topic: Topic) -> Reach:
    """Who an idea is for. `decide` refuses two circles that contradict each other; a topic changed since closes the idea."""
    return audience.reach.within(topic.reach) or CLOSED_TO_ALL


def posted(state: JamState, event: events.IdeaPosted) -> None:
    topic = state.topics[event.topic]
    idea = Idea(
        id=event.idea, number=len(state.ideas), topic=topic.id, author=event.author, title=event.title, body=event.body,
        language=event.language, parents=event.parents, audience=event.audience, posted_at=event.at,
        reach=reach_within(event.audience, topic),
    )  # fmt: skip
    idea.versions.append(Version(event.title, event.body, event.at, 0, False))
    state.ideas.append(idea)
    state.idea_numbers[idea.id] = idea.number
    author = state.member(event.author)
    if author is not None:
        author.ideas.append(idea.number)
    _credit_parents(state, idea, event.at)
    marking.counted(state, idea, event.at, marking.IDEAS)
    marking.idea_changed(state, idea)


def _credit_parents(state: JamState, idea: Idea, at: int) -> None:
    """Those who see the build-on are told of it: the authors of what it builds on."""
    for id in idea.parents:
        parent = state.ideas[state.idea_numbers[id]]
        parent.children.append(idea.id)
        recount_build_ons(state, parent, idea)
        if parent.author != idea.author and state.sees_idea(state.viewer(parent.author), idea):
            marking.notify(state, parent.author, at, "BUILT_ON", idea.id)


def recount_build_ons(state: JamState, parent: Idea, because_of: Idea) -> None:
    """Counts the build-ons that everyone who sees the parent may see: a restricted one shows in no one's number, and changes
    the parent for nobody whom it is not for."""
    before = parent.build_on_count
    children = (state.ideas[state.idea_numbers[id]] for id in parent.children)
    parent.build_on_count = sum(1 for child in children if child.is_listed and child.reach.covers(parent.reach))
    if parent.build_on_count != before:
        marking.idea_changed(state, parent)
    else:
        marking.lineage_changed(state, parent, because_of.reach)


def edited(state: JamState, event: events.IdeaEdited) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    idea.title, idea.body, idea.edited_at = event.title, event.body, event.at
    idea.edited_after_votes = idea.edited_after_votes or event.large
    idea.versions.append(Version(event.title, event.body, event.at, idea.support, event.large))
    marking.idea_changed(state, idea)


def _set_status(state: JamState, idea: Idea, status: ContentStatus, reason: str, at: int, act: str) -> None:
    """What a moderator decides about it takes the place of what a revoked branch did to it."""
    idea.held = None
    marking.notify(state, idea.author, at, act, idea.id, None, reason)
    marking.logged(state, at, act, idea.id, reason)
    set_status(state, idea, status, reason)


def set_status(state: JamState, idea: Idea, status: ContentStatus, reason: str) -> None:
    """Without telling its author, and without a line in the log."""
    idea.status, idea.reason = status, reason
    marking.idea_changed(state, idea)
    for id in idea.parents:
        recount_build_ons(state, state.ideas[state.idea_numbers[id]], idea)
    for number in idea.comments:
        state.changes.note(changes.COMMENT, state.comments[number].id, state.seq)


def hidden(state: JamState, event: events.IdeaHidden) -> None:
    _set_status(state, state.ideas[state.idea_numbers[event.idea]], ContentStatus.HIDDEN, event.reason, event.at, "HIDDEN")


def removed(state: JamState, event: events.IdeaRemoved) -> None:
    _set_status(state, state.ideas[state.idea_numbers[event.idea]], ContentStatus.REMOVED, event.reason, event.at, "REMOVED")


def restored(state: JamState, event: events.IdeaRestored) -> None:
    """Back to what it was: visible, or still merged."""
    idea = state.ideas[state.idea_numbers[event.idea]]
    status = ContentStatus.MERGED if idea.merged_into else ContentStatus.VISIBLE
    _set_status(state, idea, status, event.reason, event.at, "RESTORED")


def merged(state: JamState, event: events.IdeaMerged) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    into = state.ideas[state.idea_numbers[event.into]]
    votes.merged(state, event)
    idea.merged_into = into.id
    into.merged.append(idea.id)
    marking.idea_changed(state, into)
    _set_status(state, idea, ContentStatus.MERGED, event.reason, event.at, "MERGED")


def unmerged(state: JamState, event: events.IdeaUnmerged) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    into = state.ideas[state.idea_numbers[idea.merged_into or ""]]
    votes.unmerged(state, idea, into, event)
    idea.merged_into = None
    into.merged.remove(idea.id)
    marking.idea_changed(state, into)
    _set_status(state, idea, ContentStatus.VISIBLE, event.reason, event.at, "UNMERGED")


def marked(state: JamState, event: events.IdeaMarked) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    idea.marks = idea.marks | {event.mark} if event.on else idea.marks - {event.mark}
    if event.mark == "FEATURED" and event.on:
        marking.notify(state, idea.author, event.at, "FEATURED", idea.id, None, event.reason)
    marking.logged(state, event.at, event.mark if event.on else f"NOT_{event.mark}", idea.id, event.reason)
    marking.idea_changed(state, idea)


def moved(state: JamState, event: events.IdeaMoved) -> None:
    idea = state.ideas[state.idea_numbers[event.idea]]
    state.orders.mark(idea)
    idea.topic = event.topic
    marking.notify(state, idea.author, event.at, "MOVED", idea.id, None, event.reason)
    marking.logged(state, event.at, "MOVED", idea.id, event.reason)
    set_reach(state, idea, reach_within(idea.audience, state.topics[event.topic]))


def set_reach(state: JamState, idea: Idea, reach: Reach) -> None:
    """Who it was for before is kept, so that those who can no longer see it are told to forget it."""
    if reach != idea.reach:
        idea.former_reaches = tuple(dict.fromkeys((*idea.former_reaches, idea.reach)))
        if idea.reach.circle is not None:
            marking.circle_touched(state, idea.reach.circle)
        marking.listing_changed(state, idea)
        idea.reach = reach
        for number in idea.comments:
            state.changes.note(changes.COMMENT, state.comments[number].id, state.seq)
    if reach.circle is not None:
        themes.set_theme(state, idea, None, None)
    for id in idea.parents:
        recount_build_ons(state, state.ideas[state.idea_numbers[id]], idea)
    recount_build_ons(state, idea, idea)
    marking.idea_changed(state, idea)


def seen(state: JamState, event: events.IdeasSeen) -> None:
    for id, count in event.counts.items():
        idea = state.idea(id)
        if idea is not None:
            idea.seen += count
            state.orders.mark(idea)


HANDLERS: marking.Handlers = {
    events.IdeaPosted: posted,
    events.IdeaEdited: edited,
    events.IdeaHidden: hidden,
    events.IdeaRemoved: removed,
    events.IdeaRestored: restored,
    events.IdeaMerged: merged,
    events.IdeaUnmerged: unmerged,
    events.IdeaMarked: marked,
    events.IdeaMoved: moved,
    events.IdeasSeen: seen,
}
