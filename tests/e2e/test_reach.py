"""An organizer sees how far a jam reaches and who brought whom, looks at a branch, revokes it and restores it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit, settle
from tests.e2e.jams import invite, join, make_jam
from tests.e2e.people import People, Size
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE, Words

ME = "query { viewer { id name } }"
IDEA = "Something that was written below"


def grow(people: People) -> tuple[str, str, str]:
    """A jam in which the first organizer brought a second one, and that one two participants: slug, id, and the second's name."""
    first, second = people.api("first organizer"), people.api("organizer")
    jam = make_jam(first, ideas_open_in_ms=-60_000)
    join(people, "organizer", invite(first, jam["id"], role="ORGANIZER"))
    link = invite(second, jam["id"], relation="FRIEND")
    for persona in ("participant, English", "participant, Hebrew"):
        join(people, persona, link)
    people.api("participant, English").post_idea(jam["id"], jam["topics"][0]["id"], IDEA)
    return jam["slug"], jam["id"], second.ask(ME)["viewer"]["name"]


@pytest.fixture
def grown(people: People) -> tuple[str, str, str]:
    return grow(people)


def open_reach(people: People, slug: str, say: Words, size: Size = "desktop") -> Page:
    page = people.page("first organizer", size, say.language)  # type: ignore[arg-type]
    page.goto(f"/jam/{slug}/reach")
    expect(page.get_by_role("heading", name=say("reach_tree"))).to_be_visible()
    return page


def test_a_branch_is_looked_at_revoked_and_restored(
    start_server: Callable[..., Serving], people_at: Callable[[str], People]
) -> None:
    # At a server of its own: whoever is suspended is signed out everywhere.
    people = people_at(start_server().url)
    slug, _, name = grow(people)
    page = open_reach(people, slug, EN)
    joined = page.locator("li.joined")
    expect(joined).to_contain_text("4")
    expect(page.locator("li.active")).to_contain_text("1")

    page.get_by_role("searchbox").fill(name[:4])
    page.get_by_role("main").locator(".search").get_by_role("button", name=name).click()
    panel = page.get_by_role("region", name=EN("reach_panel"))
    expect(panel).to_be_focused()
    expect(panel.get_by_text(name).first).to_be_visible()
    expect(panel.locator("dd").nth(1)).to_have_text("3")
    page.mouse.move(0, 0)
    audit(page, dark=True)

    # By keys from person to person: down to whom they brought, and up again.
    picture = page.get_by_role("application")
    picture.focus()
    page.keyboard.press("ArrowDown")
    expect(panel.locator("dd").nth(1)).to_have_text("1")
    page.keyboard.press("ArrowUp")
    expect(panel.locator("dd").nth(1)).to_have_text("3")

    page.get_by_role("button", name=EN("reach_revoke"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 people")
    expect(dialog).to_contain_text("one idea")
    dialog.get_by_label(EN("reach_content_hide")).check()
    act = dialog.get_by_role("button", name="Revoke: 3 people")
    act.click()
    expect(dialog.get_by_text(EN("reach_reason_needed"))).to_be_visible()
    dialog.get_by_role("textbox").fill("Accounts that nobody knows")
    act.click()
    expect(page.get_by_text("Accounts that nobody knows")).to_be_visible()
    expect(panel.get_by_text(EN("reach_suspended"), exact=True)).to_be_visible()
    assert [people.api(persona).ask(ME)["viewer"] for persona in ("organizer", "participant, English")] == [None, None]
    assert people.api("first organizer").jam(slug)["counts"]["ideas"] == 0

    page.get_by_role("button", name=EN("reach_restore")).click()
    page.get_by_role("dialog").get_by_role("button", name=EN("reach_restore")).click()
    expect(page.get_by_role("button", name=EN("reach_revoke"), exact=True)).to_be_visible()
    expect(panel.get_by_text(EN("reach_suspended"), exact=True)).to_have_count(0)
    assert people.api("first organizer").jam(slug)["counts"]["ideas"] == 1


def test_the_tree_is_read_by_keys_in_hebrew_on_a_phone(people: People, grown: tuple[str, str, str]) -> None:
    slug, _, name = grown
    page = open_reach(people, slug, HE, "phone")
    page.get_by_role("tab", name=HE("reach_list")).click()
    tree = page.get_by_role("tree")
    rows = tree.get_by_role("treeitem")
    expect(rows).to_have_count(1)
    tree.focus()
    for count in (2, 4):
        # In Hebrew what lies below is to the left: once to open it, once to go there.
        page.keyboard.press("ArrowLeft")
        expect(rows).to_have_count(count)
        page.keyboard.press("ArrowLeft")
    assert [row.get_attribute("aria-level") for row in rows.all()] == ["1", "2", "3", "3"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=HE("reach_panel"))).to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    audit(page, dark=True)


def test_sponsors_read_figures_and_participants_nothing(people: People, grown: tuple[str, str, str]) -> None:
    slug, jam_id, _ = grown
    join(people, "executive", invite(people.api("first organizer"), jam_id, role="SPONSOR"))
    page = people.page("executive")
    page.goto(f"/jam/{slug}/reach")
    expect(page.locator("li.joined")).to_be_visible()
    expect(page.get_by_role("heading", name=EN("reach_tree"))).to_have_count(0)
    settle(page)
    page = people.page("participant, English")
    page.goto(f"/jam/{slug}/reach")
    expect(page.get_by_role("heading", name=EN("reach_forbidden_title"))).to_be_visible()


@pytest.mark.parametrize("say", [EN, HE], ids=["en", "he"])
def test_the_name_of_whom_the_mouse_is_on_stands_over_them(people: People, grown: tuple[str, str, str], say: Words) -> None:
    slug, _, _ = grown
    page = open_reach(people, slug, say)
    picture = page.get_by_role("application")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    ring, words = picture.locator("circle"), picture.locator(".pane")
    for step in range(0, int(box["width"]), 6):
        page.mouse.move(box["x"] + step, box["y"] + box["height"] / 2)
        if ring.count() and words.count():
            break
    on, over = ring.first.bounding_box(), words.bounding_box()
    assert on is not None, "somebody stands in the middle of the picture"
    assert over is not None
    assert abs(on["x"] + on["width"] / 2 - over["x"] - over["width"] / 2) < 2
