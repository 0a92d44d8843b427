"""Which words of themes came from texts that are withdrawn, and from no other.

A phrase (a name, a keyword) came from them only if every word of it is in them, and one of its words, or the phrase as a whole
where it has several, is in no other text. It is pure, so that the decision and the redaction of the journal agree.
"""

import re
from collections.abc import Iterable, Iterator

from server.jam.entities import Idea, Theme
from server.jam.state import JamState
from server.jam.theme_proposals import ThemeProposal

_WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """The words of a text in one form, a blank around each."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def only_in(phrases: Iterable[str], gone: Iterable[str], kept: Iterable[str]) -> frozenset[str]:
    """Those of the phrases whose words came from the texts that are gone only.

    Takes one look at each kept text for every word that is still in doubt: common words are settled by the first texts.
    """
    lost = "".join(map(folded, gone))
    doubtful = {phrase: _marks(phrase) for phrase in set(phrases) if _is_of(phrase, lost)}
    unmet = {mark for marks in doubtful.values() for mark in marks}
    for text in kept:
        if not unmet:
            break
        words = folded(text)
        unmet = {mark for mark in unmet if mark not in words}
    return frozenset(phrase for phrase, marks in doubtful.items() if not unmet.isdisjoint(marks))


def _marks(phrase: str) -> frozenset[str]:
    """What would give the phrase away: each word of it, and all of them in their order."""
    whole = folded(phrase)
    return frozenset(f" {word} " for word in whole.split()) | {whole}


def _is_of(phrase: str, lost: str) -> bool:
    words = folded(phrase).split()
    return bool(words) and all(f" {word} " in lost for word in words)


def texts_of(idea: Idea) -> Iterator[str]:
    """Every text that an idea has had."""
    yield from (idea.title, idea.body)
    for version in idea.versions:
        yield from (version.title, version.body)


def found_words(theme: Theme) -> tuple[str, ...]:
    """The words that were found for a theme."""
    return (theme.name, *theme.keywords, *theme.distinctive)


def proposed_words(proposal: ThemeProposal) -> Iterator[str]:
    """The words that a proposal shows."""
    for part in proposal.draft.parts:
        yield from (part.name, *part.keywords)


def shown_words(state: JamState) -> Iterator[str]:
    """All words of themes and proposals that there are now."""
    for theme in state.themes.values():
        yield from found_words(theme)
        yield from (theme.given_name,) if theme.given_name else ()
    for proposal in state.theme_proposals.values():
        yield from proposed_words(proposal)
