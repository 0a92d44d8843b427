"""The whole way of a guest: an employee comes in by the company, invites her brother, he comes in from the mail in Hebrew with a
passkey, sees what is for families only, posts without a name; and his open page is signed out when the branch is revoked.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.access.providing import SECRET, OpenIDProvider
from tests.e2e.conftest import Seed
from tests.e2e.mailbox import Mailbox
from tests.e2e.people import JAM, People
from tests.e2e.serving import Serving, free_port
from tests.e2e.test_audiences import SECRET_TOPIC, assert_nothing_of_it, secrets
from tests.e2e.test_inviting import House, with_a_device
from tests.e2e.test_ways_in import LABEL, enter_by_company, visitor
from tests.e2e.words import EN, HE
from tests.jam.sealing import KEY

BROTHER, ADDRESS = "גיל", "gil@example.net"
TITLE = "ארוחת ערב עם המשפחות פעם ברבעון"
REASON = "Nobody here knows these accounts"


@pytest.fixture(scope="module")
def company(seed: Seed, tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[House]:
    """A server that mails, with the company's provider, by its two names."""
    port, data = free_port(), tmp_path_factory.mktemp("brother") / "store"
    shutil.copytree(seed.data, data)
    url = f"http://localhost:{port}"
    provider = OpenIDProvider(free_port(), f"{url}/auth/company/back")
    provider.start()
    environment = {
        "HOTHOUSE_PUBLIC_URL": url, "HOTHOUSE_SMTP_URL": mailbox.url, "HOTHOUSE_OIDC_ISSUER": provider.issuer,
        "HOTHOUSE_OIDC_CLIENT_ID": "hothouse", "HOTHOUSE_OIDC_CLIENT_SECRET": SECRET, "HOTHOUSE_OIDC_LABEL": LABEL,
        "HOTHOUSE_OIDC_SCOPES": "openid email profile groups", "HOTHOUSE_OIDC_RULES": json.dumps([{"relation": "EMPLOYEE"}]),
    }  # fmt: skip
    serving = Serving(data, environment, port).start()
    yield House(url, serving.url)
    serving.stop()
    provider.stop()


def allow_unnamed(people: People) -> None:
    """The jam lets people post without a name."""
    organizer = people.api("organizer")
    jam = organizer.jam()["id"]
    organizer.do("setAuditKey", "SetAuditKeyInput", jamId=jam, publicKey=KEY, eyes=2)
    organizer.do("setAnonymousPosting", "SetAnonymousPostingInput", jamId=jam, on=True)


def invite_brother(page: Page) -> None:
    form = page.get_by_role("region", name=EN("invite_by_mail"))
    form.get_by_label(EN("invite_mail_to")).fill(f"{BROTHER} <{ADDRESS}>")
    form.get_by_label(EN("invite_as")).select_option("FAMILY")
    form.get_by_label(EN("invite_language")).select_option("he")
    form.get_by_role("button", name=EN("invite_mail_act"), exact=True).click()
    expect(page.get_by_text(EN.like("invite_mail_sent"))).to_be_visible()


def come_in(page: Page, link: str) -> None:
    """From the mail into the jam, with a passkey made on the way."""
    page.goto(link)
    expect(page.get_by_role("heading", name=HE("invited_shared"))).to_be_visible()
    page.get_by_role("button", name=HE("invited_accept")).click()
    page.get_by_role("button", name=HE("invited_passkey_make")).click()
    expect(page.get_by_role("heading", name=HE("invited_passkey_made"))).to_be_visible()
    page.get_by_role("button", name=HE("invited_go_in")).click()
    expect(page).to_have_url(re.compile(f"{JAM}$"))


def post_without_a_name(page: Page) -> str:
    """The idea's address."""
    page.goto(f"{JAM}/post")
    page.get_by_label(HE("post_title")).fill(TITLE)
    page.get_by_label(HE("board_topic")).select_option(index=1)
    page.get_by_label(HE("anon_toggle")).check()
    page.get_by_role("button", name=HE("post_act")).click()
    page.wait_for_url("**/idea/**")
    return page.url


def revoke(page: Page, name: str) -> None:
    """The organizer finds someone in the tree and revokes what they brought."""
    page.goto(f"{JAM}/reach")
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("main").locator(".search").get_by_role("button", name=name).click()
    page.get_by_role("button", name=EN("reach_revoke"), exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 people")
    dialog.get_by_role("textbox").fill(REASON)
    dialog.get_by_role("button", name="Revoke: 2 people").click()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_a_brother_comes_in_speaks_up_and_is_sent_out(
    company: House, mailbox: Mailbox, people_at: Callable[[str], People]
) -> None:
    staff, visitors = people_at(company.numbered), people_at(company.named)
    allow_unnamed(staff)
    sister = visitor(visitors)
    enter_by_company(sister, EN, "dana", f"{JAM}/invite")
    invite_brother(sister)

    brother = visitors.page(None, "phone", "he")
    with_a_device(brother)
    come_in(brother, mailbox.invitation_for(ADDRESS))
    hidden = secrets(staff)
    assert hidden
    for path in ("", "?order=TOP", "/themes", "/post", "/search?q=workshop"):
        brother.goto(f"{JAM}{path}")
        expect(brother.get_by_role("main")).to_be_visible()
        assert_nothing_of_it(brother, hidden)
    assert SECRET_TOPIC not in brother.content()

    idea = post_without_a_name(brother)
    expect(brother.get_by_text(HE("anon_author")).first).to_be_visible()
    for persona in ("moderator", "organizer", "executive"):
        node = staff.api(persona).ask(
            "query ($id: ID!) { node(id: $id) { ... on Idea { title author { id name } } } }", id=idea.rsplit("/", 1)[1]
        )["node"]
        assert node == {"title": TITLE, "author": {"id": None, "name": None}}

    organizer = staff.page("organizer")
    brother.goto(JAM)
    expect(brother.get_by_role("main")).to_be_visible()
    revoke(organizer, "Dana Levi")
    expect(brother.get_by_role("link", name=HE("entry_sign_in"))).to_be_visible(timeout=5_000)
    assert TITLE not in brother.content()
