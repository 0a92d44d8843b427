"""What a participant does, from the first mail to the last like, in the page itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.boards import id_in, open_board, support_button, support_count, tile, titles
from tests.e2e.jams import invite
from tests.e2e.mailbox import Mailbox
from tests.e2e.people import JAM, SLUG, Api, People
from tests.e2e.words import EN, HE

ORDERS = ("hot", "new", "top", "rising", "discussed", "unattended", "fair")
BOARD = """query($slug: String!, $order: IdeaOrder!, $topic: ID) {
  jam(slug: $slug) { ideas(order: $order, topicId: $topic, first: 20) { edges { node { title } } } } }"""


def titles_of(api: Api, order: str, topic: str | None = None) -> list[str]:
    """The first ideas of an order, as the server has them."""
    ideas = api.ask(BOARD, slug=SLUG, order=order.upper(), topic=topic)["jam"]["ideas"]
    return [edge["node"]["title"] for edge in ideas["edges"]]


def open_own_idea(people: People, page: Page, title: str, body: str = "Because it would help.") -> str:
    """Posts an idea as the English participant and opens its page; its id."""
    api = people.api("participant, English")
    jam = api.jam()
    id = api.post_idea(jam["id"], jam["topics"][0]["id"], title, body)
    page.goto(f"{JAM}/idea/{id}")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return id


def choose(page: Page, menu: str, item: str) -> None:
    """Opens the idea's menu and chooses an item."""
    page.get_by_role("button", name=menu).click()
    page.get_by_role("menuitem", name=item).click()


def test_an_invited_person_signs_in_by_mail(people: People, mailbox: Mailbox) -> None:
    invitation = invite(people.api("organizer"), people.api("organizer").jam()["id"])
    page = people.page(None, "phone", "he")
    page.goto(invitation)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_label(HE("entry_name")).fill("נגה שלו")
    page.get_by_label(HE("entry_email")).fill("noga@example.org")
    page.get_by_role("button", name=HE("entry_send_link")).click()
    expect(page.get_by_text(HE("entry_sent_title"))).to_be_visible()

    link = mailbox.link_for("noga@example.org")
    page.goto(link)
    expect(page.get_by_text(HE("entry_join_as", name="נגה שלו"))).to_be_visible()
    page.get_by_role("button", name=HE("entry_join")).click()
    expect(page).to_have_url(re.compile(f"{JAM}$"))
    expect(page.locator("article.tile").first).to_be_visible()
    page.goto(f"{JAM}/me")
    expect(page.get_by_role("heading", level=1, name="נגה שלו")).to_be_visible()

    again = people.page(None)
    again.goto(link)
    expect(again.get_by_role("heading", name=EN("entry_link_old_title"))).to_be_visible()
    assert any("status of 410" in fault for fault in people.watch.faults), "a link opens the door once"
    people.watch.faults.clear()


def test_whoever_is_not_signed_in_sees_nothing_of_the_jam(people: People) -> None:
    page = people.page(None)
    page.goto(JAM)
    expect(
        page.get_by_role("link", name=EN("state_sign_in_act")).or_(page.get_by_text(EN("state_forbidden_title"))).first
    ).to_be_visible()
    expect(page.locator("article.tile")).to_have_count(0)


def test_the_language_switch_turns_the_page_around(people: People) -> None:
    page = people.page(None)
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    page.get_by_role("button", name=re.compile(EN("nav_language"))).click()
    page.get_by_role("menuitem", name="עברית").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "he")
    expect(page.get_by_role("heading", name=HE("entry_sign_in"))).to_be_visible()


def test_the_language_chosen_in_the_settings_stays(people: People) -> None:
    page = people.page("participant, English")
    page.goto(f"{JAM}/me")
    page.get_by_role("tab", name=EN("me_settings")).click()
    page.get_by_role("button", name="עברית").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    open_board(page, JAM)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("button", name=HE("word_order_hot"), exact=True)).to_be_visible()
    people.api("participant, English").ask('mutation { updateViewer(input: {language: "en"}) { __typename } }')


