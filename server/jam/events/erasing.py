"""What becomes of someone who is erased, and of what they withdraw. None of it holds a text or a name."""

from dataclasses import dataclass

from server.jam.events.base import Event, stored_as


@stored_as("member.erased")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberErased(Event):
    """A member is a former participant: their votes count on, and nothing leads to who they were.

    `withdraws`: they took their own words along; the notes of their reports go with this event, ideas and comments each by
    an event of its own.
    """

    person: str
    withdraws: bool


@stored_as("idea.withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaWithdrawn(Event):
    """Its author took it back for good: no version of its text is left, in the state or (by redaction) in the journal."""

    idea: str


@stored_as("comment.withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWithdrawn(Event):
    comment: str


@stored_as("themes.words_withdrawn")
@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeWordsWithdrawn(Event):
    """Words that came from withdrawn texts only: `themes` lose the name and keywords that were found for them, `named` the name
    that a person gave them, and `proposals` are gone. The next grouping finds words anew.
    """

    themes: tuple[str, ...]
    named: tuple[str, ...]
    proposals: tuple[str, ...]
