"""A moderator works the console by keyboard; what they do shows on others' pages without a reload."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.boards import open_board, tile
from tests.e2e.jams import invite, join, make_jam
from tests.e2e.people import JAM, SLUG, People
from tests.e2e.words import EN, HE

CONSOLE = f"{JAM}/console"


def post(people: People, title: str, persona: str = "participant, English") -> str:
    """Posts an idea that everyone may see; its id."""
    api = people.api(persona)
    jam = api.jam()
    return api.post_idea(jam["id"], jam["topics"][0]["id"], title)


def open_console(people: People) -> Page:
    """The console of the moderator, in English."""
    page = people.page("moderator", language="en")
    page.goto(CONSOLE)
    expect(page.locator("article[id^=queue-]").first).to_be_visible()
    return page


def choose_in_stream(console: Page, title: str) -> None:
    """Goes to a thing of the stream by keys alone: s for the stream, j until it is chosen."""
    row = console.locator("article").filter(has=console.get_by_role("button", name=re.compile(re.escape(title))))
    expect(row.first).to_be_visible()
    console.keyboard.press("s")
    for _ in range(30):
        if console.locator("article.open").filter(has_text=title).count():
            return
        console.keyboard.press("j")
    raise AssertionError(f"{title!r} can't be reached by keys")


def give_reason(console: Page, reason: str) -> None:
    """Types the reason that is asked for, and confirms."""
    expect(console.get_by_role("textbox", name=EN("console_reason"), exact=True)).to_be_focused()
    console.keyboard.type(reason)
    console.keyboard.press("Enter")


def test_hide_with_a_reason_and_restore_by_keys(people: People) -> None:
    title = "Everyone should buy my cousin's solar panels"
    id = post(people, title)
    author, stranger = people.page("participant, English"), people.page("participant, Hebrew", "phone", "he")
    board = people.page("executive", "phone", "en")
    for page in (author, stranger):
        page.goto(f"{JAM}/idea/{id}")
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    open_board(board, f"{JAM}?order=NEW")
    expect(tile(board, title)).to_be_visible()

    console = open_console(people)
    choose_in_stream(console, title)
    console.keyboard.press("h")
    give_reason(console, "It sells something")
    expect(console.get_by_text(EN("console_done_hide")).first).to_be_visible()

    expect(author.get_by_text(EN("idea_is_hidden"))).to_be_visible()
    expect(author.get_by_text("It sells something")).to_be_visible()
    expect(author.get_by_role("button", name=EN("idea_appeal"))).to_be_visible()
    expect(tile(board, title)).to_have_count(0)
    expect(stranger.get_by_text(title)).to_have_count(0)
    expect(stranger.get_by_role("heading", name=HE("idea_gone_title"))).to_be_visible()

    console.keyboard.press("u")
    expect(author.get_by_text(EN("idea_is_hidden"))).to_be_hidden()
    expect(stranger.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(tile(board, title)).to_be_visible()


def test_the_queue_is_worked_by_keys(people: People) -> None:
    id = post(people, "A goat for every department")
    people.api("participant, Hebrew").do("fileReport", "FileReportInput", targetId=id, reason="OTHER", note="Why a goat")
    console = open_console(people)
    case = console.locator("article[id^=queue-]").filter(has_text="A goat for every department")
    expect(case).to_contain_text("Why a goat")
    console.keyboard.press("q")
    for _ in range(30):
        if case.get_attribute("aria-current") == "true":
            break
        console.keyboard.press("j")
    expect(case).to_be_focused()
    console.keyboard.press("d")
    give_reason(console, "Goats are welcome")
    expect(case).to_have_count(0)
    expect(console.get_by_text(EN("console_done_dismiss")).first).to_be_visible()
    document = "query($slug: String!) { jam(slug: $slug) { reports(open: false) { outcome resolution idea { id } } } }"
    reports = people.api("moderator").ask(document, slug=SLUG)["jam"]["reports"]
    assert {"outcome": "DISMISSED", "resolution": "Goats are welcome", "idea": {"id": id}} in reports

    settled = console.get_by_role("region", name=EN("console_settled")).get_by_role("listitem").filter(has_text="A goat for")
    settled.get_by_role("button", name=EN("console_reopen")).click()
    settled.get_by_role("textbox", name=EN("console_reason")).fill("A second look")
    settled.locator("form").get_by_role("button", name=EN("console_reopen")).click()
    expect(case).to_contain_text("Why a goat")


def test_merge_by_keys_and_undo(people: People) -> None:
    kept, doubled = "A hook at every bench for wet coats", "Hooks for wet coats at each bench"
    into, id = post(people, kept), post(people, doubled)
    supporters = ("participant, Hebrew", "executive")
    for persona in supporters:
        people.api(persona).support(id)
    people.api("executive").support(into)
    reader = people.page("participant, Hebrew", "phone", "en")
    reader.goto(f"{JAM}/idea/{into}")
    count = reader.locator(".support bdi.figures").first
    expect(count).to_have_text("1")

    console = open_console(people)
    choose_in_stream(console, doubled)
    console.keyboard.press("m")
    expect(console.get_by_role("searchbox", name=EN("console_merge_into"))).to_be_focused()
    console.keyboard.type("hook bench coats")
    target = console.get_by_role("radio", name=re.compile(kept))
    expect(target).to_be_visible()
    target.focus()
    console.keyboard.press("Space")
    console.get_by_role("textbox", name=EN("console_reason"), exact=True).focus()
    give_reason(console, "The same idea, posted twice")

    expect(count).to_have_text("2")  # the executive's support counts once
    expect(reader.get_by_role("heading", name=EN.like("idea_merged_here", number=1))).to_be_visible()
    console.keyboard.press("u")
    expect(count).to_have_text("1")
    expect(reader.get_by_role("heading", name=EN.like("idea_merged_here"))).to_have_count(0)


def test_pin_and_lock_show_at_once(people: People) -> None:
    title = "A second door to the canteen"
    id = post(people, title)
    board, reader = people.page("participant, Hebrew", "phone", "he"), people.page("participant, English")
    open_board(board, f"{JAM}?order=NEW")
    reader.goto(f"{JAM}/idea/{id}")
    expect(reader.get_by_label(EN("idea_your_comment"))).to_be_visible()
    console = open_console(people)
    choose_in_stream(console, title)

    console.keyboard.press("p")
    give_reason(console, "Everyone should see it")
    expect(tile(board, title).get_by_text(HE("board_pinned"))).to_be_visible()
    console.keyboard.press("l")
    give_reason(console, "It has been answered")
    expect(reader.get_by_label(EN("idea_your_comment"))).to_have_count(0)
    expect(reader.locator(".idea").get_by_text(EN("rejection_locked"))).to_be_visible()
    console.keyboard.press("l")
    give_reason(console, "It has been answered")
    expect(reader.get_by_label(EN("idea_your_comment"))).to_be_visible()
    console.keyboard.press("p")
    give_reason(console, "Everyone should see it")
    expect(tile(board, title).get_by_text(HE("board_pinned"))).to_have_count(0)


def test_a_phase_closed_early_takes_the_post_button_away(people: People) -> None:
    organizer = people.api("first organizer")
    jam = make_jam(organizer, ideas_open_in_ms=-1_000)
    join(people, "participant, English", invite(organizer, jam["id"]))
    participant, phone = people.page("participant, English"), people.page("participant, English", "phone")
    participant.goto(f"/jam/{jam['slug']}")
    phone.goto(f"/jam/{jam['slug']}/post")
    expect(participant.get_by_role("banner").get_by_role("link", name=EN("nav_post_idea"))).to_be_visible()
    expect(phone.get_by_label(EN("post_title"))).to_be_visible()

    console = people.page("first organizer", language="en")
    console.goto(f"/jam/{jam['slug']}/console")
    console.get_by_role("button", name=EN("console_phase_close")).click()
    console.get_by_role("dialog").get_by_role("button", name=EN("console_phase_close_now")).click()

    expect(participant.get_by_role("link", name=EN("nav_post_idea"))).to_have_count(0)
    expect(participant.get_by_text(EN("board_in_refinement"))).to_be_visible()
    expect(phone.get_by_role("heading", name=EN("post_over_title"))).to_be_visible()


def test_an_announcement_appears_for_everyone_in_their_language(people: People) -> None:
    english, hebrew = people.page("participant, English"), people.page("participant, Hebrew", "phone", "he")
    for page in (english, hebrew):
        open_board(page, JAM)
    console = open_console(people)
    panel = console.get_by_role("region", name=EN("console_announcements"))
    panel.get_by_label("English").fill("Soup is served in the greenhouse.")
    panel.get_by_label("Hebrew").fill("מרק מוגש בחממה.")
    panel.get_by_role("button", name=EN("console_announce")).click()

    expect(english.get_by_text("Soup is served in the greenhouse.")).to_be_visible()
    expect(hebrew.get_by_text("מרק מוגש בחממה.")).to_be_visible()
    hebrew.get_by_role("button", name=HE("board_put_away")).click()
    expect(hebrew.get_by_text("מרק מוגש בחממה.")).to_have_count(0)
    hebrew.reload()
    expect(hebrew.locator("article.tile").first).to_be_visible()
    expect(hebrew.get_by_text("מרק מוגש בחממה.")).to_have_count(0)


def test_the_console_is_closed_to_participants(people: People) -> None:
    page = people.page("participant, English")
    page.goto(CONSOLE)
    expect(page.get_by_role("heading", name=EN("console_forbidden_title"))).to_be_visible()
