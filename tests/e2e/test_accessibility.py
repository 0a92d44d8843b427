"""Every page and dialog, in both languages and directions, on phone and desktop, in light and dark colours."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit, resize, settle
from tests.e2e.jams import invite, make_jam
from tests.e2e.people import JAM, SIZES, SLUG, Language, People
from tests.e2e.words import words

PARTS = ("overview", "texts", "schedule", "topics", "invitations", "members", "anonymous", "themes", "export")
PAGES = [
    (None, "/"),
    (None, "/sign-in"),
    (None, "/join"),
    (None, "/join/no-such-invitation"),
    (None, "/invited#no-such-invitation"),
    (None, JAM),
    ("participant, Hebrew", "/"),
    ("participant, Hebrew", JAM),
    ("participant, English", f"{JAM}?order=TOP&language=he"),
    ("participant, Hebrew", "idea"),
    ("participant, Hebrew", f"{JAM}/post"),
    ("participant, Hebrew", f"{JAM}/search?q=bed"),
    ("participant, Hebrew", f"{JAM}/themes"),
    ("participant, English", f"{JAM}/opinions"),
    ("participant, Hebrew", "theme"),
    ("participant, Hebrew", f"{JAM}/inbox"),
    ("participant, English", f"{JAM}/since"),
    ("participant, Hebrew", f"{JAM}/here"),
    ("participant, Hebrew", f"{JAM}/me"),
    ("organizer", f"{JAM}/invite"),
    ("participant, Hebrew", "/no/such/page"),
    ("participant, Hebrew", "/jam/no-such-jam"),
    ("moderator", f"{JAM}/console"),
    ("moderator", f"{JAM}/console/themes"),
    ("executive", f"{JAM}/briefing"),
    ("executive", f"{JAM}/map"),
    ("participant, Hebrew", f"{JAM}/log"),
    ("executive", f"{JAM}/reach"),
    ("first organizer", f"{JAM}/reach"),
    ("first organizer", "/new"),
    ("first organizer", "/operations"),
    ("participant, Hebrew", "/operations"),
    *(("first organizer", f"{JAM}/organize/{part}") for part in PARTS),
]
LANGUAGES: list[Language] = ["en", "he"]


def address_of(people: People, page: str) -> str:
    """The address of a page; for "idea" and "theme" that of one with much on it."""
    document = """query($slug: String!) { jam(slug: $slug) { themes { id }
      ideas(order: DISCUSSED, first: 1) { edges { node { id } } } } }"""
    if page not in ("idea", "theme"):
        return page
    jam = people.api("moderator").ask(document, slug=SLUG)["jam"]
    id = jam["ideas"]["edges"][0]["node"]["id"] if page == "idea" else jam["themes"][0]["id"]
    return f"{JAM}/{'idea' if page == 'idea' else 'themes'}/{id}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("persona", "address"), PAGES)
def test_axe_finds_nothing_on_a_page(people: People, persona: str | None, address: str, language: Language) -> None:
    page = people.page(persona, language=language)
    page.goto(address_of(people, address))
    settle(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "he" else "ltr")
    audit(page, dark=language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_the_lobby_and_at_the_door(people: People, language: Language) -> None:
    organizer = people.api("first organizer")
    jam = make_jam(organizer, ideas_open_in_ms=3_600_000)
    page = people.page("first organizer", language=language)
    page.goto(f"/jam/{jam['slug']}")
    expect(page.get_by_role("timer").first).to_be_visible()
    audit(page, dark=True)
    guest = people.page(None, language=language)
    guest.goto(invite(organizer, jam["id"]))
    expect(guest.get_by_role("textbox").first).to_be_visible()
    audit(guest, dark=True)


def open_report(page: Page, say: Callable[..., str]) -> None:
    """The dialog that reports an idea."""
    page.get_by_role("button", name=say("idea_more")).click()
    page.get_by_role("menuitem", name=say("idea_report")).click()


def open_versions(page: Page, say: Callable[..., str]) -> None:
    """The dialog with an idea's versions."""
    page.get_by_role("button", name=say("idea_more")).click()
    page.get_by_role("menuitem", name=say("idea_history")).click()


def open_menu(page: Page, say: Callable[..., str]) -> None:
    """The menu of an idea."""
    page.get_by_role("button", name=say("idea_more")).click()


def open_keys(page: Page, say: Callable[..., str]) -> None:
    """The dialog with the console's keys."""
    page.get_by_role("button", name=say("console_keys"), exact=True).click()


def show_health(page: Page, say: Callable[..., str]) -> None:
    """On a phone the console's columns are tabs."""
    tab = page.get_by_role("tab", name=say("console_pulse"))
    if tab.count():
        tab.click()


def open_closing(page: Page, say: Callable[..., str]) -> None:
    """The dialog that closes a phase early."""
    show_health(page, say)
    page.get_by_role("button", name=say("console_phase_close")).click()


def open_extending(page: Page, say: Callable[..., str]) -> None:
    """The dialog that lets a phase last longer."""
    show_health(page, say)
    page.get_by_role("button", name=say("console_phase_extend")).click()


def open_drill(page: Page, say: Callable[..., str]) -> None:
    """The dialog with what a theme of the briefing consists of."""
    page.locator(".entries article h3 a").first.click()


def open_explanation(page: Page, say: Callable[..., str]) -> None:
    """The words about how a number is counted."""
    page.get_by_role("button", name=say("briefing_explain", name=say("briefing_support"))).first.click()


DIALOGS = [
    ("participant, Hebrew", "idea", open_menu, "menu"),
    ("participant, Hebrew", "idea", open_report, "dialog"),
    ("participant, Hebrew", "idea", open_versions, "dialog"),
    ("moderator", f"{JAM}/console", open_keys, "dialog"),
    ("moderator", f"{JAM}/console", open_closing, "dialog"),
    ("moderator", f"{JAM}/console", open_extending, "dialog"),
    ("executive", f"{JAM}/briefing", open_drill, "dialog"),
    ("executive", f"{JAM}/briefing", open_explanation, "dialog"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("persona", "address", "opens", "role"), DIALOGS, ids=lambda value: getattr(value, "__name__", None))
def test_axe_finds_nothing_in_an_open_dialog(
    people: People, persona: str, address: str, opens: Callable[..., None], role: str, language: Language
) -> None:
    page = people.page(persona, language=language)
    page.goto(address_of(people, address))
    for size in SIZES:
        resize(page, size)
        settle(page)
        opens(page, words(language))
        expect(page.locator(f"[role={role}]")).to_be_visible()
        audit(page, f"[role={role}]", sizes=[size], dark=language == "en")
        page.keyboard.press("Escape")
        expect(page.locator(f"[role={role}]")).to_have_count(0)


@pytest.mark.parametrize("act", ["hide", "merge", "move"])
def test_axe_finds_nothing_while_a_moderator_gives_a_reason(people: People, act: str) -> None:
    page, say = people.page("moderator", language="he"), words("he")
    page.goto(f"{JAM}/console")
    settle(page)
    page.locator("article[id^=queue-]").filter(
        has=page.get_by_role("button", name=re.compile(say(f"console_act_{act}")))
    ).first.get_by_role("button", name=re.compile(f"^{say(f'console_act_{act}')}")).first.click()
    expect(page.get_by_role("form")).to_be_visible()
    audit(page)


def test_everything_on_the_board_is_reached_by_keys(people: People) -> None:
    page = people.page("participant, English")
    page.goto(JAM)
    settle(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#page$"))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('article.tile') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
