"""The terms: organizers publish versions of them, members accept the newest before they post."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, authority, has_accepted, member_may
from server.jam.entities import Member
from server.jam.permissions import Action
from server.jam.rejections import Conflict, InvalidInput, NotAllowed, NotFound, TermsNotAccepted
from server.jam.state import JamState
from server.jam.terms import CHANGE_NOTE, MOST_VERSIONS, TERMS, text_digest
from server.jam.texts import clean_local


def publish(state: JamState, command: c.PublishTerms, now: int) -> tuple[events.Event, ...]:
    """The next version. Texts that are in force already need no other; a later version says what changed."""
    authority(state, command.actor, Action.ORGANIZE, now)
    texts = clean_local("texts", command.texts, TERMS, state.main_language, lines=True)
    newest = state.newest_terms
    if newest is not None and newest.texts == texts:
        return ()
    number = 0 if newest is None else newest.version
    if command.follows != number:
        raise Conflict(f"The terms changed meanwhile: version {number} is the newest. Please look at it and publish again.")
    if number >= MOST_VERSIONS:
        raise InvalidInput("texts", f"Terms have at most {MOST_VERSIONS} versions.")
    note = clean_local("note", command.note, CHANGE_NOTE, state.main_language if newest is not None else None, lines=True)
    digests = {language: text_digest(text) for language, text in texts.items()}
    return (events.TermsPublished(at=now, version=number + 1, texts=texts, digests=digests, note=note, by=command.actor),)


def accept(state: JamState, command: c.AcceptTerms, now: int) -> tuple[events.Event, ...]:
    """The newest version only: nobody can agree any more to what is not in force."""
    member = _whose(state, command, now)
    newest = state.newest_terms
    if newest is None:
        raise NotFound("version of the terms", str(command.version))
    if has_accepted(member, command.version):
        return ()
    if command.version != newest.version:
        raise TermsNotAccepted(state.id, newest.version)
    if command.language not in newest.texts:
        raise InvalidInput("language", f"The terms are there in: {', '.join(sorted(newest.texts))}.")
    return (
        events.TermsAccepted(
            at=now, person=member.person, version=newest.version, language=command.language,
            digest=newest.digests[command.language], by=None if member.person == command.actor else command.actor,
        ),
    )  # fmt: skip


def _whose(state: JamState, command: c.AcceptTerms, now: int) -> Member:
    """The member for whom terms are accepted: who asks, or a minor under their account."""
    member = member_may(state, command.actor, Action.VIEW, now)
    if command.whose == member.person:
        if member.is_minor(now):
            raise NotAllowed("ACCEPT_TERMS", "Your guardian accepts the terms for you: please ask them.")
        return member
    minor = state.member(command.whose)
    if minor is None or not minor.is_minor(now) or minor.care is None or minor.care.guardian != member.person:
        raise NotFound("member", command.whose)
    return minor


DECISIONS: Decisions = {c.PublishTerms: publish, c.AcceptTerms: accept}
