"""One's own data in a real browser: a token, the archive, and the end of an account, in Hebrew on a phone and in English."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit
from tests.e2e.people import JAM, SLUG, People, Size
from tests.e2e.serving import Serving
from tests.e2e.words import EN, HE, Words

ACCOUNTS: list[tuple[str, Size, Words]] = [
    ("participant, Hebrew", "phone", HE),
    ("participant, English", "desktop", EN),
]
TITLE = "Kumquats in every courtyard"
ME = "{ viewer { id name email } }"


@pytest.fixture(scope="module")
def serving_erasures(start_server: Callable[..., Serving]) -> Serving:
    """A server of its own: people are gone from it afterwards."""
    return start_server()


@pytest.fixture
def people(people_at: Callable[[str], People], serving_erasures: Serving) -> People:
    return people_at(serving_erasures.url)


def archive_of(page: Page, say: Words) -> ZipFile:
    with page.expect_download() as download:
        page.get_by_role("button", name=say("mydata_take_act")).click()
    path: Path = download.value.path()
    return ZipFile(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize(("persona", "size", "say"), ACCOUNTS, ids=["he", "en"])
def test_a_token_works_for_a_program_until_it_is_revoked(
    people: People, serving_erasures: Serving, persona: str, size: Size, say: Words
) -> None:
    page = people.page(persona, size, "he" if say is HE else "en")
    page.goto("/account")
    page.get_by_role("button", name=say("token_new")).click()
    page.get_by_label(say("token_name")).fill("Dashboard")
    page.get_by_label(say("token_scope_vote")).check()
    audit(page, "main")
    page.get_by_role("button", name=say("token_make"), exact=True).click()
    secret = page.get_by_role("status").locator("code").inner_text()
    assert secret.startswith("hh_")
    asked = {"query": ME}
    program = people.playwright.request.new_context(
        base_url=serving_erasures.url, extra_http_headers={"Authorization": f"Bearer {secret}"}
    )
    assert program.post("/graphql", data=asked).json()["data"]["viewer"]["name"]
    page.get_by_role("button", name=say("token_revoke_named", name="Dashboard")).click()
    page.get_by_role("dialog").get_by_role("button", name=say("token_revoke"), exact=True).click()
    expect(page.get_by_text("Dashboard")).to_have_count(0)
    assert program.post("/graphql", data=asked).status == 401
    program.dispose()


@pytest.mark.parametrize(("persona", "size", "say"), ACCOUNTS, ids=["he", "en"])
def test_the_archive_holds_ones_idea_and_afterwards_nobody_is_found(
    people: People, serving_erasures: Serving, persona: str, size: Size, say: Words
) -> None:
    withdraws = say is EN
    api, mod = people.api(persona), people.api("moderator")
    me = api.ask(ME)["viewer"]
    jam = api.jam()
    idea = api.post_idea(jam["id"], jam["topics"][0]["id"], f"{TITLE} {say.language}")
    page = people.page(persona, size, say.language)  # type: ignore[arg-type]
    page.goto("/account/data")
    audit(page, "main", dark=True)
    with archive_of(page, say) as archive:
        assert f"{TITLE} {say.language}" in archive.read("data.html").decode()
        assert json.loads(archive.read("data.json"))["person"]["email"] == me["email"]
    page.get_by_role("radio").nth(1 if withdraws else 0).check()
    page.get_by_role("button", name=say("mydata_go_on")).click()
    dialog = page.get_by_role("dialog")
    erase = dialog.get_by_role("button", name=say("mydata_erase_act"))
    expect(erase).to_be_disabled()
    dialog.get_by_label(say("mydata_typed")).fill("someone@example.org")
    expect(erase).to_be_disabled()
    dialog.get_by_label(say("mydata_typed")).fill(me["email"] or me["name"])
    audit(page, "[role=dialog]", sizes=[size])
    erase.click()
    expect(page.get_by_role("heading", name=say("mydata_erased_title"))).to_be_visible()
    assert page.locator("main code").inner_text() == me["id"]
    audit(page, "main", sizes=[size])
    assert page.evaluate("localStorage.length") == 0
    assert api.ask(ME)["viewer"] is None
    seen = mod.ask("query($id: ID!) { idea(id: $id) { title author { name } } }", id=idea)["idea"]
    if withdraws:
        assert seen == {"title": "", "author": {"name": None}}
    else:
        assert seen == {"title": f"{TITLE} he", "author": {"name": None}}
        other = people.page("moderator", "desktop", "en")
        other.goto(f"{JAM}/idea/{idea}")
        expect(other.get_by_text(EN("ui_nameless")).first).to_be_visible()
    found = mod.ask(
        "query($id: ID!, $text: String!) { search(jamId: $id, text: $text) { people { id } } }", id=jam["id"], text=me["name"]
    )
    assert me["id"] not in [person["id"] for person in found["search"]["people"]]
    assert SLUG in JAM


def test_the_only_organizer_is_asked_to_hand_over_first(people: People) -> None:
    page = people.page("first organizer")
    page.goto("/account/data")
    expect(page.get_by_text(EN("mydata_obstacle"))).to_be_visible()
    expect(page.get_by_role("button", name=EN("mydata_go_on"))).to_have_count(0)
