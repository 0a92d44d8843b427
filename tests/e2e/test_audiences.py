"""A family member does not find what is for employees only: not on any page, in any list, or live."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, StorageState, expect

from tests.e2e.boards import open_board, wait_for_tile
from tests.e2e.jams import invite
from tests.e2e.mailbox import Mailbox
from tests.e2e.people import JAM, OURS, SLUG, Api, People
from tests.e2e.serving import Serving
from tests.e2e.words import EN

SECRET_TOPIC = "Inside the workshop (employees)"
PAGES = ("", "?order=TOP", "/themes", "/post", "/search?q=search", "/search?q=workshop", "/inbox", "/me")


@pytest.fixture(scope="module")
def family(playwright: Playwright, serving: Serving, seed: Any, mailbox: Mailbox) -> Iterator[StorageState]:
    """The cookies of a family member who has just joined."""
    organizer = Api(
        playwright.request.new_context(base_url=serving.url, storage_state=seed.states["organizer"], extra_http_headers=OURS)
    )
    invitation = invite(organizer, organizer.jam()["id"], relation="FAMILY").rsplit("/", 1)[1]
    asked = {"email": "grandma@example.org", "name": "Grandma Rose", "invitation": invitation, "language": "en"}
    grandma = Api(playwright.request.new_context(base_url=serving.url, extra_http_headers=OURS))
    assert grandma.requests.post("/auth/link", data=asked).ok
    secret = mailbox.link_for("grandma@example.org").partition("#")[2]
    assert grandma.requests.post("/auth/enter", data={"token": secret}).ok
    state = grandma.requests.storage_state()
    grandma.do("acceptInvitation", "AcceptInvitationInput", token=invitation)
    yield state
    for api in (organizer, grandma):
        api.requests.dispose()


@pytest.fixture
def grandma(people: People, family: StorageState) -> Page:
    """A family member's page."""
    people.states = {**people.states, "family": family}
    return people.page("family")


def secrets(people: People) -> dict[str, str]:
    """Title → id of the ideas in the employees' topic."""
    moderator = people.api("moderator")
    topic = next(topic["id"] for topic in moderator.jam()["topics"] if topic["title"] == SECRET_TOPIC)
    document = """query($slug: String!, $topic: ID!) {
      jam(slug: $slug) { ideas(order: TOP, topicId: $topic, first: 50) { edges { node { id title } } } } }"""
    edges = moderator.ask(document, slug=SLUG, topic=topic)["jam"]["ideas"]["edges"]
    return {edge["node"]["title"]: edge["node"]["id"] for edge in edges}


def assert_nothing_of_it(page: Page, hidden: dict[str, str]) -> None:
    """Neither the text of the page nor its choices hold the topic, an idea of it or its id."""
    content = page.content()
    found = [text for text in (SECRET_TOPIC, *hidden, *hidden.values()) if text in content]
    assert not found, f"{page.url} shows {found}"


def test_no_page_shows_the_employees_topic(grandma: Page, people: People) -> None:
    hidden = secrets(people)
    assert len(hidden) > 5, "there is something to find"
    employee = people.page("participant, Hebrew", language="en")
    open_board(employee, JAM)
    assert SECRET_TOPIC in employee.content(), "an employee finds it"

    for address in PAGES:
        grandma.goto(JAM + address)
        expect(grandma.get_by_role("heading", level=1)).to_be_attached()
        grandma.wait_for_load_state("networkidle")
        assert_nothing_of_it(grandma, hidden)
    for order in ("NEW", "RISING", "DISCUSSED", "UNATTENDED", "FAIR"):
        open_board(grandma, f"{JAM}?order={order}")
        assert_nothing_of_it(grandma, hidden)


def test_its_ideas_are_not_there_even_by_their_address(grandma: Page, people: People) -> None:
    title, id = next(iter(secrets(people).items()))
    grandma.goto(f"{JAM}/idea/{id}")
    expect(grandma.get_by_role("heading", name=EN("idea_gone_title"))).to_be_visible()
    assert title not in grandma.content()


def test_similar_ideas_come_from_what_one_may_see(grandma: Page, people: People) -> None:
    hidden = secrets(people)
    grandma.goto(f"{JAM}/post")
    for title in list(hidden)[:3]:
        grandma.get_by_label(EN("post_title")).fill(title)
        with grandma.expect_response("**/graphql"):
            grandma.get_by_label(EN("post_title")).press("End")
        close = grandma.get_by_role("region", name=EN("post_close"))
        expect(close).to_be_visible()
        expect(close.get_by_text(title)).to_have_count(0)


def test_nothing_of_it_arrives_live(grandma: Page, people: People) -> None:
    open_board(grandma, f"{JAM}?order=NEW")
    employee = people.api("participant, Hebrew")
    jam = employee.jam()
    secret = next(topic["id"] for topic in jam["topics"] if topic["title"] == SECRET_TOPIC)
    public = next(topic["id"] for topic in jam["topics"] if topic["audience"]["kind"] == "EVERYONE")
    id = employee.post_idea(jam["id"], secret, "For the people at the benches only")
    employee.comment(id, "Nobody else reads this.")
    employee.post_idea(jam["id"], public, "For everyone, benches or not")

    wait_for_tile(grandma, "For everyone, benches or not")
    assert_nothing_of_it(grandma, {"For the people at the benches only": id, "Nobody else reads this.": id})
