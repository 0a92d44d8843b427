"""An idea posted without a name, in Hebrew on a phone; nobody finds whose it is until two organizers open it, with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit
from tests.e2e.boards import id_in, open_board
from tests.e2e.people import JAM, People
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE

TITLE, BODY = "במקום שאיש לא מדבר עליו", "כולם יודעים, ואף אחד לא אומר."
PASSPHRASE = "quiet rivers keep their stones"
REASON = "Someone may be in danger"


@pytest.fixture
def people(people_at: Callable[[str], People], start_server: Callable[..., Serving]) -> People:
    """At a server of their own: in the sample jam drafts stay on the device from now on."""
    return people_at(start_server().url)


def name_of(people: People, persona: str) -> tuple[str, str]:
    """(id, name) of a persona."""
    viewer = people.api(persona).ask("{ viewer { id name } }")["viewer"]
    return viewer["id"], viewer["name"]


def two_organizers(people: People) -> None:
    """The executive becomes a second organizer."""
    organizer = people.api("organizer")
    person, _ = name_of(people, "executive")
    organizer.do("changeRole", "ChangeRoleInput", jamId=organizer.jam()["id"], personId=person, role="ORGANIZER")


def make_key(page: Page, tmp: Path) -> Path:
    """Makes an audit key on the organizer's page and switches posting without a name on; the key file."""
    page.goto(f"{JAM}/organize/anonymous")
    switch = page.get_by_role("switch", name=EN("audit_switch"))
    expect(switch).to_be_disabled()
    page.get_by_role("button", name=EN("audit_key_make")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(EN("audit_passphrase_hint"))).to_be_visible()
    once, again = dialog.locator("input[type=password]").all()
    once.fill("short")
    dialog.get_by_role("button", name=EN("audit_key_download")).click()
    expect(dialog.get_by_text(EN("audit_passphrase_short"))).to_be_visible()
    once.fill(PASSPHRASE)
    again.fill(PASSPHRASE)
    with page.expect_download() as saved:
        dialog.get_by_role("button", name=EN("audit_key_download")).click()
    file = tmp / "key.json"
    saved.value.save_as(file)
    use = dialog.get_by_role("button", name=EN("audit_key_use"))
    expect(use).to_be_disabled()
    dialog.get_by_label(EN("audit_key_kept")).check()
    use.click()
    expect(page.get_by_text(EN("audit_eyes_two"))).to_be_visible()
    switch.check()
    expect(page.get_by_text(EN("audit_is_on"))).to_be_visible()
    return file


def post(page: Page) -> str:
    """Posts without a name, in Hebrew; the idea's id."""
    page.goto(f"{JAM}/post")
    page.get_by_label(HE("post_title")).fill(TITLE)
    page.get_by_label(HE("post_body")).fill(BODY)
    page.get_by_label(HE("board_topic")).select_option(index=1)
    page.get_by_label(HE("anon_toggle")).check()
    for promise in ("anon_what_nobody", "anon_what_two", "anon_what_device", "anon_what_not"):
        expect(page.get_by_text(HE(promise))).to_be_visible()
    audit(page)
    page.get_by_role("button", name=HE("post_act")).click()
    page.wait_for_url("**/idea/**")
    return id_in(page.url)


