"""Presses a server: its level is what the test says until it says otherwise."""

from server.overload.levels import Level
from server.overload.pressure import Readings
from tests.web.running import Site

READINGS = {
    Level.CALM: Readings(),
    Level.BUSY: Readings(memory=0.81),
    Level.STRAINED: Readings(memory=0.88),
    Level.HEAVY: Readings(memory=0.93),
    Level.FULL: Readings(memory=0.99),
}

NO_ROOM = -1
"""Fewer than are ever in hand."""


class Pressed:
    """Stands in for the gauges of a server: what they would measure on this machine is no matter here."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings

    def read(self, elapsed_ms: float, writes: float) -> Readings:
        return self.readings


def press(site: Site, level: Level) -> None:
    """From now on the server measures what leads to this level."""
    control = site.server.overload.control
    control._gauges.read = Pressed(READINGS[level]).read  # type: ignore[method-assign]
    control.sample()
    assert control.level >= level


def shut(site: Site) -> None:
    """More writes are in hand than may be."""
    press(site, Level.FULL)
    gate = site.server.overload.control.gate
    gate.most = NO_ROOM
    gate.adapt = lambda: None  # type: ignore[method-assign]


def opened(site: Site) -> None:
    """There is room again."""
    site.server.overload.control.gate.most = 1_000
