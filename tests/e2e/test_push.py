"""Notifications from the tap that asks for them to the tap that follows one: a real server, a push service of our own that
decrypts, and the browser's own service worker. What stands in for the browser's push service (no test machine reaches it) is
its subscription alone: an endpoint and keys of ours.
"""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.audits import over_the_edge, settle, violations
from tests.e2e.people import JAM, SLUG, Language, People
from tests.e2e.words import EN, HE, Words
from tests.e2e.workers import wake
from tests.push.receiving import PushService, pushing, raw

SUBSCRIPTION = """([endpoint, key, secret]) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  const agreed = (publicKey) => publicKey && {
    endpoint,
    options: { applicationServerKey: bytes(publicKey).buffer },
    toJSON: () => ({ endpoint, keys: { p256dh: key, auth: secret } }),
    unsubscribe: async () => { localStorage.removeItem('agreed'); return true; },
  };
  PushManager.prototype.getSubscription = async () => agreed(localStorage.getItem('agreed'));
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem('agreed', applicationServerKey);
    return agreed(applicationServerKey);
  };
}"""
"""What a browser's push service would give; everything else is the browser's own."""

TOLD_WITHIN_S = 90.0
"""What happened waits half a minute for more."""


@contextmanager
def service() -> Iterator[PushService]:
    """A push service on a thread of its own, for Playwright has this one."""
    found: list[PushService] = []
    is_ready, is_over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with pushing() as made:
            found.append(made)
            is_ready.set()
            while not is_over.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert is_ready.wait(10)
    yield found[0]
    is_over.set()
    thread.join(10)


def letter(pushes: PushService, name: str) -> dict[str, Any]:
    """The first letter that the server sends there."""
    deadline = time.monotonic() + TOLD_WITHIN_S
    while not pushes.letters(name):
        assert time.monotonic() < deadline, "nothing was told"
        time.sleep(0.2)
    return pushes.letters(name)[0]


def browser(people: People, pushes: PushService, persona: str, name: str, language: Language, is_granted: bool = True) -> Page:
    """A phone with a service worker, in which notifications are allowed."""
    page = people.page(persona, "phone", language, offline_copy=True)
    if is_granted:
        page.context.grant_permissions(["notifications"], origin=people.url)
    one = pushes.browser(name)
    arguments = json.dumps([pushes.endpoint(name), one.key, "MDEyMzQ1Njc4OWFiY2RlZg"])
    assert raw("MDEyMzQ1Njc4OWFiY2RlZg") == one.secret
    page.add_init_script(f"({SUBSCRIPTION})({arguments})")
    return page


def open_settings(page: Page, say: Words) -> None:
    page.goto(f"{JAM}/me")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("tab", name=say("me_settings")).click()


def look_over(page: Page) -> None:
    """Checks the part at the widths of a phone and a desktop, on a screen so high that no bar lies over any of it."""
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 3_000})
        settle(page)
        assert over_the_edge(page) == []
        assert violations(page, "section[aria-labelledby=push-title]") == []
    page.set_viewport_size({"width": 360, "height": 740})


def deliver(page: Page, url: str, told: dict[str, Any]) -> None:
    """Hands a message to the service worker as the browser does when its push service brings one."""
    wake(page, url, "deliverPushMessage", data=json.dumps(told))


def shown(page: Page) -> list[dict[str, Any]]:
    """The notifications that lie there."""
    found: list[dict[str, Any]] = page.evaluate(
        """navigator.serviceWorker.ready.then((worker) => worker.getNotifications()).then((all) =>
          all.map(({ title, body, lang, dir, tag, silent }) => ({ title, body, lang, dir, tag, silent })))"""
    )
    return found


