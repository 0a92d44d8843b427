"""From what is measured to a level: up at once, down one step at a time and only after a while of less. Pure."""

from bisect import bisect_right
from dataclasses import dataclass, fields
from math import inf

from server.overload.levels import Level

Scale = tuple[float, float, float, float]
"""Where BUSY, STRAINED, HEAVY and FULL begin."""

EASE = 0.7
"""A level is left below this share of where it begins: so that a figure that wavers there does not switch things on and off."""

HOLD_S = 5.0
"""How long there must be less to do before the level falls by one."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What a worker measures of itself: the p90 of the loop's lag over two seconds (ms), commands that wait for a record, how
    long records took (ms), and as shares of the most there may be: memory, open connections, writes in hand.
    """

    lag_ms: float = 0.0
    waiting: float = 0.0
    commit_ms: float = 0.0
    memory: float = 0.0
    connections: float = 0.0
    writes: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A scale for each reading. A reading for which a level is `inf` never leads to it: many who are connected are no reason to
    refuse what those do.
    """

    lag_ms: Scale = (250, 500, 1_000, 2_000)
    waiting: Scale = (1_000, 2_000, 4_000, 8_000)
    commit_ms: Scale = (250, 500, 1_000, 2_000)
    memory: Scale = (0.80, 0.87, 0.92, 0.96)
    connections: Scale = (0.85, 0.92, 0.97, inf)
    writes: Scale = (0.5, 0.7, 0.85, 1.0)

    @classmethod
    def from_first(cls, lag_ms: float, waiting: float, commit_ms: float) -> "Thresholds":
        """Scales that begin as given; each level begins at twice the one before."""
        return cls(lag_ms=_doubling(lag_ms), waiting=_doubling(waiting), commit_ms=_doubling(commit_ms))


@dataclass(frozen=True, slots=True)
class Pressure:
    """The level, and since when (s) nothing has kept it up."""

    level: Level = Level.CALM
    since: float = -inf


NAMES = tuple(field.name for field in fields(Readings))


def level_of(readings: Readings, thresholds: Thresholds, ease: float = 1.0) -> Level:
    """The highest level that any reading leads to, where each begins at `ease` times its threshold."""
    return Level(max(_level(getattr(readings, name), getattr(thresholds, name), ease) for name in NAMES))


def reason_of(readings: Readings, thresholds: Thresholds) -> str:
    """The reading that leads highest, for people who look after the server."""
    return max(NAMES, key=lambda name: _height(getattr(readings, name), getattr(thresholds, name)))


def advance(before: Pressure, readings: Readings, now: float, thresholds: Thresholds, hold_s: float = HOLD_S) -> Pressure:
    """The pressure at `now` (s). It rises to what the readings say at once, and falls by one level when they have said less,
    with a margin, for `hold_s` since it was reached: so within any `hold_s` it falls once at most.
    """
    risen = level_of(readings, thresholds)
    if risen > before.level:
        return Pressure(risen, now)
    if level_of(readings, thresholds, EASE) >= before.level:
        return Pressure(before.level, now)
    if now - before.since < hold_s:
        return before
    return Pressure(Level(before.level - 1), now)


def _level(value: float, scale: Scale, ease: float) -> int:
    return bisect_right([ease * step for step in scale], value)


def _height(value: float, scale: Scale) -> float:
    """The level and how far it is to the next, for comparing readings of different units."""
    level = _level(value, scale, 1.0)
    if level == len(scale):
        return level + value / scale[-1]
    below = scale[level - 1] if level else 0.0
    return level + (0.0 if scale[level] == inf else (value - below) / (scale[level] - below))


def _doubling(first: float) -> Scale:
    return (first, 2 * first, 4 * first, 8 * first)
