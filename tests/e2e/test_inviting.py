"""Members invite by mail and link, guests come in with a passkey, rooms by a code, and organizers by a list."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import audit
from tests.e2e.conftest import Seed
from tests.e2e.jams import make_jam
from tests.e2e.mailbox import Mailbox
from tests.e2e.people import JAM, People
from tests.e2e.serving import Serving, free_port
from tests.e2e.test_ways_in import DEVICE
from tests.e2e.words import EN, HE


@dataclass(frozen=True)
class House:
    """A server that mails, by its two names: browsers make passkeys for the one, people are signed in at the other."""

    named: str
    numbered: str


@pytest.fixture(scope="module")
def house(seed: Seed, tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[House]:
    port, data = free_port(), tmp_path_factory.mktemp("inviting") / "store"
    shutil.copytree(seed.data, data)
    named = f"http://localhost:{port}"
    serving = Serving(data, {"HOTHOUSE_PUBLIC_URL": named, "HOTHOUSE_SMTP_URL": mailbox.url}, port).start()
    yield House(named, serving.url)
    serving.stop()


def let_all_invite(people: People) -> None:
    """Friend brings friend: whatever a member is to the company, they may invite ten."""
    organizer = people.api("organizer")
    quotas = [{"relation": relation, "places": 10} for relation in ("EMPLOYEE", "FAMILY", "FRIEND", "CLIENT", "PARTNER")]
    given = {"jamId": organizer.jam()["id"], "quotas": quotas, "relations": ["FAMILY", "FRIEND"], "days": 14}
    organizer.do("setInvitationPolicy", "SetInvitationPolicyInput", **given)


def with_a_device(page: Page) -> None:
    """The page's browser gets an authenticator that knows its owner."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_mail_brings_someone_new_in_with_a_passkey_on_a_phone_in_hebrew(
    house: House, mailbox: Mailbox, people_at: Callable[[str], People]
) -> None:
    members = people_at(house.numbered)
    let_all_invite(members)
    page = members.page("participant, English", "phone")
    page.goto(f"{JAM}/invite")
    expect(page.get_by_text(EN.like("invite_left", left=10, quota=10))).to_be_visible()
    audit(page)
    page.get_by_label(EN("invite_mail_to")).fill("Savta <savta@example.net>")
    page.get_by_label(EN("invite_language")).select_option("he")
    page.get_by_label(EN("invite_line")).fill("בואי!")
    page.get_by_role("button", name=EN("invite_mail_act"), exact=True).click()
    expect(page.get_by_text(EN.like("invite_mail_sent"))).to_be_visible()
    expect(page.get_by_text(EN.like("invite_left", left=9, quota=10))).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Savta")
    expect(row.get_by_text(EN("invite_state_delivered"))).to_be_visible(timeout=15_000)

    link = mailbox.invitation_for("savta@example.net")
    guest = people_at(house.named).page(None, "phone", "he")
    with_a_device(guest)
    guest.goto(link)
    expect(guest.get_by_role("heading", name=HE("invited_shared"))).to_be_visible()
    expect(guest.get_by_text("savta@example.net")).to_be_visible()
    expect(guest.get_by_label(HE("entry_name"))).to_have_value("Savta")
    audit(guest)
    guest.get_by_label(HE("entry_name")).fill("סבתא רות")
    guest.get_by_role("button", name=HE("invited_accept")).click()
    guest.get_by_role("button", name=HE("invited_passkey_make")).click()
    expect(guest.get_by_role("heading", name=HE("invited_passkey_made"))).to_be_visible()
    guest.get_by_role("button", name=HE("invited_go_in")).click()
    expect(guest).to_have_url(re.compile(f"{JAM}$"))

    guest.goto("/")
    guest.get_by_role("button", name=HE("home_sign_out")).click()
    guest.goto(f"/sign-in?next={JAM}/me")
    guest.get_by_role("button", name=HE("entry_passkey")).click()
    expect(guest.get_by_text("סבתא רות")).to_be_visible()

    expect(row.get_by_text(EN("invite_state_joined"), exact=True)).to_be_visible(timeout=15_000)
    again = people_at(house.named).page(None, "phone", "he")
    again.goto(link)
    expect(again.get_by_role("heading", name=HE("entry_invitation_over_title"))).to_be_visible()


def test_who_does_not_want_it_declines(house: House, mailbox: Mailbox, people_at: Callable[[str], People]) -> None:
    people = people_at(house.numbered)
    let_all_invite(people)
    jam = people.api("participant, English").jam()
    guests = [{"address": "no@example.net"}]
    people.api("participant, English").do(
        "inviteByMail", "InviteByMailInput", jamId=jam["id"], relation="FRIEND", guests=guests
    )
    link = mailbox.invitation_for("no@example.net")
    somebody = people.page("participant, Hebrew", language="en")
    somebody.goto(link.replace(house.named, house.numbered))
    expect(somebody.get_by_role("button", name=EN("invited_sign_out"))).to_be_visible()
    guest = people_at(house.named).page(None)
    guest.goto(link)
    guest.get_by_text(EN("invited_no_thanks")).click()
    guest.get_by_role("button", name=EN("invited_report")).click()
    expect(guest.get_by_role("heading", name=EN("invited_declined"))).to_be_visible()
    page = people.page("participant, English")
    page.goto(f"{JAM}/invite")
    row = page.get_by_role("listitem").filter(has_text="no@example.net")
    expect(row.get_by_text(EN("invite_state_declined"))).to_be_visible()
    expect(row.get_by_text(EN("invite_reported"))).to_be_visible()


