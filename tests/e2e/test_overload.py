"""A pressed server, as a person meets it: what they do is kept and sent again by itself, and the page says what is going on."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from server.overload.page import waiting_page
from server.web.page import content_policy
from tests.e2e.boards import open_board, tile
from tests.e2e.people import JAM, Language, People
from tests.e2e.watching import Watch
from tests.e2e.words import EN, HE, Words

BACK_WITHIN_MS = 15_000
LANGUAGES: dict[str, Language] = {"participant, English": "en", "participant, Hebrew": "he"}
SUPPORT = "button[aria-pressed]"
REFUSAL: dict[str, Any] = {
    "errors": [
        {
            "message": "Very many people are acting just now.",
            "extensions": {"code": "OVERLOADED", "what": "WRITES", "retryAfterSeconds": 2},
        }
    ]
}
"""What the server answers; `tests/overload/test_admission.py` holds it to that."""


class Shut:
    """Stands before the server and answers every mutation as it does when it is full, until it is opened."""

    def __init__(self, page: Page) -> None:
        self.refused: list[str] = []
        self._page = page
        page.route("**/graphql", self._answer)

    def open(self) -> None:
        self._page.unroute("**/graphql", self._answer)

    def _answer(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        command = (body.get("variables") or {}).get("input", {}).get("commandId")
        if command is None:
            route.continue_()
            return
        self.refused.append(command)
        route.fulfill(status=503, headers={"Retry-After": "2", "Content-Type": "application/json"}, body=json.dumps(REFUSAL))


@pytest.mark.parametrize(("persona", "words"), [("participant, English", EN), ("participant, Hebrew", HE)])
def test_a_vote_is_kept_and_sent_when_there_is_room(people: People, watch: Watch, persona: str, words: Words) -> None:
    page = people.page(persona, "phone", LANGUAGES[persona])
    open_board(page, JAM)
    place = page.locator("article.tile").filter(has=page.locator(SUPPORT)).first
    title = place.get_by_role("link").first.inner_text()
    button = tile(page, title).locator(SUPPORT)
    before = button.get_attribute("aria-pressed")
    with watch.accepting_lost_connections():
        shut = Shut(page)
        button.click()
        expect(page.get_by_text(words("busy_title"))).to_be_visible(timeout=BACK_WITHIN_MS)
        expect(page.get_by_text(words("busy_writes"))).to_be_visible()
        next_attempt = page.get_by_text(re.compile(words("busy_next", seconds=r"\d+")))
        expect(next_attempt).to_be_visible(timeout=BACK_WITHIN_MS)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "nothing sticks out of a phone"
        expect(button).not_to_have_attribute("aria-pressed", str(before))
        shut.open()
    expect(next_attempt).to_be_hidden(timeout=BACK_WITHIN_MS)
    assert len(set(shut.refused)) == 1, "the same command each time"
    fresh = people.page(persona, "phone", LANGUAGES[persona])
    open_board(fresh, JAM)
    expect(tile(fresh, title).locator(SUPPORT)).not_to_have_attribute("aria-pressed", str(before))


@pytest.mark.parametrize(("persona", "direction"), [("participant, English", "ltr"), ("participant, Hebrew", "rtl")])
def test_the_page_of_the_waiting_room_counts_down_and_lets_one_in(
    people: People, watch: Watch, persona: str, direction: str
) -> None:
    page = people.page(persona, "phone", LANGUAGES[persona])
    asked = []

    def wait_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            route.continue_()
            return
        html = waiting_page(1_234, 3, "he-IL" if direction == "rtl" else "en-GB", "only-once")
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": content_policy("only-once")}
        route.fulfill(status=503, headers=headers, body=html)

    with watch.accepting_lost_connections():
        page.route(re.compile(f"{JAM}$"), wait_once)
        page.goto(JAM, wait_until="commit")
        expect(page.locator(".place").first).to_contain_text("1,234")
        assert page.locator("html").get_attribute("dir") == direction
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        expect(page.locator("[data-left]").first).to_have_text("1", timeout=5_000)
        expect(page.locator("article.tile").first).to_be_visible(timeout=30_000)
    assert len(asked) == 2
