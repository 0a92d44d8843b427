"""Search of the jams a server holds: fed by their journals, asked by the API. It knows nothing of audiences."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from server.jam import events
from server.jam.entities import Comment, Idea
from server.jam.state import JamState
from server.search.index import WordIndex

_SLICE = 200
_PAUSE = 0.001
PATIENCE_S = 5.0
"""How long a search waits for its jam to be indexed: 46,000 ideas take two seconds of CPU."""


class JamIndex:
    """The ideas (title, body) and comments (body) of one jam, by their numbers."""

    def __init__(self, state: JamState) -> None:
        self.state = state
        self.ideas = WordIndex()
        self.comments = WordIndex()
        self._support = np.zeros(64, dtype=np.int32)
        self._support_known = False

    @property
    def is_behind(self) -> bool:
        return len(self.ideas) < len(self.state.ideas) or len(self.comments) < len(self.state.comments)

    def advance(self, most: int) -> None:
        """Index up to `most` of the ideas and of the comments that are not in it yet, oldest first."""
        for idea in self.state.ideas[len(self.ideas) : len(self.ideas) + most]:
            self._add_idea(idea)
        for comment in self.state.comments[len(self.comments) : len(self.comments) + most]:
            self._add_comment(comment)

    def take(self, applied: Iterable[events.Event]) -> None:
        """Follow events that the state has already applied; new ideas and comments come by `advance`."""
        for event in applied:
            match event:
                case events.IdeaSupported() | events.SupportWithdrawn() | events.StanceRecorded():
                    self._count(self.state.ideas[self.state.idea_numbers[event.idea]])
                case events.IdeaMerged() | events.IdeaUnmerged():
                    self._support_known = False
                case events.IdeaEdited() | events.IdeaWithdrawn():
                    self._again(self.ideas, self.state.idea(event.idea))
                case events.CommentEdited() | events.CommentWithdrawn():
                    self._again(self.comments, self.state.comment(event.comment))
                case _:
                    pass

    def find_ideas(self, text: str) -> Iterator[str]:
        """Ids of ideas, best first; lazily."""
        return (self.state.ideas[number].id for number in self.ideas.search(text, self._supports()))

    def find_comments(self, text: str) -> Iterator[str]:
        """Ids of comments, best first, of equals the older; lazily."""
        return (self.state.comments[number].id for number in self.comments.search(text, self._support[:0]))

    def alike(self, text: str, most: int) -> list[tuple[str, float]]:
        """Ideas that share words with a text: (id, score from 0 to 1), best first."""
        return [(self.state.ideas[number].id, score) for number, score in self.ideas.alike(text, most)]

    def _again(self, index: WordIndex, item: Idea | Comment | None) -> None:
        if item is None or item.number not in index:
            return
        if isinstance(item, Idea):
            self._add_idea(item)
        else:
            self._add_comment(item)

    def _add_idea(self, idea: Idea) -> None:
        self.ideas.add(idea.number, idea.title, idea.body)
        self._count(idea)

    def _add_comment(self, comment: Comment) -> None:
        self.comments.add(comment.number, comment.body)

    def _count(self, idea: Idea) -> None:
        while idea.number >= len(self._support):
            self._support = np.concatenate([self._support, np.zeros_like(self._support)])
        self._support[idea.number] = idea.support

    def _supports(self) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
        """By idea number; counted anew after a merge or its undoing, which change two ideas' support at once."""
        if not self._support_known:
            for idea in self.state.ideas[: len(self.ideas)]:
                self._count(idea)
            self._support_known = True
        return self._support


class SearchService:
    """Finds by words, as they are typed: the `Search` that resolvers ask."""

    def __init__(self) -> None:
        self._jams: dict[str, JamIndex] = {}

    def expect(self, states: Sequence[JamState]) -> None:
        """These will be loaded: until then `ready` waits for them."""
        for state in states:
            self._index(state)

    async def load(self, states: Sequence[JamState]) -> None:
        """Index whole jams at the start, in slices of a few milliseconds, so that the server answers meanwhile."""
        for state in states:
            await self._advance(self._index(state))

    def is_ready(self, jam_id: str) -> bool:
        """Whether everything in a jam can be found."""
        index = self._jams.get(jam_id)
        return index is None or not index.is_behind

    async def ready(self, jam_id: str, seconds: float = PATIENCE_S) -> bool:
        """Wait until everything in a jam can be found, which after a start takes a moment; False where it takes longer.

        Whoever waits sees to it that it is this jam's turn.
        """
        index = self._jams.get(jam_id)
        if index is None or self.is_ready(jam_id):
            return True
        try:
            await asyncio.wait_for(self._advance(index), seconds)
        except TimeoutError:
            return False
        return True

    async def _advance(self, index: JamIndex) -> None:
        while index.is_behind:
            index.advance(_SLICE)
            await asyncio.sleep(_PAUSE)

    def watch(self, state: JamState, applied: Sequence[events.Event]) -> None:
        """For `JamStore.watch`: takes in a record's events, in time by their words."""
        index = self._index(state)
        index.advance(len(applied))
        index.take(applied)

    def ideas(self, jam_id: str, text: str) -> Iterable[str]:
        """Ids of ideas that hold all words of `text`, best first: title before body, exact before loose, by support."""
        index = self._jams.get(jam_id)
        return iter(()) if index is None else index.find_ideas(text)

    def comments(self, jam_id: str, text: str) -> Iterable[str]:
        """Ids of comments that hold all words of `text`, best first."""
        index = self._jams.get(jam_id)
        return iter(()) if index is None else index.find_comments(text)

    def alike(self, jam_id: str, text: str, most: int) -> list[tuple[str, float]]:
        """Ideas that share words with a text, best first: what stands in for ideas of similar meaning."""
        index = self._jams.get(jam_id)
        return [] if index is None else index.alike(text, most)

    def _index(self, state: JamState) -> JamIndex:
        index = self._jams.get(state.id)
        if index is None or index.state is not state:
            index = self._jams[state.id] = JamIndex(state)
        return index
