"""Circles: two people work in one, live; a third finds no trace of it, and whoever is taken out sees nothing any more."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.audits import audit
from tests.e2e.jams import invite, join, make_jam
from tests.e2e.people import People
from tests.e2e.words import EN, HE

MAKER, MEMBER, OTHER = "participant, English", "participant, Hebrew", "organizer"
NAME, TITLE = "Night shift", "Tea at four in the morning"
OUTSIDE = ("", "/themes", "/search?q=Tea", "/search?q=Night", "/inbox", "/circles", "/console", "/map", "/organize/members")


def of_three(people: People) -> dict[str, Any]:
    organizer = people.api("first organizer")
    jam = make_jam(organizer, ideas_open_in_ms=-60_000)
    for persona in (MAKER, MEMBER):
        join(people, persona, invite(organizer, jam["id"]))
    join(people, OTHER, invite(organizer, jam["id"], role="ORGANIZER"))
    return jam


def name_of(people: People, persona: str) -> str:
    viewer = people.api(persona).ask("{ viewer { name } }")["viewer"]
    return str(viewer["name"])


def test_two_people_work_in_a_circle_and_a_third_finds_nothing(people: People) -> None:
    jam = of_three(people)
    maker, member, other = people.page(MAKER), people.page(MEMBER, "phone", "he"), people.page(OTHER)
    at, them = f"/jam/{jam['slug']}", name_of(people, MEMBER)
    member.goto(f"{at}/circles")
    expect(member.get_by_text(HE("circle_none"))).to_be_visible()

    maker.goto(f"{at}/circles")
    maker.get_by_role("button", name=EN("circle_new")).click()
    dialog = maker.get_by_role("dialog")
    dialog.get_by_label(EN("circle_name")).fill(NAME)
    dialog.get_by_label(EN("circle_members_add")).fill(them.split()[0])
    dialog.get_by_role("button", name=them).click()
    audit(maker, "[role=dialog]")
    dialog.get_by_role("button", name=EN("circle_make")).click()
    expect(maker.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    audit(maker, dark=True)

    member.get_by_role("link", name=NAME).click()
    expect(member.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    audit(member)
    other.goto(at)
    expect(other.get_by_role("heading", level=1)).to_be_attached()

    maker.get_by_role("link", name=EN("circle_post")).click()
    expect(maker.get_by_text(EN("circle_for", name=NAME))).to_be_visible()
    maker.get_by_label(EN("post_title")).fill(TITLE)
    maker.get_by_role("button", name=EN("post_act")).click()
    expect(maker.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(member.get_by_role("heading", level=2, name=TITLE)).to_be_visible()
    member.get_by_role("link", name=TITLE).click()
    member.get_by_label(HE("idea_your_comment")).fill("גם קפה, בבקשה")
    member.get_by_role("button", name=HE("idea_send")).click()
    expect(maker.get_by_text("גם קפה, בבקשה")).to_be_visible()

    assert TITLE not in other.content()
    for address in OUTSIDE:
        other.goto(at + address)
        expect(other.get_by_role("heading", level=1)).to_be_attached()
        other.wait_for_load_state("networkidle")
        assert TITLE not in other.content(), address
        assert NAME not in other.content(), address
    counts = people.api(OTHER).ask(
        "query($slug: String!) { jam(slug: $slug) { counts { ideas comments supports } } }", slug=jam["slug"]
    )["jam"]["counts"]
    assert counts == {"ideas": 0, "comments": 0, "supports": 0}


def test_whoever_is_taken_out_sees_nothing_of_it_at_once(people: People) -> None:
    jam = of_three(people)
    api, them = people.api(MAKER), people.api(MEMBER).ask("{ viewer { id } }")["viewer"]["id"]
    made = api.do(
        "createCircle",
        "CreateCircleInput",
        "... on CircleSuccess { circle { id } }",
        jamId=jam["id"],
        name=NAME,
        memberIds=[them],
    )
    circle = made["circle"]["id"]
    api.do(
        "postIdea", "PostIdeaInput", jamId=jam["id"], topicId=jam["topics"][0]["id"], title=TITLE, body="", language="en",
        audience={"kind": "CIRCLE", "circleId": circle},
    )  # fmt: skip
    member = people.page(MEMBER, language="en")
    member.goto(f"/jam/{jam['slug']}/circles/{circle}")
    expect(member.get_by_role("heading", level=2, name=TITLE)).to_be_visible()

    maker = people.page(MAKER)
    maker.goto(f"/jam/{jam['slug']}/circles/{circle}")
    maker.get_by_role("button", name=EN("circle_remove", name=name_of(people, MEMBER))).click()
    expect(member.get_by_role("heading", level=2, name=TITLE)).to_have_count(0)
    expect(member.get_by_role("heading", level=1, name=NAME)).to_have_count(0)
    assert TITLE not in member.content()
    member.goto(f"/jam/{jam['slug']}")
    member.wait_for_load_state("networkidle")
    assert TITLE not in member.content()
