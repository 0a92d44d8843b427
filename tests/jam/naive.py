"""A jam kept the simple way: sets and dicts from events, counted and sorted anew for each question. The engine must agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2

from server.jam import events as ev
from server.jam.people import Viewer
from server.jam.ranking import HOT_DOUBLING_MS, IdeaOrder, rising_of
from server.jam.visibility import Audience, Reach, sees
from server.jam.visibility import ContentStatus as Status

NOBODY = Reach(relations=0, circle="nobody")


@dataclass
class SimpleIdea:
    number: int
    topic: str
    author: str
    audience: Audience
    parents: tuple[str, ...]
    posted_at: int
    status: Status = Status.VISIBLE
    merged: bool = False
    own: dict[str, int] = field(default_factory=dict)
    against: dict[str, str] = field(default_factory=dict)
    duplicates: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    seen: int = 0
    last_comment_at: int = 0
    holds: set[str] = field(default_factory=set)


@dataclass
class SimpleComment:
    idea: str
    parent: str | None
    status: Status = Status.VISIBLE
    holds: set[str] = field(default_factory=set)


class Naive:
    """Takes events one by one; knows of members only who is in which circle."""

    def __init__(self) -> None:
        self.created_at = 0
        self.topics: dict[str, Audience] = {}
        self.ideas: dict[str, SimpleIdea] = {}
        self.comments: dict[str, SimpleComment] = {}

    def take(self, event: ev.Event) -> None:
        match event:
            case ev.JamCreated():
                self.created_at = event.at
            case ev.TopicAdded() | ev.TopicChanged():
                self.topics[event.topic] = event.audience
            case ev.IdeaPosted():
                self.ideas[event.idea] = SimpleIdea(
                    len(self.ideas), event.topic, event.author, event.audience, event.parents, event.at
                )
            case ev.IdeaSupported() | ev.SupportWithdrawn() | ev.StanceRecorded():
                self._vote(event)
            case ev.IdeaWithdrawn():
                self._decided(self.ideas[event.idea], Status.REMOVED)
            case ev.CommentWithdrawn():
                self._decided(self.comments[event.comment], Status.REMOVED)
            case ev.IdeaHidden() | ev.IdeaRemoved() | ev.IdeaRestored():
                self._decided(self.ideas[event.idea], STATUS[type(event)])
            case ev.IdeaMerged():
                self.ideas[event.idea].merged = True
                self.ideas[event.into].duplicates.append(event.idea)
            case ev.IdeaUnmerged():
                self.ideas[event.idea].merged = False
                for idea in self.ideas.values():
                    idea.duplicates = [id for id in idea.duplicates if id != event.idea]
            case ev.IdeaMarked():
                marks = self.ideas[event.idea].marks
                marks.add(event.mark) if event.on else marks.discard(event.mark)
            case ev.IdeaMoved():
                self.ideas[event.idea].topic = event.topic
            case ev.IdeasSeen():
                for id, count in event.counts.items():
                    self.ideas[id].seen += count
            case ev.CommentPosted():
                self.comments[event.comment] = SimpleComment(event.idea, event.parent)
                self.ideas[event.idea].last_comment_at = event.at
            case ev.CommentHidden() | ev.CommentRemoved() | ev.CommentRestored():
                self._decided(self.comments[event.comment], STATUS[type(event)])
            case ev.BranchRevoked():
                for content in self._of(event.ideas, event.comments):
                    content.status = Status.HIDDEN
                    content.holds.add(event.person)
            case ev.BranchRestored():
                for content in self._of(self.ideas, self.comments):
                    self._let_go(content, event.person)

    def _decided(self, content: "SimpleIdea | SimpleComment", status: Status) -> None:
        content.status = status
        content.holds.clear()

    def _of(self, ideas: Iterable[str], comments: Iterable[str]) -> "list[SimpleIdea | SimpleComment]":
        return [*(self.ideas[id] for id in ideas), *(self.comments[id] for id in comments)]

    def _let_go(self, content: "SimpleIdea | SimpleComment", root: str) -> None:
        if root in content.holds:
            content.holds.remove(root)
            content.status = Status.HIDDEN if content.holds else Status.VISIBLE

    def _vote(self, event: ev.IdeaSupported | ev.SupportWithdrawn | ev.StanceRecorded) -> None:
        idea = self.ideas[event.idea]
        match event:
            case ev.IdeaSupported() if event.person not in self.supporters(event.idea):
                idea.own[event.person] = (event.at - self.created_at) // 1000
                idea.against.pop(event.person, None)
            case ev.StanceRecorded():
                idea.own.pop(event.person, None)
                idea.against[event.person] = event.stance
            case ev.SupportWithdrawn():
                self._clear(event.idea, event.person)

    def _clear(self, id: str, person: str) -> None:
        self.ideas[id].own.pop(person, None)
        for duplicate in self.ideas[id].duplicates:
            self._clear(duplicate, person)

    # ---------------------------------------------------------------------------------------------------------- questions
    def supporters(self, id: str) -> dict[str, int]:
        """Person → time of the vote: one's own, or else that on the first duplicate that carries one."""
        idea = self.ideas[id]
        votes: dict[str, int] = {}
        for duplicate in idea.duplicates:
            votes = self.supporters(duplicate) | votes
        return {who: at for who, at in votes.items() if who not in idea.against} | idea.own

    def reach(self, id: str) -> Reach:
        idea = self.ideas[id]
        return idea.audience.reach.within(self.topics[idea.topic].reach) or NOBODY

    def listed(self, id: str) -> bool:
        return self.ideas[id].status is Status.VISIBLE and not self.ideas[id].merged

    def comment_count(self, id: str) -> int:
        return sum(1 for comment in self.comments.values() if comment.idea == id and comment.status is Status.VISIBLE)

    def reply_count(self, id: str) -> int:
        return sum(1 for comment in self.comments.values() if comment.parent == id and comment.status is Status.VISIBLE)

    def children(self, id: str) -> list[str]:
        return [child for child, idea in self.ideas.items() if id in idea.parents]

    def build_on_count(self, id: str) -> int:
        """Build-ons on the board that everyone who sees the idea sees too."""
        return sum(1 for child in self.children(id) if self.listed(child) and self.reach(child).covers(self.reach(id)))

    def tally(self, members: list[str], viewer: Viewer) -> tuple[int, int, int, int]:
        """(ideas, supports, comments, restricted) of those among the ideas that stand on the board for the viewer."""
        mine = [id for id in members if self.listed(id) and sees(viewer, self.reach(id), Status.VISIBLE, "")]
        return (
            len(mine),
            sum(len(self.supporters(id)) for id in mine),
            sum(self.comment_count(id) for id in mine),
            sum(1 for id in mine if not self.reach(id).is_public),
        )

    def in_topic(self, topic: str | None) -> list[str]:
        """The ideas of a topic; of the jam without one, where what belongs to circles does not stand."""
        if topic is not None:
            return [id for id, idea in self.ideas.items() if idea.topic == topic]
        return [id for id in self.ideas if self.reach(id).circle is None]

    def order(self, order: IdeaOrder, topic: str | None) -> list[int]:
        """Idea numbers, sorted by what the order's name says."""
        listed = [id for id in self.in_topic(topic) if self.listed(id)]
        if order is IdeaOrder.UNATTENDED:
            listed = [id for id in listed if not self.comment_count(id) and not self.build_on_count(id)]
        return [self.ideas[id].number for id in sorted(listed, key=lambda id: self._key(order, id))]

    def _key(self, order: IdeaOrder, id: str) -> tuple[float, ...]:
        idea, support = self.ideas[id], len(self.supporters(id))
        older, newer = (idea.posted_at, idea.number), (-idea.posted_at, -idea.number)
        keys: dict[IdeaOrder, tuple[float, ...]] = {
            IdeaOrder.TOP: (-support, *older),
            IdeaOrder.HOT: (-(log2(1 + support) + idea.posted_at / HOT_DOUBLING_MS), *older),
            IdeaOrder.RISING: (-rising_of(list(self.supporters(id).values())), *newer),
            IdeaOrder.NEW: newer,
            IdeaOrder.DISCUSSED: (-self.comment_count(id), -idea.last_comment_at, *newer),
            IdeaOrder.UNATTENDED: older,
            IdeaOrder.FAIR: (idea.seen, support, *older),
        }
        return ("PINNED" not in idea.marks, *keys[order])


STATUS: dict[type[ev.Event], Status] = {
    ev.IdeaHidden: Status.HIDDEN,
    ev.IdeaRemoved: Status.REMOVED,
    ev.IdeaRestored: Status.VISIBLE,
    ev.CommentHidden: Status.HIDDEN,
    ev.CommentRemoved: Status.REMOVED,
    ev.CommentRestored: Status.VISIBLE,
}
