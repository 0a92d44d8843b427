"""How pressed a worker is, and what it does without at each level: always the cheapest to lose first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import inf
from types import MappingProxyType


class Level(IntEnum):
    """How pressed a worker is; each level does without all that the ones before do without."""

    CALM = 0
    BUSY = 1
    STRAINED = 2
    HEAVY = 3
    FULL = 4


class Shed(StrEnum):
    """What a pressed worker does without, in the order in which it is given up.

    Clients are told these names. WRITES are refused before they are queued, and only those that would have to wait too long.
    """

    PRESENCE = "PRESENCE"
    TYPING_HELP = "TYPING_HELP"
    THEME_UPDATES = "THEME_UPDATES"
    HEAVY_QUERIES = "HEAVY_QUERIES"
    ARRIVALS = "ARRIVALS"
    WRITES = "WRITES"


FROM: Mapping[Shed, Level] = MappingProxyType(
    {
        Shed.PRESENCE: Level.BUSY,
        Shed.TYPING_HELP: Level.STRAINED,
        Shed.THEME_UPDATES: Level.STRAINED,
        Shed.HEAVY_QUERIES: Level.HEAVY,
        Shed.ARRIVALS: Level.HEAVY,
        Shed.WRITES: Level.FULL,
    }
)
"""From which level on something is done without."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are told: a tick takes `tick_factor` times as long as is set, who is here is told every `here_s`,
    changed themes every `themes_s` (0: with the tick), and `arrivals_per_s` people are let in.
    """

    tick_factor: float
    here_s: float
    themes_s: float
    arrivals_per_s: float


PACES: Mapping[Level, Pace] = MappingProxyType(
    {
        Level.CALM: Pace(1, 1, 0, inf),
        Level.BUSY: Pace(1, 5, 0, inf),
        Level.STRAINED: Pace(2, inf, 1, inf),
        Level.HEAVY: Pace(3, inf, 5, 100),
        Level.FULL: Pace(5, inf, 5, 20),
    }
)


def sheds(level: Level) -> tuple[Shed, ...]:
    """What is done without at a level, in the order of giving up."""
    return tuple(shed for shed in Shed if level >= FROM[shed])