def test_a_link_is_made_and_taken_back(house: House, people_at: Callable[[str], People]) -> None:
    people = people_at(house.numbered)
    let_all_invite(people)
    page = people.page("participant, Hebrew", "phone", "he")
    page.goto(f"{JAM}/invite")
    page.get_by_role("button", name=HE("organize_make_link")).click()
    made = page.get_by_role("group", name=HE("organize_link_made"))
    expect(made.get_by_role("img", name=HE("organize_qr"))).to_be_visible()
    expect(page.get_by_text(HE.like("invite_left", left=9, quota=10))).to_be_visible()
    audit(page)
    page.get_by_role("listitem").get_by_role("button", name=re.compile(HE("organize_revoke"))).click()
    page.get_by_role("alertdialog").or_(page.get_by_role("dialog")).get_by_role("button", name=HE("organize_revoke")).click()
    expect(page.get_by_text(HE.like("invite_left", left=10, quota=10))).to_be_visible()


def test_a_room_joins_by_the_code_on_the_wall(house: House, people_at: Callable[[str], People]) -> None:
    people = people_at(house.numbered)
    jam = make_jam(people.api("first organizer"), 3_600_000)
    wall = people.page("first organizer")
    wall.goto(f"/jam/{jam['slug']}/organize/invitations")
    wall.get_by_role("tab", name=EN("invite_tab_code")).click()
    wall.get_by_role("button", name=EN("invite_code_act")).click()
    code = wall.locator(".code")
    expect(code).to_have_text(re.compile("^[A-Z2-9]{4} [A-Z2-9]{4}$"))
    expect(wall.get_by_text(EN.like("invite_wall_joined", number=0))).to_be_visible()
    audit(wall)

    guest = people.page("participant, Hebrew", "phone", "he")
    guest.goto("/join")
    audit(guest)
    guest.get_by_label(HE("invited_code")).fill("ABCD EFGH")
    guest.get_by_role("button", name=HE("invited_code_act")).click()
    expect(guest.get_by_text(HE("invited_code_wrong"))).to_be_visible()
    guest.get_by_label(HE("invited_code")).fill(code.inner_text().lower().replace(" ", ""))
    guest.get_by_role("button", name=HE("invited_code_act")).click()
    guest.get_by_role("button", name=HE("entry_join")).click()
    expect(guest).to_have_url(re.compile(f"/jam/{jam['slug']}$"))
    expect(wall.get_by_text(EN.like("invite_wall_joined", number=1))).to_be_visible()


def test_organizers_invite_a_list_and_set_what_members_may(
    house: House, mailbox: Mailbox, people_at: Callable[[str], People]
) -> None:
    people = people_at(house.numbered)
    page = people.page("organizer")
    page.goto(f"{JAM}/organize/invitations")
    page.get_by_role("tab", name=EN("invite_tab_list")).click()
    page.get_by_label(EN("invite_list_paste")).fill("one@example.net,One,friend\nno address\nONE@example.net\n")
    page.get_by_role("button", name=EN("invite_list_look")).click()
    expect(page.get_by_role("row").filter(has_text="no address")).to_contain_text(EN("invite_line_bad_address"))
    expect(page.get_by_role("row", name=re.compile("^3 ONE@"))).to_contain_text(EN("invite_line_duplicate"))
    audit(page)
    page.get_by_role("button", name=EN.like("invite_list_act")).click()
    expect(page.get_by_role("heading", name=EN("invite_list_done"))).to_be_visible()
    mailbox.invitation_for("one@example.net")
    expect(page.get_by_role("listitem").filter(has_text="One").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=EN("invite_list_report")).click()
    assert download.value.path().read_text("utf-8-sig").splitlines()[1].startswith("1,one@example.net,QUEUED")

    page.get_by_role("tab", name=EN("invite_tab_policy")).click()
    part = page.get_by_role("region", name=EN("invite_tab_policy"))
    for relation in ("employee", "family", "friend", "client", "partner"):
        part.get_by_role("spinbutton", name=EN(f"word_relation_{relation}"), exact=True).fill("3")
    part.get_by_role("button", name=EN("ui_save")).click()
    expect(page.get_by_text(EN("organize_saved"))).to_be_visible()
    audit(page)
    member = people.page("participant, English")
    member.goto(f"{JAM}/invite")
    expect(member.get_by_text(EN.like("invite_left", quota=3))).to_be_visible()
