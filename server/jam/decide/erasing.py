"""What becomes of someone who is erased: decided once, for the whole jam."""

from collections.abc import Iterator, Sequence

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, only_system
from server.jam.entities import Comment, Idea, Member
from server.jam.people import Role
from server.jam.rejections import Conflict
from server.jam.state import JamState
from server.jam.withdrawn_words import found_words, only_in, proposed_words, shown_words, texts_of


def erase(state: JamState, command: c.EraseMember, now: int) -> tuple[events.Event, ...]:
    """Someone who is not there, or not any more, is erased already."""
    only_system(command.actor, "ERASE")
    member = state.member(command.person)
    if member is None:
        return ()
    erased = events.MemberErased(at=now, person=member.person, withdraws=command.withdraws)
    return (erased, *_withdrawals(state, member, now)) if command.withdraws else (erased,)


def not_the_last_organizer(state: JamState, person: str) -> None:
    """Raises `Conflict` where the jam would be left without an organizer."""
    member = state.member(person)
    if member is None or member.role is not Role.ORGANIZER:
        return
    if not any(_can_organize(other) for other in state.members if other is not member):
        title = state.titles.get(state.main_language, state.slug)
        raise Conflict(f"You are the only organizer of “{title}”: make someone else its organizer first.")


def _can_organize(member: Member) -> bool:
    return member.role is Role.ORGANIZER and not member.erased and member.restriction is None and not member.branches


def _withdrawals(state: JamState, member: Member, now: int) -> Iterator[events.Event]:
    ideas = [state.ideas[number] for number in member.ideas if not state.ideas[number].withdrawn]
    comments = [one for one in state.comments if one.author == member.person and not one.withdrawn]
    yield from (events.IdeaWithdrawn(at=now, idea=idea.id) for idea in ideas)
    yield from (events.CommentWithdrawn(at=now, comment=comment.id) for comment in comments)
    yield from _words(state, ideas, comments, now)


def _words(
    state: JamState, ideas: Sequence[Idea], comments: Sequence[Comment], now: int
) -> Iterator[events.ThemeWordsWithdrawn]:
    """The themes and proposals that show words of these texts and of no other."""
    gone = [text for idea in ideas for text in texts_of(idea)] + [comment.body for comment in comments]
    numbers = {idea.number for idea in ideas}
    kept = (text for idea in state.ideas if idea.number not in numbers for text in (idea.title, idea.body))
    lost = only_in(shown_words(state), gone, kept)
    if not lost:
        return
    themes = state.themes.values()
    yield events.ThemeWordsWithdrawn(
        at=now,
        themes=tuple(theme.id for theme in themes if not lost.isdisjoint(found_words(theme))),
        named=tuple(theme.id for theme in themes if theme.given_name in lost),
        proposals=tuple(one.id for one in state.theme_proposals.values() if not lost.isdisjoint(proposed_words(one))),
    )


DECISIONS: Decisions = {c.EraseMember: erase}
