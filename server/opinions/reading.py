"""What a reading of the ballots tells. Light: the server never imports the clustering."""

from dataclasses import dataclass, field

LEAST_SIZE = 5
"""No group, no cell of the picture and no count of fewer people than this is ever told."""

NOBODY = 255
"""The group of who has none, in `Reading.groups_of`."""


@dataclass(frozen=True, slots=True)
class View:
    """A view that a group holds more than the others: see `clustering.groups.Stance`."""

    idea: str
    agrees: bool
    share: float
    ratio: float
    seen: int
    z: float
    q: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Where a group stands: centre, half axes (two standard deviations) and the angle of the first, in radians; in a picture
    whose sides run from 0 to 1, y downwards."""

    x: float
    y: float
    rx: float
    ry: float
    angle: float


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people who vote alike. `key` is its letter's place in the alphabet, which it keeps from reading to reading."""

    key: int
    size: int
    ellipse: Ellipse
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the picture, by column and row, with how many people of a group stand in it: at least `LEAST_SIZE`."""

    group: int
    column: int
    row: int
    people: int


@dataclass(frozen=True, slots=True)
class United:
    """An idea that every group agrees with. `consensus`: the product of the groups' shares. `shares`: by key of the group."""

    idea: str
    consensus: float
    shares: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class ThemeTrend:
    """See `clustering.trends.Trend`."""

    theme: str
    direction: str
    recent: int
    before: int
    lift: float
    p: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading. status: GROUPED, TOO_FEW or NO_STRUCTURE. voters: people with enough votes to be placed; others: with fewer.
    votes: all that entered. by_support: nobody disagreed or passed. p: of the test of structure. cells: in a grid of `grid`
    squares each way. groups_of: the group's key of each member by number, `NOBODY` for none; for the member alone."""

    status: str
    voters: int
    others: int
    votes: int
    by_support: bool
    p: float
    silhouette: float
    groups: tuple[Group, ...]
    uniting: tuple[United, ...]
    grid: int
    cells: tuple[Cell, ...]
    trends: tuple[ThemeTrend, ...]
    groups_of: bytes = field(repr=False)
