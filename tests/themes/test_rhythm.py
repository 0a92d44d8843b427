"""When a jam is grouped anew."""

import pytest

from server.themes.rhythm import Rhythm


def rhythm(**given: object) -> Rhythm:
    return Rhythm(**({"first_at": 8, "after": 10, "minutes": 10.0, "ran_at": 0.0} | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "changed", "now", "listed", "was_grouped", "in_import", "due"),
    [
        (7, 7, 0, 7, False, False, False),
        (8, 8, 0, 8, False, False, True),
        (8, 0, 0, 8, False, False, True),
        (9, 9, 0, 50, True, False, False),
        (10, 10, 0, 50, True, False, True),
        (10, 0, 0, 50, True, False, True),
        (10, 10, 0, 200, True, False, False),
        (20, 20, 0, 200, True, False, True),
        (20, 20, 0, 200, True, True, False),
        (100, 100, 0, 200, True, True, True),
        (0, 1, 599, 50, True, False, False),
        (0, 1, 600, 50, True, False, True),
        (0, 0, 6_000, 50, True, False, False),
        (0, 1, 5_000, 46_000, True, False, False),
        (0, 1, 5_520, 46_000, True, False, True),
        (0, 0, 0, 0, False, False, False),
    ],
)
def test_is_due(new: int, changed: int, now: float, listed: int, was_grouped: bool, in_import: bool, due: bool) -> None:
    assert rhythm(new=new, changed=changed).is_due(now, listed, was_grouped, in_import) is due


def test_who_asks_is_heard_in_the_smallest_jam_but_not_in_an_empty_one() -> None:
    assert rhythm(asked=True).is_due(0, 1, False, False)
    assert not rhythm(asked=True).is_due(0, 0, False, False)


def test_who_asks_gets_all_ideas_grouped() -> None:
    assert not rhythm(asked=True, new=50, changed=50).is_due(0, 50, False, False, is_complete=False)
    assert rhythm(asked=True, new=50, changed=50).is_due(0, 50, True, False, is_complete=False)
    assert not rhythm(asked=True, changed=1).is_due(0, 50, True, False, is_complete=False)
    assert rhythm(asked=True).is_due(0, 50, True, False, is_complete=True)


def test_a_run_starts_the_count_anew() -> None:
    after = rhythm(new=50, changed=60, asked=True)
    after.started(100.0)
    assert not after.is_due(100.0, 50, True, False)
    after.changed = 1
    assert not after.is_due(699.0, 50, True, False)
    assert after.is_due(700.0, 50, True, False)


def test_failures_are_tried_again_ever_later_until_one_succeeds() -> None:
    failing, waits, now = rhythm(), [], 0.0
    for _ in range(11):
        failing.started(now)
        failing.failed(now)
        waits.append(failing.retry_at - now)
        assert not failing.is_due(failing.retry_at - 0.1, 8, True, False)
        now = failing.retry_at
        assert failing.is_due(now, 8, True, False)
    assert waits[:3] == [2.0, 4.0, 8.0]
    assert max(waits) == 600.0
    failing.started(now)
    failing.succeeded()
    assert not failing.is_due(now, 8, True, False)


def test_words_and_map_follow_when_people_have_reshaped_themes_for_now() -> None:
    at = rhythm(changed=1)
    at.reshaped(100.0)
    at.reshaped(110.0)
    assert not at.is_due(129.0, 50, True, False)
    assert not at.is_due(130.0, 50, True, False, is_complete=False)
    assert at.is_due(130.0, 50, True, False)
    at.started(130.0)
    assert not at.is_due(160.0, 50, True, False)


def test_who_made_the_last_run_makes_the_next_unless_it_is_gone() -> None:
    at = rhythm(new=10, changed=10, is_elsewhere=True)
    assert not at.is_due(0.0, 50, True, False)
    assert not at.is_due(44.0, 50, True, False)
    assert at.is_due(45.0, 50, True, False)
    at.started(45.0)
    at.new = at.changed = 10
    assert not at.is_due(46.0, 50, True, False)
    at.asked = True
    assert at.is_due(46.0, 50, True, False)