def test_from_a_key_to_a_name(people: People, tmp_path: Path) -> None:
    two_organizers(people)
    person, name = name_of(people, "participant, Hebrew")
    organizer = people.page("organizer")
    key = make_key(organizer, tmp_path)
    audit(organizer)

    author = people.page("participant, Hebrew", "phone", "he")
    idea = post(author)
    expect(author.get_by_text(HE("anon_mine_tag"))).to_be_visible()
    expect(author.get_by_text(HE("anon_author")).first).to_be_visible()

    for persona in ("participant, English", "moderator", "organizer"):
        reader = people.page(persona)
        reader.goto(f"{JAM}/idea/{idea}")
        expect(reader.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
        expect(reader.get_by_text(EN("anon_author")).first).to_be_visible()
        expect(reader.get_by_text(EN("anon_mine_tag"))).to_have_count(0)
        expect(reader.get_by_role("article").get_by_text(name)).to_have_count(0)
        assert person not in reader.content()

    # The device that posted it changes it; the same person on another device can't, but with the code finds it.
    author.get_by_role("button", name=HE("idea_more")).click()
    author.get_by_role("menuitem", name=HE("idea_edit")).click()
    author.get_by_role("textbox", name=HE("post_body")).fill(BODY + " עד היום.")
    author.get_by_role("button", name=HE("ui_save")).click()
    expect(author.get_by_text(HE("idea_edit_saved"))).to_be_visible()
    author.goto(f"{JAM}/me")
    author.get_by_role("button", name=HE("anon_code_show")).click()
    code = author.locator(".code").inner_text()
    elsewhere = people.page("participant, Hebrew", "desktop", "he")
    elsewhere.goto(f"{JAM}/idea/{idea}")
    expect(elsewhere.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(elsewhere.get_by_text(HE("anon_mine_tag"))).to_have_count(0)
    elsewhere.goto(f"{JAM}/me")
    elsewhere.get_by_role("button", name=HE("anon_code_enter")).click()
    elsewhere.get_by_label(HE("anon_code_field")).fill(code.lower())
    elsewhere.get_by_role("button", name=HE("anon_code_act")).click()
    expect(elsewhere.get_by_role("link", name=TITLE)).to_be_visible()

    # One organizer asks, with a reason; it is not open yet.
    organizer.goto(f"{JAM}/idea/{idea}")
    organizer.get_by_role("button", name=EN("idea_more")).click()
    organizer.get_by_role("menuitem", name=EN("anon_ask_who")).click()
    organizer.get_by_label(EN("audit_reason")).fill(REASON)
    organizer.get_by_role("button", name=EN("audit_request_act")).click()
    expect(organizer.get_by_text(EN("audit_waits"), exact=True)).to_be_visible()
    expect(organizer.get_by_role("button", name=EN("audit_confirm"))).to_have_count(0)

    # Another one confirms, and reads with the key file and its passphrase who it was.
    second = people.page("executive")
    second.goto(f"{JAM}/organize/anonymous")
    second.get_by_role("button", name=EN("audit_confirm")).click()
    second.get_by_role("button", name=EN("audit_read")).click()
    second.locator("input[type=file]").set_input_files(key)
    second.get_by_label(EN("audit_passphrase")).fill("not this one at all")
    second.get_by_role("button", name=EN("audit_read_act"), exact=True).click()
    expect(second.get_by_text(EN("audit_trouble_wrong_passphrase"))).to_be_visible()
    second.get_by_label(EN("audit_passphrase")).fill(PASSPHRASE)
    second.get_by_role("button", name=EN("audit_read_act"), exact=True).click()
    expect(second.get_by_role("status").get_by_text(name)).to_be_visible()

    # Everybody reads in the public log that it was opened and why; nobody else reads the name.
    author.goto(f"{JAM}/log")
    expect(author.get_by_text(HE("audit_log_opened"))).to_be_visible()
    expect(author.get_by_text(REASON).first).to_be_visible()
    audit(author)
    assert person not in author.locator("main").inner_html()


def test_it_can_be_taken_back_and_a_comment_too(people: People, tmp_path: Path) -> None:
    two_organizers(people)
    make_key(people.page("organizer"), tmp_path)
    author = people.page("participant, English", "phone")
    open_board(author, JAM)
    author.locator("article.tile h2 a").first.click()
    author.get_by_label(EN("idea_your_comment")).fill("Said by nobody you know.")
    author.get_by_label(EN("anon_toggle_comment")).check()
    author.get_by_role("button", name=EN("idea_send")).click()
    comment = author.locator("li").filter(has_text="Said by nobody you know.").last
    expect(comment.get_by_text(EN("anon_author"))).to_be_visible()
    comment.get_by_role("button", name=EN("idea_comment_more")).click()
    author.get_by_role("menuitem", name=EN("anon_take_back")).click()
    author.get_by_role("dialog").get_by_role("button", name=EN("anon_take_back")).click()
    expect(author.get_by_text("Said by nobody you know.")).to_have_count(0)


def test_who_may_only_read_a_topic_is_told_so(people: People) -> None:
    organizer = people.page("organizer")
    organizer.goto(f"{JAM}/organize/topics")
    row = organizer.get_by_role("listitem").first
    title = row.get_by_role("heading").inner_text()
    row.get_by_role("button", name=EN("organize_edit", title=title)).click()
    form = organizer.locator("form").first
    form.get_by_role("group", name=EN("acting_title")).get_by_label(EN("acting_some")).check()
    form.get_by_role("group", name=EN("acting_title")).get_by_label(EN("word_relation_employee")).uncheck()
    expect(form.get_by_text(EN("acting_needed"))).to_be_visible()
    form.get_by_role("group", name=EN("acting_title")).get_by_label(EN("word_relation_client")).check()
    form.get_by_role("button", name=EN("ui_save")).click()
    expect(organizer.get_by_text(EN("acting_only", names=EN("word_relation_client"))).first).to_be_visible()
    employee = people.page("participant, English")
    employee.goto(f"{JAM}/post")
    choices = employee.get_by_label(EN("board_topic"))
    expect(choices).to_be_visible()
    assert title not in choices.inner_text()
    expect(employee.get_by_text(EN("acting_read_only"))).to_be_visible()
    topic = people.api("participant, English").jam()["topics"][0]
    assert topic["title"] == title
    open_board(employee, f"{JAM}?topic={topic['id']}")
    employee.locator("article.tile h2 a").first.click()
    expect(employee.get_by_text(EN("rejection_reading_only", names=EN("word_relation_client")))).to_be_visible()
    expect(employee.get_by_label(EN("idea_your_comment"))).to_have_count(0)
