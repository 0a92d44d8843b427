"""Minors: family members under age, who take part under the account of an adult, their guardian.

Of a minor's age only one thing is kept: the month in which it ends, so that all restrictions end by themselves.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from server.jam.people import Relation

YOUNGEST, OLDEST_MINIMUM = 6, 18
MAJORITIES = range(16, 22)
"""Ages at which people come of age, in the countries that there are."""

MOST_OF_ONE = 10
"""Minors of one guardian."""


@dataclass(frozen=True, slots=True)
class MinorPolicy:
    """Whether minors may take part, from which age (years) to which, and brought by members of which relations."""

    allowed: bool = False
    minimum_age: int = 13
    majority: int = 18
    relations: tuple[Relation, ...] = (Relation.EMPLOYEE,)


class Care(NamedTuple):
    """Whose account a minor is under, until when (ms), and whether they are out: paused by the guardian, or because the
    guardian is out or gone.
    """

    guardian: str
    until: int
    paused: bool = False
    alone: bool = False

    @property
    def is_out(self) -> bool:
        return self.paused or self.alone


def is_month(at: int) -> bool:
    """Whether an instant (ms) is the first of a month, UTC: no birthday is kept, only its month."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return at % 1000 == 0 and moment == moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def latest_majority(policy: MinorPolicy, now: int) -> int:
    """The latest month (ms) in which someone who has reached the minimum age at `now` comes of age.

    Who turns so old in the middle of a month counts as a minor until its end: hence the first of the month after.
    """
    moment = datetime.fromtimestamp(now / 1000, UTC)
    year = moment.year + policy.majority - policy.minimum_age
    day = min(moment.day, monthrange(year, moment.month)[1])
    then = moment.replace(year=year, day=day)
    following = (then.year + 1, 1) if then.month == 12 else (then.year, then.month + 1)
    return int(datetime(*following, 1, tzinfo=UTC).timestamp()) * 1000
