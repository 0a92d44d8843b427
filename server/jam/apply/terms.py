"""The terms of a jam, and who accepted them."""

from server.jam import changes, events
from server.jam.apply import marking
from server.jam.state import JamState
from server.jam.terms import Acceptance, TermsVersion


def published(state: JamState, event: events.TermsPublished) -> None:
    state.terms.append(TermsVersion(event.version, event.texts, event.digests, event.note, event.at, event.by))
    state.changes.note(changes.JAM, state.id, state.seq)


def accepted(state: JamState, event: events.TermsAccepted) -> None:
    member = state.members[state.member_numbers[event.person]]
    member.accepted = (*member.accepted, Acceptance(event.version, event.language, event.digest, event.at, event.by))
    member.touched = state.seq
    state.terms[event.version - 1].accepted += 1


HANDLERS: marking.Handlers = {events.TermsPublished: published, events.TermsAccepted: accepted}
