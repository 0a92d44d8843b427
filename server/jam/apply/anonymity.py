"""Audit keys, sealed authors, and their opening. What moderators and organizers do here stands in the public log."""

from server.jam import events
from server.jam.anonymity import AuditKey, Opening, Seal
from server.jam.apply import marking
from server.jam.state import JamState


def key_set(state: JamState, event: events.AuditKeySet) -> None:
    anonymity = state.anonymity
    anonymity.keys[event.fingerprint] = AuditKey(event.fingerprint, event.public, event.eyes, event.at)
    anonymity.key = event.fingerprint
    marking.logged(state, event.at, "AUDIT_KEY_SET", event.fingerprint, "")


def posting_set(state: JamState, event: events.AnonymousPostingSet) -> None:
    state.anonymity.is_on = event.on
    marking.logged(state, event.at, "ANONYMOUS_ON" if event.on else "ANONYMOUS_OFF", "", "")


def sealed(state: JamState, event: events.AuthorSealed) -> None:
    state.anonymity.seals[event.target] = Seal(event.key, event.sealed, event.salt, event.proof_hash)


def requested(state: JamState, event: events.OpeningRequested) -> None:
    state.anonymity.openings[event.target] = Opening(event.target, event.reason, event.by, event.at)
    marking.logged(state, event.at, "OPENING_REQUESTED", event.target, event.reason)


def declined(state: JamState, event: events.OpeningDeclined) -> None:
    state.anonymity.openings[event.target].declined_at = event.at
    marking.logged(state, event.at, "OPENING_DECLINED", event.target, event.reason)


def opened(state: JamState, event: events.AuthorOpened) -> None:
    opening = state.anonymity.openings[event.target]
    opening.opened_at, opening.confirmed_by = event.at, event.by
    marking.logged(state, event.at, "AUTHOR_OPENED", event.target, event.reason)


HANDLERS: marking.Handlers = {
    events.AuditKeySet: key_set,
    events.AnonymousPostingSet: posting_set,
    events.AuthorSealed: sealed,
    events.OpeningRequested: requested,
    events.OpeningDeclined: declined,
    events.AuthorOpened: opened,
}
