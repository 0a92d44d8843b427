"""Decides what a command leads to: a tuple of events, or a typed rejection. Reads the state, changes nothing."""

from server.jam import commands as c
from server.jam.decide import (
    acting,
    anonymity,
    circles,
    comments,
    erasing,
    frame,
    ideas,
    invitations,
    members,
    minors,
    moderation,
    phases,
    restrictions,
    terms,
    theme_proposals,
    themes,
    trends,
    votes,
)
from server.jam.decide.asking import Decisions, not_suspended
from server.jam.events import Event
from server.jam.rejections import NotFound
from server.jam.state import JamState

Events = tuple[Event, ...]

DECISIONS: Decisions = {
    **votes.DECISIONS,
    **ideas.DECISIONS,
    **comments.DECISIONS,
    **moderation.DECISIONS,
    **members.DECISIONS,
    **minors.DECISIONS,
    **erasing.DECISIONS,
    **invitations.DECISIONS,
    **circles.DECISIONS,
    **frame.DECISIONS,
    **acting.DECISIONS,
    **anonymity.DECISIONS,
    **phases.DECISIONS,
    **restrictions.DECISIONS,
    **terms.DECISIONS,
    **themes.DECISIONS,
    **theme_proposals.DECISIONS,
    **trends.DECISIONS,
}


room = members.room
"""How many commands may take of the same thing (`Touches.takes`) in one commit."""


def decide(state: JamState, command: c.Command, now: int) -> Events:
    """What happens when `command` arrives at `now` (ms). No events means that it holds already.

    Raises a `Rejection`, in which case nothing happens.
    """
    if not state.exists and not isinstance(command, c.CreateJam):
        raise NotFound("jam", "")
    not_suspended(state, command.asker, now)
    return DECISIONS[type(command)](state, command, now)
