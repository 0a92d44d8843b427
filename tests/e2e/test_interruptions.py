"""Whatever breaks, the page comes back by itself to exactly what a fresh load shows, and nothing acknowledged is lost."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, StorageState, expect

from tests.e2e.boards import PILL, open_board, read_board, show_what_waits, support_button, tile
from tests.e2e.cable import Cable
from tests.e2e.people import JAM, OURS, SLUG, Api, People
from tests.e2e.serving import ROOT, Serving, free_port
from tests.e2e.watching import Watch
from tests.e2e.words import EN

VOTERS = ("moderator", "executive", "organizer")
BACK_WITHIN_MS = 15_000
FIRST = 20
"""Ideas that a board loads at first."""


def assert_same_as_fresh(page: Page, people: People, persona: str, address: str = JAM) -> None:
    """The page shows in the end, without a reload, exactly what a page loaded now shows."""
    fresh = people.page(persona)
    open_board(fresh, address)
    expected = lines_of(read_board(fresh))
    deadline = time.monotonic() + BACK_WITHIN_MS / 1000
    while (shown := lines_of(read_board(page))) != expected and time.monotonic() < deadline:
        show_what_waits(page)
        page.wait_for_timeout(100)
    assert shown == expected
    fresh.context.close()


def lines_of(board: dict[str, Any]) -> list[str]:
    """A line for each thing on the first screens of a board (a list that was followed may be longer than a fresh one)."""
    return [*(str(list(tile.values())) for tile in board["tiles"][:FIRST]), *board["pulse"], *board["topics"]]


def newest_ideas(api: Api, first: int = 12) -> list[str]:
    """The ids of the newest ideas that are not locked."""
    document = """query($slug: String!, $first: Int!) {
      jam(slug: $slug) { ideas(order: NEW, first: $first) { edges { node { id isLocked } } } } }"""
    edges: list[dict[str, Any]] = api.ask(document, slug=SLUG, first=first)["jam"]["ideas"]["edges"]
    return [edge["node"]["id"] for edge in edges if not edge["node"]["isLocked"]]


def supported_by(api: Api) -> set[str]:
    """What someone supports, as the server knows it."""
    document = "query($jam: ID!) { viewer { supportedIdeaIds(jamId: $jam) } }"
    return set(api.ask(document, jam=api.jam()["id"])["viewer"]["supportedIdeaIds"])


class Voter(threading.Thread):
    """Supports and withdraws as fast as it is answered, until the server is gone; keeps what was acknowledged."""

    def __init__(self, url: str, state: StorageState, ideas: list[str]) -> None:
        super().__init__(daemon=True)
        cookies = {cookie["name"]: cookie["value"] for cookie in state["cookies"]}
        self._http = httpx.Client(base_url=url, headers=OURS, cookies=cookies, timeout=5)
        self._ideas = ideas
        self.acknowledged: dict[str, bool] = {}
        """Idea → supported, by the last acknowledged command. The one under way at the end is in neither state for sure."""
        self.count = 0

    def run(self) -> None:
        for turn in range(100_000):
            idea, is_on = self._ideas[turn % len(self._ideas)], turn // len(self._ideas) % 2 == 0
            self.acknowledged.pop(idea, None)
            try:
                answer = self._http.post("/graphql", json=_vote(idea, is_on, f"{self.name}-{turn}"))
            except httpx.TransportError:
                return
            assert answer.json()["data"]["it"]["__typename"] == "IdeaSuccess", answer.text
            self.acknowledged[idea] = is_on
            self.count += 1


def _vote(idea: str, is_on: bool, command_id: str) -> dict[str, Any]:
    field = "supportIdea" if is_on else "withdrawSupport"
    document = f"mutation Vote($input: IdeaInput!) {{ it: {field}(input: $input) {{ __typename }} }}"
    return {"query": document, "variables": {"input": {"commandId": command_id, "ideaId": idea}}}


def test_a_killed_server_loses_no_acknowledged_vote(
    start_server: Callable[..., Serving], people_at: Callable[[str], People], watch: Watch
) -> None:
    serving = start_server()
    people = people_at(serving.url)
    page = people.page("participant, English")
    open_board(page, JAM)
    page.evaluate("window.wasNotReloaded = true")
    ideas = newest_ideas(people.api("organizer"))
    voters = {persona: Voter(serving.url, people.states[persona], ideas) for persona in VOTERS}
    for voter in voters.values():
        voter.start()
    while min(voter.count for voter in voters.values()) < 40:
        time.sleep(0.02)
    title = read_board(page)["tiles"][0]["title"]

    with watch.accepting_lost_connections():
        serving.kill()
        for voter in voters.values():
            voter.join()
        support_button(tile(page, title), EN).click()
        waiting = tile(page, title).get_by_text(re.compile(EN("ui_sending") + "|" + EN("wait_next_try", at="~").split("~")[0]))
        expect(waiting).to_be_visible()
        serving.start()
        expect(waiting).to_be_hidden(timeout=BACK_WITHIN_MS)
        assert_same_as_fresh(page, people, "participant, English")

    assert page.evaluate("window.wasNotReloaded"), "the page came back by itself"
    assert read_board(page)["tiles"][0]["supported"] == "true", "the tap made while the server was gone has arrived"
    for persona, voter in voters.items():
        supported = supported_by(people.api(persona))
        lost = {idea for idea, is_on in voter.acknowledged.items() if (idea in supported) != is_on}
        assert not lost, f"{persona}: acknowledged and lost"
    print(f"{sum(voter.count for voter in voters.values())} votes were acknowledged before the kill; none is lost")


@pytest.fixture(scope="module")
def cable(start_server: Callable[..., Serving]) -> Iterator[Cable]:
    """A server that is reached by a cable only."""
    port = free_port()
    serving = start_server(HOTHOUSE_PUBLIC_URL=f"http://127.0.0.1:{port}")
    made = Cable(port, serving.port)
    yield made
    made.cut()
    serving.stop()


def act_meanwhile(people: People) -> None:
    """What others do while someone is away: new ideas, votes, comments, a moderator's pin and a hidden idea."""
    participant, moderator = people.api("participant, Hebrew"), people.api("moderator")
    jam = participant.jam()
    topic = next(topic["id"] for topic in jam["topics"] if topic["audience"]["kind"] == "EVERYONE")
    posted = [participant.post_idea(jam["id"], topic, f"Posted while you were away, number {number}") for number in range(5)]
    for idea in posted[:3]:
        moderator.support(idea)
        participant.comment(idea, "A word while you were away.")
    for idea in newest_ideas(participant, 30)[10:25]:
        people.api("organizer").support(idea)
    moderator.do("markIdea", "MarkIdeaInput", ideaId=posted[0], mark="PINNED", on=True, reason="Read this first")
    moderator.do("hideIdea", "ModerateInput", targetId=posted[4], reason="Hidden while you were away")


