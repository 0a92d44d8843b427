"""An organizer creates a jam, publishes it and invites; a new person comes in by the link and a mail."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.audits import over_the_edge, settle
from tests.e2e.mailbox import Mailbox
from tests.e2e.people import JAM, Language, People
from tests.e2e.words import EN, HE


def test_from_a_blank_page_to_the_first_guest(people: People, mailbox: Mailbox) -> None:
    page = people.page("first organizer", language="en")
    page.goto("/")
    page.get_by_role("link", name=EN("home_new")).click()
    in_english, in_hebrew = {"language": "English"}, {"language": "Hebrew"}
    title, question = EN("organize_title_of_jam"), EN("organize_question")
    page.get_by_label(EN("organize_in_language", label=title, **in_english)).fill("Roof garden")
    page.get_by_label(EN("organize_in_language", label=title, **in_hebrew)).fill("גינת גג")
    page.get_by_label(EN("organize_in_language", label=question, **in_english)).fill("What should grow on our roof?")
    page.get_by_label(EN("organize_in_language", label=question, **in_hebrew)).fill("מה יצמח על הגג שלנו?")
    for number, (english, hebrew) in enumerate((("Herbs", "עשבי תיבול"), ("Shade", "צל")), start=1):
        topic = EN("newjam_topic", number=number)
        page.get_by_label(EN("organize_in_language", label=topic, **in_english)).fill(english)
        page.get_by_label(EN("organize_in_language", label=topic, **in_hebrew)).fill(hebrew)
    expect(page.get_by_label(EN("newjam_slug"))).to_have_value("roof-garden")
    page.get_by_role("button", name=EN("newjam_create")).click()
    expect(page).to_have_url(re.compile("/jam/roof-garden/organize$"))

    page.get_by_role("link", name=EN("organize_topics"), exact=True).click()
    page.get_by_role("button", name=EN("organize_add_topic")).click()
    page.get_by_label(EN("organize_in_language", label=EN("organize_topic_title"), **in_english)).fill("Water")
    page.get_by_role("button", name=EN("organize_add_topic")).click()
    expect(page.get_by_role("listitem").filter(has_text="Water")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Herbs")).to_be_visible()

    page.get_by_role("link", name=EN("organize_overview"), exact=True).click()
    page.get_by_role("button", name=EN("organize_publish")).click()
    page.get_by_role("dialog").get_by_role("button", name=EN("organize_publish")).click()
    expect(page.get_by_text(EN("organize_published"))).to_be_visible()

    page.get_by_role("link", name=EN("organize_invitations"), exact=True).click()
    page.get_by_label(EN("organize_relation")).select_option("FRIEND")
    page.get_by_role("button", name=EN("organize_make_link")).click()
    made = page.get_by_role("group", name=EN("organize_link_made"))
    url = made.locator(".url").inner_text()
    expect(made.get_by_role("img", name=EN("organize_qr"))).to_be_visible()

    guest = people.page(None, "phone", "he")
    guest.goto(url)
    expect(guest.get_by_role("heading", level=1, name="גינת גג")).to_be_visible()
    expect(guest.get_by_text(HE("word_relation_friend"), exact=True)).to_be_visible()
    guest.get_by_label(HE("entry_name")).fill("עומר לביא")
    guest.get_by_label(HE("entry_email")).fill("omer@example.org")
    guest.get_by_role("button", name=HE("entry_send_link")).click()
    guest.goto(mailbox.link_for("omer@example.org"))
    guest.get_by_role("button", name=HE("entry_join")).click()
    expect(guest).to_have_url(re.compile("/jam/roof-garden$"))
    expect(guest.get_by_role("heading", level=1, name="מה יצמח על הגג שלנו?")).to_be_visible()
    expect(guest.get_by_text("עשבי תיבול")).to_be_visible()

    page.get_by_role("link", name=EN("organize_members"), exact=True).click()
    expect(page.get_by_text("עומר לביא")).to_be_visible()


def test_what_is_for_organizers_is_closed_to_participants(people: People) -> None:
    page = people.page("participant, English")
    page.goto("/new")
    expect(page.get_by_role("heading", name=EN("newjam_forbidden_title"))).to_be_visible()
    page.goto("/jam/rimon-hale/organize")
    expect(page.get_by_role("heading", name=EN("organize_forbidden_title"))).to_be_visible()


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_header_fits_into_windows_of_every_width(people: People, language: Language) -> None:
    """It has the most in it for organizers; the ways that have no room stand behind a button."""
    page = people.page("first organizer", language=language)
    say = {"en": EN, "he": HE}[language]
    page.goto(f"{JAM}/reach")
    settle(page)
    header = page.get_by_role("banner")
    for width in (360, 899, 900, 974, 1100, 1179, 1180, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert over_the_edge(page) == [], width
        ways = [header.get_by_role("link", name=say("nav_organize")), header.get_by_role("button", name=say("nav_work"))]
        assert [way.is_visible() for way in ways] == [width >= 1180, width < 1180], width
