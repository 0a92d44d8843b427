"""The lobby counts down and opens by itself, at the second."""

from playwright.sync_api import expect

from tests.e2e.boards import wait_for_tile
from tests.e2e.jams import invite, join, make_jam
from tests.e2e.people import People
from tests.e2e.words import EN, HE

OPENS_IN_MS = 6_000
NOTE_OPENING = """new MutationObserver(() => {
  if (!window.openedAt && !document.querySelector('.front')) window.openedAt = Date.now();
}).observe(document.body, { subtree: true, childList: true })"""


def test_the_lobby_opens_by_itself_at_the_second(people: People) -> None:
    organizer = people.api("first organizer")
    english, hebrew = people.page("participant, English"), people.page("participant, Hebrew", "phone", "he")
    jam = make_jam(organizer, ideas_open_in_ms=OPENS_IN_MS)
    for persona in ("participant, English", "participant, Hebrew"):
        join(people, persona, invite(organizer, jam["id"]))
    for page, say in ((english, EN), (hebrew, HE)):
        page.goto(f"/jam/{jam['slug']}")
        expect(page.get_by_text(say("board_opens_in"))).to_be_visible()
        expect(page.locator(".front").get_by_role("timer")).to_be_visible()
        expect(page.get_by_role("heading", name=say("board_topics"))).to_be_visible()
        page.evaluate(NOTE_OPENING)

    for page, say in ((english, EN), (hebrew, HE)):
        expect(page.get_by_text(say("board_empty_title"))).to_be_visible(timeout=OPENS_IN_MS + 5_000)
        late = page.evaluate("window.openedAt") - jam["opens"]
        print(f"the doors opened {late:+.0f} ms from their time")
        assert -200 <= late <= 1_200
    english.get_by_role("banner").get_by_role("link", name=EN("nav_post_idea")).click()
    english.get_by_label(EN("post_title")).fill("The first one through the door")
    english.get_by_role("button", name=EN("post_act")).click()
    wait_for_tile(hebrew, "The first one through the door")
