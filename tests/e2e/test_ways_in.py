"""Signing in by the company's account and by a passkey, in a real browser with a real provider and a virtual device."""

import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.access.providing import SECRET, OpenIDProvider
from tests.e2e.conftest import Seed
from tests.e2e.people import Language, People, Size
from tests.e2e.serving import Serving, free_port
from tests.e2e.words import EN, HE, Words

LABEL = "Rimon Hale account"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def company(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a company's provider. It has a name: browsers make no passkeys for numbers."""
    port, data = free_port(), tmp_path_factory.mktemp("company") / "store"
    shutil.copytree(seed.data, data)
    url = f"http://localhost:{port}"
    provider = OpenIDProvider(free_port(), f"{url}/auth/company/back")
    provider.start()
    environment = {
        "HOTHOUSE_PUBLIC_URL": url, "HOTHOUSE_OIDC_ISSUER": provider.issuer, "HOTHOUSE_OIDC_CLIENT_ID": "hothouse",
        "HOTHOUSE_OIDC_CLIENT_SECRET": SECRET, "HOTHOUSE_OIDC_LABEL": LABEL,
        "HOTHOUSE_OIDC_SCOPES": "openid email profile groups", "HOTHOUSE_OIDC_RULES": json.dumps([{"relation": "EMPLOYEE"}]),
    }  # fmt: skip
    serving = Serving(data, environment, port).start()
    yield url
    serving.stop()
    provider.stop()


def at_the_provider(page: Page, login: str) -> None:
    """Fills in the provider's pages, until it sends the browser back."""
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def visitor(people: People, size: Size = "desktop", language: Language = "en") -> Page:
    """Nobody yet. The provider's own pages want a font from elsewhere and an icon: both are given to them."""
    page = people.page(None, size, language)
    page.context.route("https://fonts.googleapis.com/**", lambda route: route.fulfill(body="", content_type="text/css"))
    page.context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    return page


def enter_by_company(page: Page, say: Words, login: str, next_path: str = "/account") -> None:
    page.goto(f"/sign-in?next={next_path}")
    page.get_by_role("button", name=say("entry_company", label=LABEL)).click()
    at_the_provider(page, login)
    page.wait_for_url(f"**{next_path}")


@pytest.mark.parametrize(("say", "size", "language"), [(EN, "desktop", "en"), (HE, "phone", "he")])
def test_an_employee_enters_by_the_companys_account_and_then_by_a_passkey(
    company: str, people_at: Callable[[str], People], say: Words, size: Size, language: Language
) -> None:
    page = visitor(people_at(company), size, language)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    enter_by_company(page, say, "dana" if language == "en" else "mo")
    page.get_by_role("button", name=say("account_passkey_make")).click()
    expect(page.get_by_text(say("account_passkey_made"))).to_be_visible()
    expect(page.get_by_role("heading", name=say("account_passkeys")).locator("..").get_by_role("listitem")).to_have_count(1)

    page.goto("/")
    page.get_by_role("button", name=say("home_sign_out")).click()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name=say("entry_passkey")).click()
    expect(page.get_by_role("heading", name=say("account_title"), level=1)).to_be_visible()
    expect(page.get_by_text(say("account_here"), exact=True)).to_be_visible()


def test_a_session_ended_elsewhere_signs_the_open_page_out(company: str, people_at: Callable[[str], People]) -> None:
    people = people_at(company)
    there, here = visitor(people), visitor(people)
    enter_by_company(there, EN, "ada", "/")
    enter_by_company(here, EN, "ada")
    here.get_by_role("button", name=EN("account_end_others")).click()
    expect(here.get_by_role("heading", name=EN("account_sessions")).locator("..").get_by_role("listitem")).to_have_count(1)
    there.reload()
    expect(there.get_by_role("button", name=EN("home_sign_out"))).to_have_count(0)


def test_whoever_turns_back_is_told_so_and_can_use_a_link(company: str, people_at: Callable[[str], People]) -> None:
    page = visitor(people_at(company))
    page.goto("/sign-in")
    page.get_by_role("button", name=EN("entry_company", label=LABEL)).click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("alert")).to_have_text(EN("entry_trouble_Declined"))
    expect(page.get_by_role("button", name=EN("entry_send_link"))).to_be_visible()
