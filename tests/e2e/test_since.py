"""Whoever comes back sees on one screen what moved meanwhile; and who is here shows on a map from the first minute."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e.audits import audit, resize
from tests.e2e.boards import open_board, tile
from tests.e2e.people import JAM, People
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE, Words

TWO_HOURS_MS = 2 * 3_600_000
BY_ITSELF_MS = 10_000


def let_time_pass(serving: Serving) -> None:
    """Everybody left two hours earlier than they did: the server is stopped meanwhile."""
    serving.stop()
    with closing(sqlite3.connect(serving.data / "vault.sqlite")) as vault, vault:
        assert vault.execute("UPDATE visits SET left_at = left_at - ?", (TWO_HOURS_MS,)).rowcount
    serving.start()


def act_meanwhile(people: People) -> tuple[str, str]:
    """What others do; the titles of an idea of the participant that moved, and of a new one."""
    participant, moderator = people.api("participant, English"), people.api("moderator")
    jam = participant.jam()
    topic = next(topic["id"] for topic in jam["topics"] if topic["audience"]["kind"] == "EVERYONE")
    mine = participant.post_idea(jam["id"], topic, "Something of mine that moves")
    for supporter in ("moderator", "executive", "organizer"):
        people.api(supporter).support(mine)
    moderator.comment(mine, "How would that work on a night shift?")
    new = people.api("participant, Hebrew").post_idea(jam["id"], topic, "Written while others were away")
    moderator.support(new)
    moderator.do("announce", "AnnounceInput", jamId=jam["id"], texts=[{"language": "en", "text": "One more day of ideas."}])
    return "Something of mine that moves", "Written while others were away"


def rows(page: Page) -> list[str]:
    return page.locator("main ol > li").all_inner_texts()


def test_who_comes_back_sees_what_moved(start_server: Callable[..., Serving], people_at: Callable[[str], People]) -> None:
    serving = start_server()
    people = people_at(serving.url)
    first = people.page("participant, English")
    open_board(first, JAM)
    expect(first.locator(".here").first).to_be_visible()
    first.context.close()
    let_time_pass(serving)
    people = people_at(serving.url)
    mine, new = act_meanwhile(people)

    page = people.page("participant, English", "phone")
    page.goto(JAM)
    expect(page.get_by_role("heading", name=EN("since_title"))).to_be_visible(timeout=BY_ITSELF_MS)
    told = rows(page)
    assert [EN("since_kind_mine") in row and mine in row for row in told].index(True) == 0, "one's own comes first"
    assert "+3 supports" in told[0]
    assert "+1 comment" in told[0]
    assert any(new in row for row in told)
    assert any("One more day of ideas." in row for row in told)
    assert len(told) <= 12
    audit(page, dark=True)
    resize(page, "phone")
    page.get_by_role("link", name=mine).click()
    expect(page.get_by_role("heading", name=mine).first).to_be_visible()

    page.goto(JAM)
    strip = page.get_by_role("complementary", name=EN("since_title"))
    expect(strip).to_be_visible()
    expect(tile(page, new).or_(page.locator("article.tile")).first).to_be_visible()
    assert page.url.endswith(JAM), "it opens by itself once"
    strip.get_by_role("link").click()
    page.get_by_role("link", name=EN("since_to_board")).click()
    expect(page.locator("article.tile").first).to_be_visible()
    expect(strip).to_have_count(0)

    elsewhere = people.page("participant, English")
    open_board(elsewhere, JAM)
    expect(elsewhere.get_by_role("complementary", name=EN("since_title"))).to_have_count(0)
    elsewhere.get_by_role("link", name=EN("since_title")).click()
    expect(elsewhere.get_by_text(mine)).to_be_visible()


def test_who_was_never_away_is_told_so(people: People) -> None:
    for persona, language, say in (("executive", "en", EN), ("participant, Hebrew", "he", HE)):
        page = people.page(persona, "phone", language)  # type: ignore[arg-type]
        page.goto(f"{JAM}/inbox")
        page.get_by_role("link", name=say("since_title")).click()
        expect(page.get_by_role("heading", name=say("since_first_title"))).to_be_visible()


def shown_count(page: Page, say: Words) -> int:
    """How many are here, by the table of relations."""
    cells = page.get_by_role("table", name=say("here_relations")).locator("td").all_inner_texts()
    return sum(int(cell.replace(",", "")) for cell in cells)


def test_who_is_here_is_on_a_map_and_in_a_table_and_follows(
    start_server: Callable[..., Serving], people_at: Callable[[str], People]
) -> None:
    people = people_at(start_server().url)
    page = people.page("participant, English", "phone")
    page.goto(f"{JAM}/here")
    expect(page.get_by_role("img", name=EN("here_map"))).to_be_visible()
    assert shown_count(page, EN) == 1, "alone in the first minute"
    expect(page.get_by_role("row", name=EN("here_elsewhere"))).to_be_visible()
    for persona in ("moderator", "executive", "organizer"):
        people.api(persona).ask('mutation { updateViewer(input: { country: "IL" }) { __typename } }')
        other = people.page(persona)
        open_board(other, JAM)
    expect(page.get_by_role("row", name="Israel 3")).to_be_visible(timeout=BY_ITSELF_MS)
    assert shown_count(page, EN) == 4
    audit(page, dark=True)
    expect(page.locator("svg circle")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"
