"""A reading of opinions, as a process would have made it."""

from server.opinions.reading import NOBODY, Cell, Ellipse, Group, Reading, United, View
from tests.schema.world import Api


def reading(api: Api, *told: str) -> Reading:
    """Two groups of which the first holds a view on every idea; all agree on every idea, too. ann is in group 1, ben in 0."""
    keys = bytearray([NOBODY] * len(api.state.members))
    keys[api.member("ann").number], keys[api.member("ben").number] = 1, 0
    views = tuple(View(id, True, 0.9, 2.0, 7, 3.0, 0.01) for id in told)
    ellipse = Ellipse(0.5, 0.4, 0.2, 0.1, 0.3)
    return Reading(
        status="GROUPED", voters=21, others=3, votes=200, by_support=False, p=0.01, silhouette=0.5,
        groups=(Group(0, 14, ellipse, views), Group(1, 7, ellipse, ())),
        uniting=tuple(United(id, 0.6, ((0, 0.8), (1, 0.75))) for id in told),
        grid=16, cells=(Cell(0, 3, 4, 9),), trends=(), groups_of=bytes(keys),
    )  # fmt: skip
