"""The numbers executives rank by, against a count by hand."""

from typing import Any

import numpy as np
import pytest

from schema.pages import Page
from server.jam import commands as c
from server.jam.people import RELATIONS
from server.jam.phases import Phase
from server.themes.briefing import Span, breadth, histogram, momentum, novelty, span_of, supporters_of
from tests.jam.world import EMPLOYEES, HOUR, T0
from tests.schema.world import Api

pytestmark = pytest.mark.anyio

BRIEFING = """query($jam: ID!) { jam(id: $jam) { themes { id briefing { rank support supporters topics countries relations
    breadth momentum novelty supportOverTime supportByRelation { relation count } } } } }"""


def by_relation(**counts: int) -> list[dict[str, Any]]:
    return [{"relation": relation.value, "count": counts.get(relation.value, 0)} for relation in RELATIONS]


def times(*at: int) -> Any:
    return np.array(at, dtype=np.int64)


def test_a_histogram_counts_everything_once_and_the_end_with_the_last() -> None:
    span = Span(1_000, 1_600)
    assert histogram(times(1_000, 1_099, 1_100, 1_599, 1_600), span, 6) == [2, 1, 0, 0, 0, 2]
    assert histogram(times(0, 5_000), span, 6) == [1, 0, 0, 0, 0, 1]
    assert histogram(times(), span, 3) == [0, 0, 0]
    assert histogram(times(1, 2), Span(5, 5), 3) == [0, 0, 0]


def test_momentum_is_the_last_sixth_against_the_mean_of_those_before() -> None:
    span = Span(0, 600)
    even = times(*range(50, 600, 100))
    assert momentum(even, span) == 1.0
    assert momentum(times(*range(50, 500, 100), 550, 551, 552), span) == 3.0
    assert momentum(times(50), span) == 0.0
    assert momentum(times(550, 551), span) == 10.0
    assert momentum(times(), span) == momentum(times(1), Span(0, 0)) == 0.0


def test_breadth_is_the_mean_of_three_shares() -> None:
    assert breadth([(1, 2), (1, 4), (3, 3)]) == pytest.approx((0.5 + 0.25 + 1) / 3)
    assert breadth([(0, 0), (0, 0), (0, 5)]) == 0.0


def test_the_span_ends_when_voting_does() -> None:
    api = Api(Phase.LOBBY)
    assert span_of(api.state, api.now).is_empty
    api.go(Phase.IDEATION)
    assert span_of(api.state, api.now) == Span(T0 + 2 * HOUR, api.now)
    api.go(Phase.CLOSED)
    assert span_of(api.state, api.now) == Span(T0 + 2 * HOUR, T0 + 4 * HOUR)
    api.state.schedule = None
    assert span_of(api.state, api.now) == Span(T0, api.now)