@pytest.mark.parametrize(
    ("persona", "language", "say"), [("participant, English", "en", EN), ("participant, Hebrew", "he", HE)]
)
def test_from_the_tap_that_asks_to_the_tap_that_follows(
    people: People, persona: str, language: Language, say: Words, tmp_path: Path
) -> None:
    with service() as pushes:
        page = browser(people, pushes, persona, language, language)
        jam = people.api(persona).jam()
        mine = people.api(persona).post_idea(jam["id"], jam["topics"][0]["id"], f"Benches in the sun {language}")
        open_settings(page, say)
        part = page.get_by_role("region", name=say("push_title"))
        expect(part.get_by_text(say("push_is_off"))).to_be_visible()
        part.get_by_role("button", name=say("push_turn_on")).click()
        expect(part.get_by_text(say("push_is_on"))).to_be_visible()
        expect(part.get_by_text(say("push_here"), exact=True)).to_be_visible()
        part.get_by_role("checkbox", name=say("push_quiet_on")).uncheck()
        part.get_by_role("checkbox", name=say("push_words_on")).check()
        look_over(page)
        part.screenshot(path=tmp_path / f"settings-{language}.png")

        people.api("moderator").comment(mine, "Near the pond, please.")
        told = letter(pushes, language)
        assert (told["lang"], told["dir"]) == (language, "rtl" if language == "he" else "ltr")
        assert f"Benches in the sun {language}" in told["body"]

        deliver(page, people.url, told)
        page.wait_for_timeout(500)
        [one] = shown(page)
        assert one == {**{name: told[name] for name in ("title", "body", "lang", "dir", "tag")}, "silent": False}
        deliver(page, people.url, told)
        page.wait_for_timeout(500)
        [again] = shown(page)
        assert again == one | {"silent": True}, "the same once more takes its own place without a sound"

        [worker] = page.context.service_workers
        worker.evaluate(
            """async () => {
              const [notification] = await self.registration.getNotifications();
              self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
            }"""
        )
        page.wait_for_url(f"**/jam/{SLUG}/idea/{mine}")
        assert shown(page) == []

        open_settings(page, say)
        part.get_by_role("button", name=say("push_turn_off")).click()
        expect(part.get_by_text(say("push_is_off"))).to_be_visible()


CHANGED = """async ([old, endpoint, p256dh, auth]) => {
  const event = new ExtendableEvent('pushsubscriptionchange');
  event.oldSubscription = { endpoint: old };
  event.newSubscription = { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) };
  self.dispatchEvent(event);
}"""


def test_whoever_gets_a_new_address_from_the_browser_is_told_there(people: People) -> None:
    """The browser changes a subscription by itself, perhaps with no page open: the service worker passes it on."""
    with service() as pushes:  # for somebody who was told nothing else within the quarter of an hour
        page = browser(people, pushes, "moderator", "old", "he")
        jam = people.api("moderator").jam()
        mine = people.api("moderator").post_idea(jam["id"], jam["topics"][0]["id"], "A bell for the yard")
        open_settings(page, HE)
        part = page.get_by_role("region", name=HE("push_title"))
        part.get_by_role("button", name=HE("push_turn_on")).click()
        expect(part.get_by_text(HE("push_is_on"))).to_be_visible()
        part.get_by_role("checkbox", name=HE("push_quiet_on")).uncheck()

        [worker] = page.context.service_workers
        new = pushes.browser("new")
        given = [pushes.endpoint("old"), pushes.endpoint("new"), new.key, "MDEyMzQ1Njc4OWFiY2RlZg"]
        with page.context.expect_event("requestfinished", lambda request: request.url.endswith("/graphql")):
            worker.evaluate(CHANGED, given)
        people.api("participant, English").comment(mine, "Near the gate, please.")
        letter(pushes, "new")
        assert pushes.letters("old") == []
        part.get_by_role("button", name=HE("push_turn_off")).click()
        expect(part.get_by_text(HE("push_is_off"))).to_be_visible()


def test_nobody_is_asked_before_they_tap_and_a_no_is_respected(people: People) -> None:
    with service() as pushes:
        page = browser(people, pushes, "participant, English", "phone", "en", is_granted=False)
        page.add_init_script("window.asked = 0; Notification.requestPermission = async () => (window.asked++, 'default');")
        jam = people.api("participant, English").jam()
        mine = people.api("participant, English").post_idea(jam["id"], jam["topics"][0]["id"], "A quiet corner")
        page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => window.told ?? 'default' });")
        page.goto(JAM)
        page.goto(f"{JAM}/idea/{mine}")
        offer = page.get_by_role("region", name=EN("push_title"))
        expect(offer).to_be_visible()
        assert page.evaluate("window.asked") == 0
        offer.get_by_role("button", name=EN("push_turn_on")).click()
        expect(offer.get_by_text(EN("push_not_agreed"))).to_be_visible()
        assert page.evaluate("window.asked") == 1
        offer.get_by_role("button", name=EN("push_not_now")).click()
        expect(offer).to_be_hidden()
        page.reload()
        expect(page.get_by_role("heading", name="A quiet corner")).to_be_visible()
        page.wait_for_timeout(500)
        expect(offer).to_be_hidden()
        assert pushes.asked == 0


def test_what_the_browser_forbids_is_said_with_the_way_out(people: People) -> None:
    with service() as pushes:
        page = browser(people, pushes, "participant, English", "phone", "en", is_granted=False)
        page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' });")
        open_settings(page, EN)
        expect(page.get_by_text(EN("push_blocked"))).to_be_visible()
        expect(page.get_by_role("button", name=EN("push_turn_on"))).to_be_hidden()