@pytest.mark.parametrize("order", ["HOT", "TOP"])
def test_after_a_dropped_connection_the_page_is_as_fresh(
    cable: Cable, people_at: Callable[[str], People], watch: Watch, order: str
) -> None:
    address, mended = f"{JAM}?order={order}", people_at(f"http://127.0.0.1:{cable.port}")
    page = mended.page("participant, English")
    open_board(page, address)
    page.evaluate("window.wasNotReloaded = true")

    with watch.accepting_lost_connections():
        cable.cut()
        expect(page.get_by_text(EN("nav_reconnecting"))).to_be_visible(timeout=BACK_WITHIN_MS)
        around = people_at(f"http://127.0.0.1:{cable.to_port}")
        act_meanwhile(around)
        cable.mend()
        expect(page.get_by_text(EN("nav_reconnecting"))).to_be_hidden(timeout=BACK_WITHIN_MS)
        assert_same_as_fresh(page, mended, "participant, English", address)

    assert page.evaluate("window.wasNotReloaded")


def test_own_votes_are_known_though_the_line_broke_while_they_were_asked_for(people: People, watch: Watch) -> None:
    api = people.api("participant, English")
    idea = newest_ideas(api)[0]
    api.support(idea)
    listed = json.loads((ROOT / "frontend" / "dist" / "documents.json").read_text())["operations"]
    [asked] = [one["id"] for one in listed if one["name"] == "ViewerInJam"]
    page, broken = people.page("participant, English"), [True]

    def pass_on(route: Route) -> None:
        if broken[0] and asked in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    page.route("**/graphql", pass_on)
    with watch.accepting_lost_connections():
        open_board(page, f"{JAM}?order=NEW")
        button = page.locator("article.tile").filter(has=page.locator(f'a[href$="/idea/{idea}"]')).first
        expect(button.get_by_role("button", pressed=False).first).to_be_visible()
        page.wait_for_timeout(1_500)
        broken[0] = False
        expect(button.get_by_role("button", pressed=True).first).to_be_visible(timeout=BACK_WITHIN_MS)


def test_an_idea_posted_offline_waits_and_arrives_once(cable: Cable, people_at: Callable[[str], People], watch: Watch) -> None:
    people = people_at(f"http://127.0.0.1:{cable.port}")
    page = people.page("participant, English", "phone", offline_copy=True)
    open_board(page, f"{JAM}?order=NEW")
    page.get_by_role("link", name=EN("nav_post"), exact=True).click()
    title = "Written in the tunnel between Haifa and the Krayot"
    page.get_by_label(EN("post_title")).fill(title)
    page.get_by_label(EN("post_body")).fill("A signal would be nice too.")
    page.get_by_label(EN("board_topic")).select_option(index=1)

    with watch.accepting_lost_connections():
        page.context.set_offline(True)
        cable.cut()
        page.get_by_role("button", name=EN("post_act")).click()
        waiting = page.get_by_role("region", name=EN("board_under_way"))
        expect(waiting).to_contain_text(title)
        expect(waiting).to_contain_text(EN("ui_waiting"))
        expect(page.get_by_text(EN("nav_offline"))).to_be_visible()
        cable.mend()
        page.context.set_offline(False)
        expect(waiting).to_be_hidden(timeout=BACK_WITHIN_MS)
        expect(tile(page, title)).to_have_count(1)
        expect(page.locator(PILL)).to_have_count(0)

    found = people.api("moderator").ask(
        "query($jam: ID!, $text: String!) { search(jamId: $jam, text: $text, kinds: [IDEA]) { ideas { title } } }",
        jam=people.api("moderator").jam()["id"], text="tunnel between Haifa Krayot",
    )["search"]["ideas"]  # fmt: skip
    assert [idea["title"] for idea in found].count(title) == 1
