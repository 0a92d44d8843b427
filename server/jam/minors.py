"""Minors: family members under age, who take part under the account of an adult, their guardian.

Of a minor's age only one thing is kept: the month in which it ends, so that all restrictions end by themselves.
"""

from dataclasses import dataclass
from typing import NamedTuple

from server.jam.people import Relation

YOUNGEST, OLDEST_MINIMUM = 6, 18
MAJORITIES = range(16, 22)
"""Ages at which people come of age, in the countries that there are."""

DAY_MS = 86_400_000
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
    return at % DAY_MS == 0 and _date(at)[2] == 1


def latest_majority(policy: MinorPolicy, now: int) -> int:
    """The latest month (ms) in which someone who has reached the minimum age at `now` comes of age.

    Who turns so old in the middle of a month counts as a minor until its end: hence the first of the month after.
    """
    year, month, _ = _date(now)
    year += policy.majority - policy.minimum_age
    return _first_of(year + month // 12, month % 12 + 1)


def _date(at: int) -> tuple[int, int, int]:
    """Year, month and day of an instant (ms since 1970) in UTC, by Howard Hinnant's `civil_from_days`: years begin in March, so
    that the leap day is the last, and 400 of them have 146,097 days.
    """
    days = at // DAY_MS + 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def _first_of(year: int, month: int) -> int:
    """The first instant of a month, in ms since 1970: `days_from_civil` of the same source."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return (era * 146_097 + day_of_era - 719_468) * DAY_MS
