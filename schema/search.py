"""Finding ideas, comments and people by words, and ideas by meaning. Whatever is found passes the visibility rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

import strawberry

from schema.comment import Comment
from schema.idea import Idea
from schema.member import Author
from schema.pages import within
from schema.scalars import SearchKind
from schema.view import JamView
from server.jam import entities as e
from server.jam.people import Relation
from server.jam.visibility import ContentStatus
from server.live.ports import Refused

MOST_FOUND, MOST_SIMILAR = 50, 10
LONGEST_TEXT, LONGEST_DRAFT = 200, 8_200
STARTING = "The server has just started and still reads what can be found. Please search again in a moment."


@strawberry.type
class SearchResults:
    ideas: list[Idea]
    comments: list[Comment]
    people: list[Author]


@strawberry.type
class SimilarIdea:
    idea: Idea
    score: float


@dataclass(frozen=True, slots=True)
class Filter:
    """What is searched for. What is None does not filter; people are filtered by their relation only."""

    kinds: frozenset[SearchKind]
    topic: str | None
    theme: str | None
    language: str | None
    relation: Relation | None
    status: ContentStatus | None

    def idea(self, view: JamView, idea: e.Idea) -> bool:
        return self._written(view, idea) and self._placed(idea)

    def comment(self, view: JamView, comment: e.Comment) -> bool:
        idea = view.state.idea(comment.idea)
        return idea is not None and self._written(view, comment) and self._placed(idea)

    def person(self, view: JamView, person: str) -> bool:
        member = view.state.member(person)
        return member is not None and self.relation in (None, member.relation)

    def _written(self, view: JamView, content: e.Idea | e.Comment) -> bool:
        is_fit = self.language in (None, content.language) and self.status in (None, content.status)
        return is_fit and (self.relation is None or self.person(view, content.author))

    def _placed(self, idea: e.Idea) -> bool:
        return self.topic in (None, idea.topic) and (self.theme is None or self.theme in (idea.theme, idea.subtheme))


def find(view: JamView, text: str, wanted: Filter, first: int) -> SearchResults:
    """The best matches of each wanted kind, at most `first` of each.

    Right after a start, while not all can be found yet, it is awaitable, which graphql-core waits for: as an `async` resolver
    it could never be compiled.
    """
    within(first, MOST_FOUND)
    words = text.strip()[:LONGEST_TEXT]
    if not words or not view.exists:
        return SearchResults(ideas=[], comments=[], people=[])
    if not view.services.search.is_ready(view.state.id):
        return cast("SearchResults", _waited(view, words, wanted, first))
    return _found(view, words, wanted, first)


async def _waited(view: JamView, words: str, wanted: Filter, first: int) -> SearchResults:
    """The same, once everything can be found; raises `Refused` where that takes long."""
    if not await view.services.search.ready(view.state.id):
        raise Refused("UNAVAILABLE", STARTING, 2.0)
    return _found(view, words, wanted, first)


def _found(view: JamView, words: str, wanted: Filter, first: int) -> SearchResults:
    return SearchResults(
        ideas=list(islice(_ideas(view, words, wanted), first)),
        comments=list(islice(_comments(view, words, wanted), first)),
        people=list(islice(_people(view, words, wanted), first)),
    )


def _ideas(view: JamView, words: str, wanted: Filter) -> Iterator[Idea]:
    if SearchKind.IDEA in wanted.kinds:
        found = view.ideas(view.services.search.ideas(view.state.id, words))
        yield from (Idea(view=view, entity=idea) for idea in found if wanted.idea(view, idea))


def _comments(view: JamView, words: str, wanted: Filter) -> Iterator[Comment]:
    if SearchKind.COMMENT in wanted.kinds:
        for id in view.services.search.comments(view.state.id, words):
            comment = view.comment(id)
            if comment is not None and wanted.comment(view, comment):
                yield Comment(view=view, entity=comment)


def _people(view: JamView, words: str, wanted: Filter) -> Iterator[Author]:
    if SearchKind.PERSON in wanted.kinds:
        found = view.services.people.search(view.state, words, 4 * MOST_FOUND)
        yield from (Author(view=view, person=person) for person in found if _is_found(view, person, wanted))


def _is_found(view: JamView, person: str, wanted: Filter) -> bool:
    """Minors are found by nobody: who meets them here meets them by what they wrote."""
    member = view.state.member(person)
    return member is not None and not member.is_minor(view.now) and wanted.person(view, person)


async def similar(view: JamView, text: str, language: str | None, first: int) -> list[SimilarIdea]:
    """Listed ideas that mean nearly the same, best first. More are asked for than wanted, since some are not for the viewer;
    and more again where they are so many that they would show by what is missing."""
    within(first, MOST_SIMILAR)
    words = text.strip()[:LONGEST_DRAFT]
    if not words or not view.reads:
        return []
    most, seen = 4 * first + 20, list[tuple[e.Idea, float]]()
    while True:
        found = await view.services.themes.similar(view.state.id, words, language, most)
        pairs = ((view.idea(id), score) for id, score in found)
        seen = [(idea, score) for idea, score in pairs if idea is not None and idea.is_listed]
        if len(seen) >= first or len(found) < most:
            return [SimilarIdea(idea=Idea(view=view, entity=idea), score=score) for idea, score in seen[:first]]
        most *= 8