@pytest.mark.parametrize("language", ["en", "he"])
def test_orders_and_topics(people: People, language: str) -> None:
    say, api = {"en": EN, "he": HE}[language], people.api("participant, English")
    page = people.page("participant, English", language="he" if language == "he" else "en")
    open_board(page, JAM)
    for order in ORDERS[1:] + ORDERS[:1]:
        button = page.get_by_role("button", name=say(f"word_order_{order}"), exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        if order != "fair":  # what this page shows counts as seen, so that order moves on by being looked at
            expect(page.locator("article.tile h2")).to_contain_text(titles_of(api, order))

    topic = page.get_by_role("combobox", name=say("board_topic"), exact=True)
    topic.select_option(index=2)
    expect(page).to_have_url(re.compile("topic="))
    id = str(topic.input_value())
    expect(page.locator("article.tile h2")).to_contain_text(titles_of(api, "hot", id))
    assert titles(page) != titles_of(api, "hot")
    topic.select_option("")
    expect(page.locator("article.tile h2")).to_contain_text(titles_of(api, "hot"))


def test_support_and_withdraw_with_one_tap(people: People) -> None:
    api, page = people.api("participant, English"), people.page("participant, English", "phone")
    jam = api.jam()
    title = "A tap that a hand with arthritis can turn"
    people.api("participant, Hebrew").post_idea(jam["id"], jam["topics"][0]["id"], title)
    open_board(page, f"{JAM}?order=NEW")
    place = tile(page, title)
    button = support_button(place, EN)
    before = support_count(place, EN)

    with page.expect_response("**/graphql"):
        button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert support_count(place, EN) == before + 1
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")

    with page.expect_response("**/graphql"):
        button.tap()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert support_count(place, EN) == before


def test_similar_ideas_show_while_typing_and_one_builds_on_them(people: People) -> None:
    page = people.page("participant, Hebrew", language="en")
    page.goto(f"{JAM}/post")
    page.get_by_label(EN("post_title")).press_sequentially("One search box for every document we have", delay=5)
    close = page.get_by_role("region", name=EN("post_close"))
    expect(close.get_by_role("listitem").first).to_be_visible()
    expect(close).to_contain_text("Where is the file? A single search box over everything")
    expect(close).to_contain_text("חיפוש אחד לכל המסמכים")

    parent = "Where is the file? A single search box over everything"
    close.get_by_role("listitem").filter(has_text=parent).get_by_role("button", name=EN("idea_build_on")).click()
    page.get_by_label(EN("post_body")).fill("With the words that people really use, such as *the grey chair*.")
    page.get_by_role("combobox", name=EN("board_topic"), exact=True).select_option(index=1)
    page.get_by_role("button", name=EN("post_act")).click()

    expect(page.get_by_role("heading", level=1, name="One search box for every document we have")).to_be_visible()
    tree = page.get_by_role("region", name=EN("idea_tree"))
    expect(tree.get_by_role("link", name=parent)).to_be_visible()
    expect(page.locator(".idea em")).to_have_text("the grey chair")


def test_comment_reply_and_like(people: People) -> None:
    english, hebrew = people.page("participant, English"), people.page("participant, Hebrew", "phone", "he")
    id = open_own_idea(people, english, "A kettle for the night shift")
    hebrew.goto(f"{JAM}/idea/{id}")
    hebrew.get_by_label(HE("idea_your_comment")).fill("ועם **כוסות**, בבקשה.")
    hebrew.get_by_role("button", name=HE("idea_send")).click()

    comment = english.get_by_role("listitem").filter(has_text="כוסות").last
    expect(comment.locator("strong")).to_have_text("כוסות")
    comment.get_by_role("button", name=EN.like("idea_like", number=0)).click()
    expect(hebrew.get_by_role("button", name=HE.like("idea_like", number=1))).to_be_visible()
    comment.get_by_role("button", name=EN("idea_reply")).click()
    english.get_by_label(EN("idea_your_reply")).fill("Twelve of them are on their way.")
    comment.get_by_role("button", name=EN("idea_send")).last.click()

    expect(hebrew.locator("li li").filter(has_text="Twelve of them")).to_be_visible()
    hebrew.goto(f"{JAM}/inbox")
    expect(hebrew.get_by_text("Twelve of them are on their way.")).to_be_visible()


def test_an_edit_keeps_the_earlier_version_readable(people: People) -> None:
    page = people.page("participant, English")
    id = open_own_idea(people, page, "Lamps along the path", "Three lamps along the path to the gate.")
    choose(page, EN("idea_more"), EN("idea_edit"))
    page.get_by_label(EN("post_body")).fill("Five lamps along the path to the gate.")
    page.get_by_role("button", name=EN("ui_save")).click()
    expect(page.locator(".idea")).to_contain_text("Five lamps along the path")

    stranger = people.page("participant, Hebrew", "phone")
    stranger.goto(f"{JAM}/idea/{id}")
    stranger.get_by_role("button", name=EN.like("idea_versions", number=2)).click()
    dialog = stranger.get_by_role("dialog")
    expect(dialog.locator("ins")).to_contain_text("Five")
    expect(dialog.locator("del")).to_contain_text("Three")
    stranger.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_report_reaches_the_moderators(people: People) -> None:
    page = people.page("participant, Hebrew", "phone", "he")
    id = open_own_idea(people, page, "Buy my cousin's solar panels")
    choose(page, HE("idea_more"), HE("idea_report"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(HE("word_reason_spam")).check()
    dialog.get_by_label(HE("idea_report_note")).fill("זו פרסומת")
    dialog.get_by_role("button", name=HE("idea_report_send")).click()
    expect(page.get_by_text(HE("idea_report_filed"))).to_be_visible()

    document = "query($slug: String!) { jam(slug: $slug) { reports { reason note idea { id } } } }"
    reports = people.api("moderator").ask(document, slug=SLUG)["jam"]["reports"]
    assert {"reason": "SPAM", "note": "זו פרסומת", "idea": {"id": id}} in reports


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("spare part price", "Sell every spare part to anyone"),
        ("מסמכים", "חיפוש אחד לכל המסמכים"),
        ("חלקי חילוף", "חלקי חילוף לכולם"),
    ],
)
def test_search_in_both_languages(people: People, query: str, found: str) -> None:
    page = people.page("participant, Hebrew", "phone", "en")
    page.goto(f"{JAM}/search")
    page.get_by_role("searchbox").press_sequentially(query, delay=5)
    expect(page.locator("article.tile h2").filter(has_text=found)).to_be_visible()
    page.locator("article.tile h2").filter(has_text=found).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(found)
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(query)


def test_search_finds_people(people: People) -> None:
    page = people.page("participant, English")
    page.goto(f"{JAM}/search?q=Oskar")
    expect(page.get_by_role("region", name=EN("search_people"))).to_contain_text("Oskar Lindholm")


def test_themes_and_the_ideas_in_them(people: People) -> None:
    page = people.page("participant, English", "phone")
    page.goto(f"{JAM}/themes")
    panes = page.locator("#page li article")
    expect(panes.nth(2)).to_be_visible()
    name = panes.first.get_by_role("link").inner_text()
    panes.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.get_by_role("link").filter(has=page.locator("bdi[lang]")).first.click()
    expect(page.get_by_role("button", name=EN("idea_more"))).to_be_visible()


def test_the_bottom_bar_leads_everywhere(people: People) -> None:
    page = people.page("participant, Hebrew", "phone", "he")
    open_board(page, JAM)
    bar = page.get_by_role("navigation", name=HE("nav_label")).last
    for place in ("themes", "post", "inbox", "me", "board"):
        bar.get_by_role("link", name=HE(f"nav_{place}")).click()
        expect(bar.get_by_role("link", name=HE(f"nav_{place}"))).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_back_from_an_idea_the_board_stands_where_it_was(people: People) -> None:
    page = people.page("participant, English", "phone")
    open_board(page, f"{JAM}?order=TOP")
    title = titles(page)[9]
    page.get_by_role("link", name=title, exact=True).scroll_into_view_if_needed()
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    assert id_in(page.url)
    page.get_by_role("button", name=EN("idea_back")).click()
    expect(page.get_by_role("link", name=title, exact=True)).to_be_in_viewport()
