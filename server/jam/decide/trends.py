"""Trends of themes, recorded by the server."""

from server.jam import commands as c
from server.jam import events
from server.jam.decide.asking import Decisions, only_system
from server.jam.rejections import InvalidInput
from server.jam.state import JamState

DIRECTIONS = ("EMERGING", "FADING", "STEADY")


def record(state: JamState, command: c.RecordTrends, now: int) -> tuple[events.Event, ...]:
    """Of themes that are gone meanwhile nothing is recorded, and nothing at all where every figure is known already."""
    only_system(command.actor, "RECORD_TRENDS")
    if any(direction not in DIRECTIONS for _, direction, *_ in command.trends):
        raise InvalidInput("trends", "A direction is EMERGING, FADING or STEADY.")
    standing = {theme.id: theme for theme in state.themes.values() if theme.merged_into is None}
    trends = tuple(tuple(trend) for trend in command.trends if trend[0] in standing)
    known = {theme.id: theme.trend[:5] for theme in standing.values() if theme.trend is not None}
    if known == {theme: tuple(figures) for theme, *figures in trends}:
        return ()
    return (events.TrendsFound(at=now, since=command.since, trends=trends),)


DECISIONS: Decisions = {c.RecordTrends: record}
