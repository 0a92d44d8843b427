"""Whoever lets their device measure reports how long votes took to its screen, and moderators read it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.boards import open_board, support_button
from tests.e2e.people import JAM, Language, People, Size
from tests.e2e.words import EN, HE, Words

ROWS = ("own", "drawn", "durable", "waiting", "told")


def is_report(request: Request) -> bool:
    return request.url.endswith("/graphql") and '"ReportLatency"' in (request.post_data or "")


def open_settings(page: Page, say: Words) -> None:
    page.goto(f"{JAM}/me")
    page.get_by_role("tab", name=say("me_settings")).click()


def vote(page: Page, say: Words) -> None:
    """Changes one's vote for the first idea on the board, and sees it there."""
    first = page.locator("article.tile").first
    before = support_button(first, say).get_attribute("aria-pressed")
    support_button(first, say).click()
    expect(support_button(first, say)).not_to_have_attribute("aria-pressed", before or "")


def report_of(page: Page) -> Any:
    """What the page sends when its half minute is over, and that it was taken."""
    with page.expect_request(is_report) as sent:
        page.clock.fast_forward(31_000)
    answer = sent.value.response()
    assert answer is not None
    assert "errors" not in answer.json(), answer.json()
    return json.loads(sent.value.post_data or "")["variables"]["input"]


def test_a_device_measures_only_if_its_person_lets_it_and_moderators_read_it(people: People) -> None:
    page = people.page("participant, English")
    page.clock.install()
    reports: list[Request] = []
    page.on("request", lambda request: reports.append(request) if is_report(request) else None)
    open_board(page, JAM)
    vote(page, EN)
    page.wait_for_timeout(600)
    page.clock.fast_forward(31_000)
    page.wait_for_timeout(300)
    assert reports == [], "nobody has let this device measure"

    open_settings(page, EN)
    page.get_by_role("button", name=EN("me_measuring_on")).click()
    open_board(page, JAM)
    page.wait_for_timeout(500)
    vote(page, EN)
    page.wait_for_timeout(1_500)
    told = report_of(page)
    assert len(told["own"]) == 1
    assert 0 < told["own"][0] < 5_000
    assert told["drawn"]
    assert all(0 <= value < 5_000 for value in told["drawn"])
    assert set(told) == {"jamId", "own", "drawn", "clockError"}

    moderator = people.page("moderator", "desktop", "en")
    moderator.goto(f"{JAM}/console")
    panel = moderator.locator("section", has=moderator.get_by_role("heading", name=EN("console_latency"))).last
    for name in ROWS:
        row = panel.get_by_role("row").filter(
            has=moderator.get_by_role("rowheader", name=EN(f"console_latency_{name}"), exact=True)
        )
        expect(row.get_by_role("cell").first).to_have_text(re.compile(r"\d+(\.\d+)?.?ms"))
    expect(panel.get_by_text(re.compile("reported in the last five minutes"))).to_be_visible()


@pytest.mark.parametrize(("size", "language", "say"), [("phone", "he", HE), ("desktop", "en", EN)])
def test_the_choice_is_kept_on_the_device(people: People, size: Size, language: Language, say: Words) -> None:
    page = people.page("participant, Hebrew", size, language)
    open_settings(page, say)
    on, off = (page.get_by_role("button", name=say(f"me_measuring_{name}"), exact=True) for name in ("on", "off"))
    expect(off).to_have_attribute("aria-pressed", "true")
    on.click()
    page.reload()
    open_settings(page, say)
    expect(on).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