def test_novelty_is_the_share_of_the_last_third() -> None:
    api = Api()
    old = api.idea(api.post("ann"))
    api.wait(HOUR // 4)
    new = api.idea(api.post("ann"))
    span = Span(old.posted_at - 1, new.posted_at + 1)
    assert novelty([old, new], span) == 0.5
    assert novelty([], span) == novelty([old], Span(3, 3)) == 0.0


def test_supporters_are_counted_once_and_none_are_none() -> None:
    api = Api()
    one, two = api.post("ann", "one"), api.post("ann", "two")
    assert list(supporters_of([api.idea(one)])) == list(supporters_of([])) == []
    api.support(one, "ann", "ben")
    api.support(two, "ben", "cat")
    voters = sorted(api.member(person).number for person in ("ann", "ben", "cat"))
    assert list(supporters_of([api.idea(one), api.idea(two)])) == voters
    api.support(one, "cat")


async def test_all_numbers_of_a_theme_as_an_executive_reads_them() -> None:
    """Two employees (IL, US) and a friend without a country back ideas in one of two topics, half an hour into ideation."""
    api = Api()
    api.now = T0 + 2 * HOUR
    first, second = api.post("ann", "first"), api.post("ann", "second", EMPLOYEES)
    api.support(first, "ann", "fred")
    api.wait(HOUR // 2)
    third = api.post("ben", "third")
    alone = api.post("ben", "alone")
    api.support(first, "ben")
    api.support(second, "ann")
    api.support(alone, "ann", "ben", "cat", "fay", "fred")
    hidden = api.post("ann", "hidden")
    api.support(hidden, "mod")
    api.themed(first, second, third, hidden)
    api.do(c.HideIdea, "mod", idea=hidden, reason="Because")
    api.do(c.SplitTheme, "mod", id="split-it-now", theme="h1", ideas=(third,), name="Third")
    briefings = {theme["id"]: theme["briefing"] for theme in (await api.ask("rev", BRIEFING))["jam"]["themes"]}
    assert briefings["h1"] == {
        "rank": 1, "support": 4, "supporters": 3, "topics": 1, "countries": 2, "relations": 2,
        "breadth": pytest.approx((1 / 2 + 2 / 2 + 2 / 5) / 3), "momentum": 2 / (2 / 5), "novelty": 0.0,
        "supportOverTime": [2, *([0] * 22), 2], "supportByRelation": by_relation(EMPLOYEE=3, FRIEND=1),
    }  # fmt: skip
    (other,) = (briefing for id, briefing in briefings.items() if id != "h1")
    assert other == {
        "rank": 2, "support": 0, "supporters": 0, "topics": 1, "countries": 0, "relations": 0, "breadth": pytest.approx(0.5 / 3),
        "momentum": 0.0, "novelty": 1.0, "supportOverTime": [0] * 24, "supportByRelation": by_relation(),
    }  # fmt: skip


@pytest.mark.parametrize("person", ["ann", "fay", "pat"])
async def test_participants_read_no_briefing(person: str) -> None:
    api = Api()
    api.themed(api.post("ann"))
    assert await api.code(person, BRIEFING) == "NotAllowed"


async def test_the_board_has_the_most_supported_theme_first() -> None:
    api = Api()
    first, second = api.post("ann", "first"), api.post("ann", "second")
    api.themed(first, second)
    split = api.make("h", c.SplitTheme, "mod", theme="h1", ideas=(second,), name="Second")
    api.support(second, "ben")
    text = "query($jam: ID!) { jam(id: $jam) { themes { id } } }"
    assert [theme["id"] for theme in (await api.ask("ann", text))["jam"]["themes"]] == [split, "h1"]
    api.support(first, "ben", "cat")
    assert [theme["id"] for theme in (await api.ask("ann", text))["jam"]["themes"]] == ["h1", split]


async def test_health_is_counted_by_the_minute() -> None:
    api = Api()
    idea = api.post("ann")
    api.support(idea, "ben", "cat")
    api.comment(idea)
    api.do(c.FileReport, "ben", target=idea, reason="SPAM")
    api.post("ben", "lonely")
    text = """query($jam: ID!) { jam(id: $jam) { health { openReports silentTopics unattendedIdeas
        minutes { at ideas comments supports joins } } } }"""
    health = (await api.ask("mod", text))["jam"]["health"]
    assert (health["openReports"], health["silentTopics"], health["unattendedIdeas"]) == (1, 1, 1)
    assert len(health["minutes"]) == 60
    assert health["minutes"][-1] == {"at": api.now // 60_000 * 60_000, "ideas": 2, "comments": 1, "supports": 2, "joins": 0}
    assert health["minutes"][0]["at"] == health["minutes"][-1]["at"] - 59 * 60_000
    api.wait(2 * HOUR)
    later = (await api.ask("mod", text))["jam"]["health"]
    assert later["silentTopics"] == 2
    assert {minute["ideas"] for minute in later["minutes"]} == {0}
    for person in ("ann", "rev", "spo"):
        assert (await api.ask(person, text))["jam"]["health"] is None


async def test_reports_stand_in_the_order_in_which_they_came() -> None:
    api = Api()
    idea = api.post("ann")
    comment = api.comment(idea)
    reports = [
        api.make("r", c.FileReport, person, target=target, reason="SPAM")
        for person, target in (("ben", idea), ("cat", idea), ("fay", comment))
    ]
    text = "query($jam: ID!, $open: Boolean!) { jam(id: $jam) { reports(open: $open) { id sameTargetCount comment { id } idea { id } } } }"
    found = (await api.ask("mod", text, open=True))["jam"]["reports"]
    assert [(one["id"], one["sameTargetCount"]) for one in found] == [(reports[0], 2), (reports[1], 2), (reports[2], 1)]
    assert (found[2]["idea"], found[2]["comment"]) == (None, {"id": comment})
    api.do(c.ResolveReport, "mod", report=reports[2], outcome="UPHELD", reason="Because")
    api.wait(1000)
    api.do(c.ResolveReport, "mod", report=reports[0], outcome="DISMISSED", reason="Because")
    found = (await api.ask("org", text, open=False))["jam"]["reports"]
    assert [one["id"] for one in found] == [*sorted(reports[:2]), reports[2]]
    assert (await api.ask("org", text, open=True))["jam"]["reports"] == []
    assert (await api.ask("rev", text, open=True))["jam"]["reports"] == []


def test_a_page_without_rows_has_no_cursors() -> None:
    page: Page[int] = Page("NEW", [], False, True, lambda: 0)
    assert (page.cursor(0), page.cursor(-1), page.info.has_previous_page) == (None, None, True)
