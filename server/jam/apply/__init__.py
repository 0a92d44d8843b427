"""Applies events to the state. Applying can't fail on what `decide` let through, and reads no clock."""

from collections.abc import Iterable

from server.jam import events
from server.jam.apply import (
    acting,
    anonymity,
    comments,
    erasing,
    frame,
    ideas,
    invitations,
    marking,
    members,
    minors,
    restrictions,
    terms,
    theme_proposals,
    themes,
    trends,
    votes,
)
from server.jam.state import REMEMBERED_COMMANDS, JamState

HANDLERS: marking.Handlers = {
    **votes.HANDLERS,
    **ideas.HANDLERS,
    **comments.HANDLERS,
    **members.HANDLERS,
    **minors.HANDLERS,
    **restrictions.HANDLERS,
    **erasing.HANDLERS,
    **invitations.HANDLERS,
    **frame.HANDLERS,
    **acting.HANDLERS,
    **anonymity.HANDLERS,
    **terms.HANDLERS,
    **themes.HANDLERS,
    **theme_proposals.HANDLERS,
    **trends.HANDLERS,
}


def apply(state: JamState, event: events.Event) -> None:
    """Takes the state one event further."""
    state.seq += 1
    HANDLERS[type(event)](state, event)
    minors.follow_guardians(state, event)


def apply_all(state: JamState, command_key: int | None, batch: Iterable[events.Event]) -> None:
    """Applies the events of one command, and remembers that it happened."""
    for event in batch:
        apply(state, event)
    if command_key is not None:
        state.commands[command_key] = None
        if len(state.commands) > REMEMBERED_COMMANDS:
            state.commands.popitem(last=False)
