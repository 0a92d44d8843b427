"""When somebody is told: pure functions of what there is, what they wish and when they were told the last time.

* What is not asked for is not told.
* What happened waits a moment for more, so that a burst is told at once, and in the jam it may be read before it is told.
* At least `apart_min` minutes lie between two pushes to a person, whatever the jams. Only what is about to happen (a phase
  that opens or closes soon) does not wait for that: it would be too late; of it there is little, and a minute lies between.
* In quiet hours, in the person's time zone, nothing is told; afterwards, in one, what has not gone stale.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.push.happenings import MINUTE_MS, Happening
from server.push.kinds import PushKind
from server.vault.pushes import PushWish

SETTLES_MS = 30_000
LEAST_APART_MS = MINUTE_MS
DAY_MIN = 24 * 60
APART_MIN = (5, 15, 60, 240)
"""Minutes between two pushes that can be chosen."""


def wished(found: Iterable[Happening], wish: PushWish) -> list[Happening]:
    """Those of the kinds that a person wishes to be told of."""
    kinds = frozenset(wish.kinds.split())
    return [one for one in found if one.kind.value in kinds]


def due_at(found: Iterable[Happening], wish: PushWish, told_at: int, now: int) -> int | None:
    """The instant (ms) at which a person is to be told of these things; None where there is nothing. Asked again then, for
    meanwhile it may have been read, or be quiet.
    """
    instants = [_ready_at(one, wish, told_at) for one in wished(found, wish)]
    if not instants:
        return None
    first = max(min(instants), now)
    return quiet_until(wish, first) or first


def _ready_at(one: Happening, wish: PushWish, told_at: int) -> int:
    if one.kind is PushKind.PHASE:
        return max(one.at, told_at + LEAST_APART_MS)
    return max(one.at + SETTLES_MS, told_at + wish.apart_min * MINUTE_MS)


def quiet_until(wish: PushWish, at: int) -> int | None:
    """When the quiet hours end that `at` (ms) is in; None where it is in none. Minutes are those of the wall clock of the
    person's zone: when clocks are put back an hour, it is quiet in both.
    """
    if wish.quiet_from == wish.quiet_to:
        return None
    zone = zone_of(wish.zone)
    local = datetime.fromtimestamp(at / 1000, zone)
    minute = local.hour * 60 + local.minute
    if (minute - wish.quiet_from) % DAY_MIN >= (wish.quiet_to - wish.quiet_from) % DAY_MIN:
        return None
    day = local.date() + timedelta(days=1 if wish.quiet_to <= minute else 0)
    ends = datetime(day.year, day.month, day.day, *divmod(wish.quiet_to, 60), tzinfo=zone)
    instants = (int(ends.replace(fold=fold).timestamp() * 1000) for fold in (0, 1))
    return next((instant for instant in instants if instant > at), at + MINUTE_MS)


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC for one that is not known any more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def is_zone(name: str) -> bool:
    """Whether there is a zone of that name."""
    return name == "UTC" or zone_of(name) is not UTC
