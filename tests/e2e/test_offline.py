"""What is done without a network is kept on the device, is shown as waiting, and arrives exactly once; or it is said why not."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.audits import over_the_edge, violations
from tests.e2e.boards import open_board, read_board, support_button, tile
from tests.e2e.cable import Cable
from tests.e2e.people import JAM, SLUG, Api, Language, People, Size
from tests.e2e.serving import Serving, free_port
from tests.e2e.watching import Watch
from tests.e2e.words import EN, HE, Words
from tests.e2e.workers import wake

BACK_WITHIN_MS = 20_000
KEPT_AFTER_MS = 2_600
"""A board is kept on the device this long after it was opened, at the latest."""

ON_DEVICE = """() => new Promise((done, fail) => {
  const opening = indexedDB.open('hothouse')
  opening.onerror = () => fail(opening.error)
  opening.onsuccess = () => {
    const all = opening.result.transaction('entries').objectStore('entries').getAll()
    all.onsuccess = () => { opening.result.close(); done(all.result) }
  }
})"""


@pytest.fixture(scope="module")
def line(start_server: Callable[..., Serving]) -> Iterator[tuple[Serving, Cable]]:
    """A server, and the cable by which pages reach it."""
    port = free_port()
    serving = start_server(HOTHOUSE_PUBLIC_URL=f"http://127.0.0.1:{port}")
    made = Cable(port, serving.port)
    yield serving, made
    made.cut()
    serving.stop()


@pytest.fixture
def cable(line: tuple[Serving, Cable]) -> Cable:
    """The cable alone."""
    return line[1]


@pytest.fixture
def people(cable: Cable, people_at: Callable[[str], People]) -> People:
    """Everyone, at the end of the cable."""
    return people_at(f"http://127.0.0.1:{cable.port}")


@pytest.fixture
def around(cable: Cable, people_at: Callable[[str], People]) -> People:
    """Everyone, past the cable: what the server really holds."""
    return people_at(f"http://127.0.0.1:{cable.to_port}")


def page_of(people: People, persona: str, size: Size = "desktop", language: Language = "en") -> Page:
    """A page that can start without a network: it has kept itself, and the board that its person saw."""
    page = people.page(persona, size, language, offline_copy=True)
    open_board(page, f"{JAM}?order=NEW")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(KEPT_AFTER_MS)
    return page


def go_offline(page: Page, cable: Cable) -> None:
    """Into the tunnel."""
    page.context.set_offline(True)
    cable.cut()


def go_online(page: Page, cable: Cable) -> None:
    """Out of it."""
    cable.mend()
    page.context.set_offline(False)


def another_tab(page: Page, watch: Watch, address: str = f"{JAM}?order=NEW") -> Page:
    """A new tab of the same browser."""
    opened = page.context.new_page()
    watch.look_at(opened)
    opened.goto(address)
    return opened


def write_idea(page: Page, say: Words, title: str) -> None:
    """Posts an idea by its form."""
    page.get_by_role("link", name=re.compile(f"^({say('nav_post')}|{say('nav_post_idea')})$")).first.click()
    page.get_by_label(say("post_title")).fill(title)
    page.get_by_label(say("post_body")).fill("Written where there is no signal.")
    page.get_by_label(say("board_topic")).select_option(index=1)
    page.get_by_role("button", name=say("post_act"), exact=True).click()


def under_way(page: Page, say: Words) -> Locator:
    """What has not arrived yet, on top of the board."""
    return page.get_by_role("region", name=say("board_under_way"))


def write_offline(page: Page, cable: Cable, title: str) -> None:
    """An idea that waits on the device, for there is no network."""
    go_offline(page, cable)
    write_idea(page, EN, title)
    expect(under_way(page, EN)).to_contain_text(title)


def titled(api: Api, title: str) -> list[dict[str, Any]]:
    """The ideas of the jam with exactly this title, with their comments."""
    document = """query($slug: String!) { jam(slug: $slug) { ideas(order: NEW, first: 50) { edges { node {
      id title author { id } supportCount comments(first: 20) { edges { node { body } } } } } } } }"""
    edges = api.ask(document, slug=SLUG)["jam"]["ideas"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["title"] == title]


def supporters(api: Api, idea: str) -> int:
    """How many support an idea."""
    count: int = api.ask("query($id: ID!) { idea(id: $id) { supportCount } }", id=idea)["idea"]["supportCount"]
    return count


def assert_all_sent(page: Page, within_s: float = 20.0) -> None:
    """Waits until nothing of anybody waits on the device."""
    deadline = time.monotonic() + within_s
    while (left := page.evaluate(ON_DEVICE)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert left == []


def until(holds: Callable[[], object], within_s: float = 20.0) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("persona", "size", "language", "say"), [("participant, Hebrew", "phone", "he", HE), ("moderator", "desktop", "en", EN)]
)
def test_a_closed_tab_loses_nothing_and_a_start_without_network_shows_the_board(
    people: People, around: People, cable: Cable, watch: Watch, persona: str, size: Size, language: Language, say: Words
) -> None:
    page = page_of(people, persona, size, language)
    title, words = f"A light in the tunnel ({persona})", f"And a bench under it ({persona})."
    liked = read_board(page)["tiles"][2]
    href = tile(page, liked["title"]).get_by_role("link").first.get_attribute("href")
    assert href is not None
    idea = href.split("/idea/")[1]
    before = supporters(around.api("organizer"), idea)

    with watch.accepting_lost_connections():
        go_offline(page, cable)
        support_button(tile(page, liked["title"]), say).click()
        write_idea(page, say, title)
        mine = under_way(page, say)
        expect(mine).to_contain_text(title)
        expect(mine).to_contain_text(say("ui_waiting"))
        mine.get_by_role("button", name=say("wait_comment_on_it")).click()
        mine.get_by_label(say("idea_your_comment")).fill(words)
        mine.get_by_role("button", name=say("idea_send"), exact=True).click()
        expect(mine.get_by_text(words)).to_be_visible()
        until(lambda: len(page.evaluate(ON_DEVICE)) == 3)
        page.close()

        again = another_tab(page, watch)
        expect(again.locator("article.tile").first).to_be_visible()
        expect(again.get_by_text(re.compile(say("wait_as_of", at="~").split("~")[0]))).to_be_visible()
        expect(under_way(again, say)).to_contain_text(title)
        expect(under_way(again, say)).to_contain_text(words)
        expect(support_button(tile(again, liked["title"]), say)).to_have_attribute(
            "aria-pressed", "true" if liked["supported"] == "false" else "false"
        )
        again.get_by_role("link", name=say.like("nav_unsent")).click()
        expect(again.get_by_role("article")).to_have_count(3)
        assert (violations(again, "main"), over_the_edge(again)) == ([], [])
        again.goto(f"{JAM}?order=NEW")
        expect(under_way(again, say)).to_contain_text(title)

        go_online(again, cable)
        expect(under_way(again, say)).to_have_count(0, timeout=BACK_WITHIN_MS)
        expect(tile(again, title)).to_have_count(1, timeout=BACK_WITHIN_MS)
        assert_all_sent(again)

    found = titled(around.api("organizer"), title)
    assert [[edge["node"]["body"] for edge in one["comments"]["edges"]] for one in found] == [[words]]
    assert supporters(around.api("organizer"), idea) == before + (1 if liked["supported"] == "false" else -1)


def wake_worker(page: Page, url: str) -> None:
    """There is a network again, and no page of ours is open."""
    wake(page, url, "dispatchSyncEvent", tag="hothouse-outbox", lastChance=False)


def test_what_waits_is_sent_by_the_service_worker_with_no_page_open(
    people: People, around: People, cable: Cable, watch: Watch
) -> None:
    page = page_of(people, "participant, English", "phone")
    title = "Sent while the phone is in a pocket"
    with watch.accepting_lost_connections():
        write_offline(page, cable, title)
        elsewhere = page.context.new_page()
        page.close()
        go_online(elsewhere, cable)
        wake_worker(elsewhere, people.url)
        until(lambda: titled(around.api("organizer"), title))
        # Woken once more it sends nothing twice; and the page, when it is opened, shows it as arrived.
        wake_worker(elsewhere, people.url)
        back = another_tab(elsewhere, watch)
        expect(tile(back, title)).to_have_count(1)
        expect(under_way(back, EN)).to_have_count(0)
        assert back.evaluate(ON_DEVICE) == []
    assert len(titled(around.api("organizer"), title)) == 1


def test_an_answer_that_is_lost_and_a_page_that_is_killed_do_nothing_twice(
    people: People, around: People, cable: Cable, watch: Watch
) -> None:
    page = page_of(people, "participant, English")
    title = "Sent, taken, and never answered"
    with watch.accepting_lost_connections():
        write_idea(page, EN, "A first one that goes well")
        expect(page.get_by_role("heading", level=1, name="A first one that goes well")).to_be_visible()
        cable.loses_answers = True
        page.evaluate("history.back()")
        write_idea(page, EN, title)
        until(lambda: len(titled(around.api("organizer"), title)) == 1)
        assert [entry["state"] for entry in page.evaluate(ON_DEVICE)] == ["sending"]
        page.close()
        cable.cut()
        cable.loses_answers = False
        cable.mend()
        again = another_tab(page, watch)
        assert_all_sent(again)
        expect(tile(again, title)).to_have_count(1)
    assert len(titled(around.api("organizer"), title)) == 1


def test_a_server_killed_between_taking_and_answering_has_done_it_once(
    start_server: Callable[..., Serving], people_at: Callable[[str], People], watch: Watch
) -> None:
    port = free_port()
    serving = start_server(HOTHOUSE_PUBLIC_URL=f"http://127.0.0.1:{port}")
    cable = Cable(port, serving.port)
    people, around = people_at(f"http://127.0.0.1:{port}"), people_at(serving.url)
    page = page_of(people, "participant, English")
    title = next(one["title"] for one in read_board(page)["tiles"] if one["supported"] == "false")
    href = tile(page, title).get_by_role("link").first.get_attribute("href")
    assert href is not None
    idea = href.split("/idea/")[1]
    before = supporters(around.api("organizer"), idea)
    with watch.accepting_lost_connections():
        cable.loses_answers = True
        support_button(tile(page, title), EN).click()
        until(lambda: supporters(around.api("organizer"), idea) == before + 1)
        serving.kill()
        cable.cut()
        expect(
            tile(page, title).get_by_text(EN("ui_sending")).or_(tile(page, title).get_by_text(re.compile("Next try|Waiting")))
        ).to_be_visible()
        cable.loses_answers = False
        serving.start()
        cable.mend()
        assert_all_sent(page, 40)
        expect(support_button(tile(page, title), EN)).to_have_attribute("aria-pressed", "true")
    assert supporters(around.api("organizer"), idea) == before + 1
    cable.cut()


def test_two_tabs_share_one_queue(people: People, around: People, cable: Cable, watch: Watch) -> None:
    page = page_of(people, "participant, English")
    other = another_tab(page, watch)
    expect(other.locator("article.tile").first).to_be_visible()
    titles = ["Written in the first tab", "Written in the second tab"]
    with watch.accepting_lost_connections():
        go_offline(page, cable)
        write_idea(page, EN, titles[0])
        expect(under_way(other, EN)).to_contain_text(titles[0])
        write_idea(other, EN, titles[1])
        expect(under_way(page, EN)).to_have_count(2)
        go_online(page, cable)
        for tab in (page, other):
            expect(under_way(tab, EN)).to_have_count(0, timeout=BACK_WITHIN_MS)
            for title in titles:
                expect(tile(tab, title)).to_have_count(1, timeout=BACK_WITHIN_MS)
    assert [len(titled(around.api("organizer"), title)) for title in titles] == [1, 1]


def test_another_person_on_the_device_neither_sees_nor_sends_it(
    people: People, around: People, cable: Cable, watch: Watch
) -> None:
    page = page_of(people, "participant, English")
    title = "Nobody else is to send this"
    own = page.context.storage_state()["cookies"]
    with watch.accepting_lost_connections():
        write_offline(page, cable, title)
        # Someone else signs in on this device, while the first one's tab is still open.
        page.context.clear_cookies()
        page.context.add_cookies(people.states["executive"]["cookies"])  # type: ignore[arg-type]
        go_online(page, cable)
        other = another_tab(page, watch)
        expect(other.locator("article.tile").first).to_be_visible()
        expect(other.get_by_text(title)).to_have_count(0)
        other.goto("/waiting")
        expect(other.get_by_text(EN("wait_none_title"))).to_be_visible()
        other.wait_for_timeout(3_000)
        assert titled(around.api("organizer"), title) == []
        assert [entry["input"]["title"] for entry in other.evaluate(ON_DEVICE)] == [title]
        # Their own person comes back: it is there, and goes.
        page.context.clear_cookies()
        page.context.add_cookies(own)  # type: ignore[arg-type]
        other.goto(f"{JAM}?order=NEW")
        expect(tile(other, title)).to_have_count(1, timeout=BACK_WITHIN_MS)
    watch.faults = [fault for fault in watch.faults if "status of 409" not in fault]
    [found] = titled(around.api("organizer"), title)
    [me] = [around.api("participant, English").ask("{ viewer { id } }")["viewer"]["id"]]
    assert found["author"]["id"] == me


def test_a_session_that_ended_meanwhile_asks_to_sign_in_and_keeps_everything(
    people: People, around: People, cable: Cable, watch: Watch
) -> None:
    page = page_of(people, "participant, English")
    title = "Kept until I am back"
    own = page.context.storage_state()["cookies"]
    with watch.accepting_lost_connections():
        write_offline(page, cable, title)
        page.context.clear_cookies()
        go_online(page, cable)
        expect(page.get_by_text(re.compile("You were signed out"))).to_be_visible(timeout=BACK_WITHIN_MS)
        expect(page.get_by_text(title)).to_have_count(0)
        page.context.add_cookies(own)  # type: ignore[arg-type]
        page.goto(f"{JAM}?order=NEW")
        expect(tile(page, title)).to_have_count(1, timeout=BACK_WITHIN_MS)
    watch.faults = [fault for fault in watch.faults if not re.search("status of 40[19]", fault)]
    assert len(titled(around.api("organizer"), title)) == 1


def test_a_phase_that_closed_meanwhile_is_explained_and_the_words_stay(
    start_server: Callable[..., Serving], people_at: Callable[[str], People], watch: Watch
) -> None:
    port = free_port()
    serving = start_server(HOTHOUSE_PUBLIC_URL=f"http://127.0.0.1:{port}")
    cable = Cable(port, serving.port)
    people, around = people_at(f"http://127.0.0.1:{port}"), people_at(serving.url)
    page = page_of(people, "participant, English", "phone")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    title = "Too late, and still not lost"
    with watch.accepting_lost_connections():
        write_offline(page, cable, title)
        jam = around.api("organizer").jam()
        around.api("organizer").do("closePhaseEarly", "ClosePhaseInput", jamId=jam["id"], phase=jam["phase"])
        go_online(page, cable)
        page.get_by_role("link", name=EN.like("wait_refused")).click(timeout=BACK_WITHIN_MS)
        expect(page.get_by_role("heading", name=EN("wait_title"))).to_be_visible()
        item = page.get_by_role("article")
        expect(item).to_contain_text(EN("wait_advice_closed"))
        expect(item).to_contain_text(title)
        item.get_by_role("button", name=EN("wait_copy")).click()
        assert title in page.evaluate("navigator.clipboard.readText()")

        page.goto("/")
        page.get_by_role("button", name=EN("home_sign_out")).click()
        asked = page.get_by_role("dialog", name=EN("wait_leave_title"))
        expect(asked).to_contain_text(title)
        asked.get_by_role("button", name=EN("wait_leave_stay")).click()
        expect(asked).to_have_count(0)
        page.get_by_role("button", name=EN("home_sign_out")).click()
        asked.get_by_role("button", name=EN("wait_leave_keep")).click()
        expect(page.get_by_role("heading", name=EN("entry_sign_in"))).to_be_visible()
        assert [entry["input"]["title"] for entry in page.evaluate(ON_DEVICE)] == [title]
        expect(page.get_by_text(re.compile("You were signed out"))).to_have_count(0)
    assert titled(around.api("organizer"), title) == []
    cable.cut()
