"""When the first change after a number took effect, as far back as it is kept."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from server.app import feeds
from server.app.feeds import JamFeed
from server.jam.state import JamState


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> tuple[JamFeed, Callable[[int], None]]:
    monkeypatch.setattr(feeds, "RECORDS_KEPT", 3)
    state, now = JamState(), SimpleNamespace(ms=1_000)
    state.seq = 10
    made = JamFeed(state, lambda: cast(int, now.ms))

    def apply(events: int) -> None:
        state.seq += events
        now.ms += 100
        made.changed()

    return made, apply


def changed_at(feed: JamFeed, after: int) -> int | None:
    found: int | None = feed.changes_since(after).what.changed_at
    return found


def test_the_first_record_after_a_number_counts(feed: tuple[JamFeed, Callable[[int], None]]) -> None:
    made, apply = feed
    assert changed_at(made, 10) is None
    apply(2)
    apply(1)
    assert [changed_at(made, after) for after in (9, 10, 11, 12, 13)] == [None, 1_100, 1_100, 1_200, None]


def test_what_is_not_kept_any_more_is_not_known(feed: tuple[JamFeed, Callable[[int], None]]) -> None:
    made, apply = feed
    for _ in range(5):
        apply(1)
    assert [changed_at(made, after) for after in (10, 11, 12, 14, 15)] == [None, None, 1_300, 1_500, None]
