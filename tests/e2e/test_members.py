"""The members page by keyboard, acts on many with undo, and what someone who is suspended or muted is told."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import audit
from tests.e2e.people import JAM, Api, Language, People, Size
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE, Words

MEMBERS = f"{JAM}/organize/members"
REASON = "Called people names, again and again"


@pytest.fixture
def own(start_server: Callable[..., Serving]) -> Serving:
    """A server of this test's own: people are sent out here."""
    return start_server()


@pytest.fixture
def apart(own: Serving, people_at: Callable[[str], People]) -> People:
    """Everyone, signed in there."""
    return people_at(own.url)


def open_members(people: People, size: Size = "desktop", language: Language = "en") -> tuple[Page, Locator]:
    page = people.page("organizer", size, language)
    page.goto(MEMBERS)
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("row").first).to_be_visible()
    return page, grid


def rows_chosen(page: Page) -> Locator:
    return page.locator("[role=row][aria-selected=true]")


def suspend(api: Api, person: str, kind: str = "SUSPENDED") -> None:
    api.do("restrictMembers", "RestrictMembersInput", jamId=api.jam()["id"], personIds=[person], kind=kind, reason=REASON)


def test_several_are_muted_by_keyboard_alone_and_all_of_it_is_undone(apart: People) -> None:
    page, grid = open_members(apart)
    total = int(grid.get_attribute("aria-rowcount") or 0)
    assert total > 20
    expect(page.get_by_role("status").filter(has_text=EN.like("members_found"))).to_contain_text(str(total))
    page.get_by_label(EN("members_find")).focus()
    for _ in range(12):
        if grid.evaluate("(element) => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(grid).to_be_focused()
    page.keyboard.press("End")
    expect(grid).to_have_attribute("aria-activedescendant", re.compile(f"-{total - 1}$"))
    expect(page.locator(f"[aria-rowindex='{total}']")).to_be_in_viewport()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(rows_chosen(page)).to_have_count(3)
    page.get_by_role("button", name=EN("restrict_mute"), exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=EN.like("members_mute_title", number="3"))
    dialog.get_by_role("button", name=re.compile(re.escape(EN("restrict_mute")))).press("Enter")
    expect(dialog.get_by_text(EN("restrict_reason_short"))).to_be_visible()
    dialog.get_by_label(EN("restrict_reason")).fill(REASON)
    dialog.get_by_role("button", name=re.compile(re.escape(EN("restrict_mute")))).press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(EN.like("members_done", number="3"))).to_be_visible()
    expect(grid.get_by_text(re.compile(re.escape(EN("restrict_muted"))))).to_have_count(3)
    page.get_by_role("button", name=EN("members_undo"), exact=True).first.press("Enter")
    expect(page.get_by_text(EN("members_undone"), exact=True)).to_be_visible()
    expect(grid.get_by_text(re.compile(re.escape(EN("restrict_muted"))))).to_have_count(0)


@pytest.mark.parametrize(("say", "size", "language"), [(EN, "desktop", "en"), (HE, "phone", "he")])
def test_everyone_who_matches_is_chosen_and_a_member_is_looked_at(
    people: People, say: Words, size: Size, language: Language
) -> None:
    page, grid = open_members(people, size, language)
    audit(page, dark=True)
    page.locator("summary", has_text=say("members_filters")).click()
    page.get_by_label(say("organize_role")).select_option("MODERATOR")
    expect(grid).not_to_have_attribute("aria-rowcount", re.compile("^[0-9]{2,}$"))
    moderators = int(grid.get_attribute("aria-rowcount") or 0)
    assert moderators >= 1
    page.get_by_role("button", name=say.like("members_select_all", number=str(moderators))).click()
    expect(page.get_by_text(say.like("members_selected", number=str(moderators)))).to_be_visible()
    grid.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(say("members_scope"))).to_be_visible()
    audit(page, "[role=dialog]", sizes=[size])


@pytest.mark.parametrize(("say", "persona", "language"), [
    (EN, "participant, English", "en"), (HE, "participant, Hebrew", "he"),
])  # fmt: skip
def test_who_is_suspended_is_signed_out_and_told_why_in_their_language(
    own: Serving, apart: People, say: Words, persona: str, language: Language
) -> None:
    theirs = apart.api(persona).ask("{ viewer { id } }")["viewer"]
    page = apart.page(persona, "phone", language)
    page.goto(JAM)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    suspend(apart.api("moderator"), theirs["id"])
    expect(
        page.get_by_role("link", name=say("state_sign_in_act")).or_(page.get_by_label(say("entry_email"))).first
    ).to_be_visible()
    page.goto(own.links()[persona])
    expect(page).not_to_have_url(re.compile("/enter"))
    page.goto(JAM)
    expect(page.get_by_role("heading", level=1, name=say("restrict_suspended_title"))).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_text(say("restrict_suspended_open"))).to_be_visible()
    expect(page.get_by_role("link", name="jam@localhost")).to_have_attribute("href", "mailto:jam@localhost")
    audit(page, dark=True)
    apart.api("moderator").do(
        "liftRestrictions", "LiftRestrictionsInput", jamId=apart.api("moderator").jam()["id"], personIds=[theirs["id"]],
        reason="It was a mistake",
    )  # fmt: skip
    page.get_by_role("button", name=say("restrict_suspended_check")).click()
    expect(page.get_by_role("heading", level=1, name=say("restrict_suspended_title"))).to_be_hidden()


def test_who_is_muted_reads_it_above_the_page_and_can_not_post(apart: People) -> None:
    theirs = apart.api("participant, English").ask("{ viewer { id } }")["viewer"]
    page = apart.page("participant, English", "phone", "en")
    page.goto(JAM)
    suspend(apart.api("moderator"), theirs["id"], "MUTED")
    note = page.get_by_role("status").filter(has_text=EN("restrict_muted_note"))
    expect(note).to_contain_text(REASON)
    api = apart.api("participant, English")
    jam = api.jam()
    document = "mutation($input: PostIdeaInput!) { postIdea(input: $input) { ... on Restricted { code kind reason until } } }"
    fields = {
        "commandId": str(uuid.uuid4()),
        "jamId": jam["id"],
        "topicId": jam["topics"][0]["id"],
        "title": "An idea",
        "body": "",
    }
    refused = api.ask(document, input=fields)["postIdea"]
    assert refused == {"code": "Restricted", "kind": "MUTED", "reason": REASON, "until": None}
