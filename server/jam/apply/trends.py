"""Which themes are emerging or fading, as it was found."""

from server.jam import events
from server.jam.apply import marking
from server.jam.entities import Trend
from server.jam.state import JamState


def found(state: JamState, event: events.TrendsFound) -> None:
    """Every theme has the trend that was found now, or none. Only those that move otherwise are told as changed."""
    now = {
        theme: Trend(direction, recent, before, lift, p, event.since, event.at)
        for theme, direction, recent, before, lift, p in event.trends
    }
    for theme in state.themes.values():
        before, theme.trend = theme.trend, now.get(theme.id)
        if _figures(before) != _figures(theme.trend):
            marking.theme_changed(state, theme.id)


def _figures(trend: Trend | None) -> tuple[object, ...]:
    return () if trend is None else trend[:5]


HANDLERS: marking.Handlers = {events.TrendsFound: found}
