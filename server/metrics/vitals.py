"""How a worker is: a few figures, each with a bound where it has one, and what to think of it.

The thresholds are those of the alerts in deploy/prometheus, where there is one of the same figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import msgspec


class Figure(StrEnum):
    """What is told of a worker, of the whole store by one worker of it, in the order in which it is read."""

    PRESSURE = "PRESSURE"
    LAG_P50 = "LAG_P50"
    LAG_P99 = "LAG_P99"
    COMMIT_P50 = "COMMIT_P50"
    COMMIT_P95 = "COMMIT_P95"
    COMMIT_P99 = "COMMIT_P99"
    COMMANDS_WAITING = "COMMANDS_WAITING"
    VOTES = "VOTES"
    ACTS = "ACTS"
    REFUSED = "REFUSED"
    CONNECTIONS = "CONNECTIONS"
    TICK = "TICK"
    MESSAGES = "MESSAGES"
    MEMORY = "MEMORY"
    STORE = "STORE"
    THEMES_BACKLOG = "THEMES_BACKLOG"
    CLOCK_LEAPT = "CLOCK_LEAPT"
    TRACES_LOST = "TRACES_LOST"
    MAILS_WAITING = "MAILS_WAITING"
    WEBHOOKS_WAITING = "WEBHOOKS_WAITING"
    WEBHOOKS_DEAD = "WEBHOOKS_DEAD"
    PUSHES_WAITING = "PUSHES_WAITING"
    SNAPSHOT_BEHIND = "SNAPSHOT_BEHIND"
    JOURNAL_SIZE = "JOURNAL_SIZE"
    DISK_FREE = "DISK_FREE"
    BACKUP_AGE = "BACKUP_AGE"
    CERTIFICATE = "CERTIFICATE"


class Unit(StrEnum):
    """What a figure counts."""

    LEVEL = "LEVEL"
    MILLISECONDS = "MILLISECONDS"
    COUNT = "COUNT"
    PER_SECOND = "PER_SECOND"
    MEGABYTES = "MEGABYTES"
    SHARE = "SHARE"
    YES_OR_NO = "YES_OR_NO"
    HOURS = "HOURS"
    DAYS = "DAYS"


class Alarm(StrEnum):
    """What to think of a figure: nothing, keep an eye on it, or do something now."""

    FINE = "FINE"
    WATCH = "WATCH"
    ACT = "ACT"


@dataclass(frozen=True, slots=True)
class Kind:
    """`watch` and `act`: from which value on. With `of_bound` they are shares of the figure's bound; where `is_falling`,
    less is worse.
    """

    unit: Unit
    watch: float | None = None
    act: float | None = None
    of_bound: bool = False
    is_falling: bool = False


_MS, _COUNT, _RATE, _MB = Unit.MILLISECONDS, Unit.COUNT, Unit.PER_SECOND, Unit.MEGABYTES

KINDS: Mapping[Figure, Kind] = MappingProxyType(
    {
        Figure.PRESSURE: Kind(Unit.LEVEL, 1, 3),
        Figure.LAG_P50: Kind(_MS, 20, 100),
        Figure.LAG_P99: Kind(_MS, 100, 250),
        Figure.COMMIT_P50: Kind(_MS, 50, 250),
        Figure.COMMIT_P95: Kind(_MS, 100, 400),
        Figure.COMMIT_P99: Kind(_MS, 250, 500),
        Figure.COMMANDS_WAITING: Kind(_COUNT, 0.05, 0.25, of_bound=True),
        Figure.VOTES: Kind(_RATE),
        Figure.ACTS: Kind(_RATE),
        Figure.REFUSED: Kind(_RATE),
        Figure.CONNECTIONS: Kind(_COUNT, 0.7, 0.9, of_bound=True),
        Figure.TICK: Kind(_MS, 0.5, 1.0, of_bound=True),
        Figure.MESSAGES: Kind(_RATE),
        Figure.MEMORY: Kind(_MB, 0.7, 0.9, of_bound=True),
        Figure.STORE: Kind(_MS, 100, 1_000),
        Figure.THEMES_BACKLOG: Kind(_COUNT, 100, 500),
        Figure.CLOCK_LEAPT: Kind(Unit.YES_OR_NO, None, 1),
        Figure.TRACES_LOST: Kind(_RATE, 0.01),
        Figure.MAILS_WAITING: Kind(_COUNT, 500, 5_000),
        Figure.WEBHOOKS_WAITING: Kind(_COUNT, 500, 5_000),
        Figure.WEBHOOKS_DEAD: Kind(_COUNT, 1, 100),
        Figure.PUSHES_WAITING: Kind(_COUNT, 5_000, 50_000),
        Figure.SNAPSHOT_BEHIND: Kind(_COUNT, 100_000, 500_000),
        Figure.JOURNAL_SIZE: Kind(_MB),
        Figure.DISK_FREE: Kind(Unit.SHARE, 0.2, 0.1, is_falling=True),
        Figure.BACKUP_AGE: Kind(Unit.HOURS, 26, 50),
        Figure.CERTIFICATE: Kind(Unit.DAYS, 21, 7, is_falling=True),
    }
)


UNKNOWN: Mapping[Figure, Alarm] = MappingProxyType({Figure.STORE: Alarm.ACT, Figure.BACKUP_AGE: Alarm.WATCH})


def alarm_of(figure: Figure, value: float | None, bound: float | None) -> Alarm:
    """What to think of a value. Where there is none, the store is away, or was never backed up."""
    kind = KINDS[figure]
    if value is None:
        return UNKNOWN.get(figure, Alarm.FINE)
    if kind.of_bound and not bound:
        return Alarm.FINE
    measured = value / bound if kind.of_bound and bound else value
    if _is_past(measured, kind.act, kind.is_falling):
        return Alarm.ACT
    return Alarm.WATCH if _is_past(measured, kind.watch, kind.is_falling) else Alarm.FINE


def _is_past(measured: float, threshold: float | None, is_falling: bool) -> bool:
    if threshold is None:
        return False
    return measured <= threshold if is_falling else measured >= threshold


class Vitals(msgspec.Struct, frozen=True):
    """What one worker measured at `at` (ms). A figure that is not in `values` is none of this worker's; one that is None could
    not be had. `bounds` are what figures may come to.
    """

    place: int
    version: str
    started_at: int
    at: int
    values: dict[str, float | None]
    bounds: dict[str, float]

    def value(self, figure: Figure) -> float | None:
        return self.values.get(figure.value)

    def bound(self, figure: Figure) -> float | None:
        return self.bounds.get(figure.value)

    def alarm(self, figure: Figure) -> Alarm:
        return alarm_of(figure, self.value(figure), self.bound(figure))

    @property
    def figures(self) -> list[Figure]:
        """Those that it tells, in their order."""
        return [figure for figure in Figure if figure.value in self.values]
