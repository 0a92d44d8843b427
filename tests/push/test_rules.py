"""When somebody is told: properties over any wishes, instants and zones."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from server.jam.entities import Notice
from server.jam.phases import Phase
from server.push.happenings import MINUTE_MS, Happening, Moment, Turn
from server.push.kinds import PushKind
from server.push.rules import APART_MIN, LEAST_APART_MS, SETTLES_MS, due_at, is_zone, quiet_until, wished, zone_of
from server.vault.pushes import PushWish

NOW = 1_800_000_000_000
HOUR = 3_600_000
ZONES = ("UTC", "Asia/Jerusalem", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Casablanca")
WISH = PushWish("ann", " ".join(PushKind), 0, 0, "UTC", 15, False, 0)

instants = st.integers(NOW - 400 * 24 * HOUR, NOW + 400 * 24 * HOUR)
minutes = st.integers(0, 24 * 60 - 1)
wishes = st.builds(
    PushWish,
    person_id=st.just("ann"),
    kinds=st.sets(st.sampled_from(PushKind)).map(lambda kinds: " ".join(sorted(kinds))),
    quiet_from=minutes,
    quiet_to=minutes,
    zone=st.sampled_from(ZONES),
    apart_min=st.sampled_from(APART_MIN),
    shows_words=st.booleans(),
    since=st.just(0),
)
things = st.lists(st.tuples(st.sampled_from(PushKind), instants).map(lambda pair: happening(*pair)), max_size=8)


def happening(kind: PushKind, at: int) -> Happening:
    if kind is PushKind.PHASE:
        return Happening(kind, at, moment=Moment(at, at + 30 * MINUTE_MS, Phase.IDEATION, Turn.CLOSES))
    return Happening(kind, at, notice=Notice(1, at, "COMMENTED", "i1", "c1", ""))


def is_quiet(wish: PushWish, at: int) -> bool:
    """By walking through the minutes of the day, as a person would say it."""
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(wish.zone))
    minute, hours = local.hour * 60 + local.minute, (wish.quiet_from, wish.quiet_to)
    return hours[0] <= minute < hours[1] if hours[0] <= hours[1] else not hours[1] <= minute < hours[0]


@given(wishes, instants)
def test_quiet_hours_are_those_of_the_wall_clock_and_end(wish: PushWish, at: int) -> None:
    ends = quiet_until(wish, at)
    assert (ends is not None) == is_quiet(wish, at)
    if ends is not None:
        assert at < ends <= at + 26 * HOUR
        steps = range(at, ends, 10 * MINUTE_MS)
        assert all(is_quiet(wish, step) for step in steps) or _changes_clocks(wish.zone, at, ends)


def _changes_clocks(zone: str, *ats: int) -> bool:
    return len({datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).utcoffset() for at in ats}) > 1


def test_when_clocks_are_put_back_it_is_quiet_in_both_hours() -> None:
    wish = PushWish("ann", "", 60, 105, "Asia/Jerusalem", 15, False, 0)  # 01:00 to 01:45; on that night it is 01:30 twice
    first = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    ends = [quiet_until(wish, int(at.timestamp() * 1000)) for at in (first, second)]
    assert ends == [int((at + timedelta(minutes=15)).timestamp() * 1000) for at in (first, second)]


@given(things, wishes, instants, instants)
@example([happening(PushKind.PHASE, NOW)], WISH, NOW - 1, NOW)
def test_nobody_is_told_too_soon_too_often_or_in_quiet_hours(
    found: list[Happening], wish: PushWish, told_at: int, now: int
) -> None:
    assume(told_at <= now)
    at = due_at(found, wish, told_at, now)
    asked_for = [one for one in found if one.kind.value in wish.kinds.split()]
    assert (at is None) == (not asked_for), "all that is asked for is told in the end, and nothing else"
    if at is None:
        return
    assert at >= now
    assert not is_quiet(wish, at) or wish.quiet_from == wish.quiet_to or _changes_clocks(wish.zone, now, at)
    ready = [one for one in asked_for if one.at <= at]
    assert ready, "something has happened by then"
    if not any(one.kind is PushKind.PHASE for one in ready):
        assert at >= told_at + wish.apart_min * MINUTE_MS
        assert any(one.at + SETTLES_MS <= at for one in ready)
    assert at >= told_at + LEAST_APART_MS


@given(things, wishes)
def test_what_is_not_wished_is_not_told(found: list[Happening], wish: PushWish) -> None:
    assert {one.kind.value for one in wished(found, wish)} <= set(wish.kinds.split())


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(PushKind), st.integers(0, 300)), min_size=1, max_size=40), wishes)
def test_a_day_of_anything_is_no_flood(day: list[tuple[PushKind, int]], wish: PushWish) -> None:
    """Asked every minute, as the server does: how far apart pushes are, and that each thing is in one of them."""
    todo = sorted((happening(kind, NOW + minute * MINUTE_MS) for kind, minute in day), key=lambda one: one.at)
    told: list[tuple[int, list[Happening]]] = []
    last = NOW - 24 * HOUR
    for minute in range(3 * 24 * 60):
        now = NOW + minute * MINUTE_MS
        happened = [one for one in todo if one.at <= now]
        at = due_at(happened, wish, last, now)
        if at is not None and at <= now:
            told.append((now, wished(happened, wish)))
            todo, last = [one for one in todo if one.at > now], now
    for (before, _), (after, things) in pairwise(told):
        is_urgent = any(one.kind is PushKind.PHASE for one in things)
        assert after - before >= (LEAST_APART_MS if is_urgent else wish.apart_min * MINUTE_MS)
    assert sum(len(things) for _, things in told) == sum(kind.value in wish.kinds.split() for kind, _ in day)


@given(st.text(max_size=80))
def test_any_name_is_a_zone_or_none(name: str) -> None:
    assert zone_of(name) is not None
    assert is_zone("Asia/Jerusalem")
    assert is_zone("UTC")
    assert not is_zone("Nowhere/Land")
    assert not is_zone("../../etc/passwd")
