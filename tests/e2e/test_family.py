"""A guardian brings a minor by a link to their device; the minor posts; the guardian pauses them, and they are out at once."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.audits import audit
from tests.e2e.jams import invite, join, make_jam
from tests.e2e.people import People
from tests.e2e.words import EN, HE

GUARDIAN, CHILD = "participant, Hebrew", "נועה"


def for_families(people: People) -> dict[str, Any]:
    """A jam in which employees may bring minors, as its organizer says on the page."""
    organizer = people.api("first organizer")
    jam = make_jam(organizer, ideas_open_in_ms=-60_000)
    join(people, GUARDIAN, invite(organizer, jam["id"]))
    page = people.page("first organizer")
    page.goto(f"/jam/{jam['slug']}/organize/minors")
    page.get_by_label(EN("guardian_policy_allowed")).check()
    audit(page)
    page.get_by_role("button", name=EN("ui_save")).click()
    expect(page.get_by_text(EN("organize_saved"))).to_be_visible()
    return jam


def test_a_minor_is_brought_posts_and_is_paused(people: People) -> None:
    jam = for_families(people)
    at = f"/jam/{jam['slug']}"
    guardian = people.page(GUARDIAN, "phone", "he")
    guardian.goto(f"{at}/me")
    guardian.get_by_role("link", name=HE("guardian_title")).click()
    guardian.get_by_label(HE("guardian_first_name")).fill(CHILD)
    guardian.get_by_label(HE("guardian_month")).select_option("3")
    guardian.get_by_label(HE("guardian_year")).select_option(index=3)
    guardian.get_by_label(HE("guardian_sure")).check()
    audit(guardian)
    guardian.get_by_role("button", name=HE("guardian_add_act"), exact=True).click()
    card = guardian.get_by_role("region", name=CHILD)
    expect(card).to_be_visible()

    card.get_by_role("button", name=HE("guardian_link")).click()
    dialog = guardian.get_by_role("dialog")
    expect(dialog.get_by_role("img", name=HE("guardian_qr"))).to_be_visible()
    audit(guardian, "[role=dialog]")
    link = dialog.locator(".url").inner_text()
    dialog.get_by_role("button", name=HE("ui_close")).last.click()

    child = people.page(None, "phone", "he")
    child.goto(link)
    expect(child).to_have_url(f"{people.url}{at}")
    child.goto(f"{at}/post")
    child.get_by_label(HE("post_title")).fill("נדנדה בחצר")
    child.get_by_role("button", name=HE("post_act")).click()
    expect(child.get_by_role("heading", level=1, name="נדנדה בחצר")).to_be_visible()
    child.goto(f"{at}/family")
    expect(child.get_by_text(HE("guardian_yours"))).to_be_visible()

    guardian.reload()
    card.locator("summary").click()
    expect(card.get_by_role("link", name="נדנדה בחצר")).to_be_visible()
    audit(guardian, dark=True)
    card.get_by_role("button", name=HE("guardian_pause")).click()
    expect(card.get_by_text(HE("guardian_paused"), exact=True)).to_be_visible()
    with people.watch.accepting_lost_connections():
        child.goto(at)
        expect(child.get_by_role("link", name=HE("state_sign_in_act")).first).to_be_visible()
        assert "נדנדה בחצר" not in child.content()
    people.watch.faults.clear()

    card.get_by_role("button", name=HE("guardian_remove")).click()
    guardian.get_by_role("dialog").get_by_role("button", name=HE("guardian_remove")).click()
    expect(card).to_have_count(0)
    board = people.page("first organizer")
    board.goto(at)
    expect(board.get_by_role("heading", name="נדנדה בחצר")).to_be_visible()
    assert CHILD not in board.content()
