"""Newcomers wait for their turn on a pressed server; who was here before, and who runs the jam, comes in."""

from contextlib import aclosing
from html.parser import HTMLParser

import httpx
import pytest

from server.overload.levels import Level
from tests.overload.pressing import press, shut
from tests.web.running import OURS, Site

pytestmark = pytest.mark.anyio
PAGE = {"Accept": "text/html,application/xhtml+xml"}
ROOM = "hothouse_place"


def let_in_so_many(site: Site, many: float) -> None:
    """From now on there is room for so many, and no more comes."""
    room = site.server.overload.room
    room._room = many
    room.move = lambda now, per_s: None  # type: ignore[method-assign]


def turn_comes(site: Site) -> None:
    """Room comes for all who wait."""
    room = site.server.overload.room
    room._until = max(room._waiting, default=room._until)
    room._waiting.clear()


async def visit(site: Site, client: httpx.AsyncClient, path: str = "/jam/town", **headers: str) -> httpx.Response:
    return await client.get(f"{site.url}{path}", headers=PAGE | headers)


def is_waiting(answer: httpx.Response) -> bool:
    """Whether it is the page of the waiting room; the page itself may not have been built, which answers 503 too."""
    return 'class="place"' in answer.text


class Checker(HTMLParser):
    """Collects what a page needs and how its parts are written."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[tuple[str | None, str | None]] = []
        self.loads: list[str] = []
        self.nonces: set[str | None] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.sections.append((given.get("lang"), given.get("dir")))
        if tag in ("script", "style"):
            self.nonces.add(given.get("nonce"))
        self.loads += [str(given[name]) for name in ("src",) if name in given] + ([tag] if tag == "link" else [])


async def test_newcomers_wait_in_their_order_and_are_let_in(site: Site) -> None:
    press(site, Level.HEAVY)
    let_in_so_many(site, 1)
    async with httpx.AsyncClient() as lucky, httpx.AsyncClient() as first, httpx.AsyncClient() as second:
        assert not is_waiting(await visit(site, lucky))
        answers = [await visit(site, client) for client in (first, second)]
        assert [is_waiting(answer) for answer in answers] == [True, True]
        assert all(answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1 for answer in answers)
        assert ">Your place in the queue: 1<" in answers[0].text
        assert ">Your place in the queue: 2<" in answers[1].text
        assert ">Your place in the queue: 1<" in (await visit(site, first)).text, "looking again costs nobody their place"
        assert site.server.overload.room.waiting == 2
        turn_comes(site)
        assert not is_waiting(await visit(site, first))
        assert ROOM not in first.cookies, "a ticket is used once"
        assert not is_waiting(await visit(site, first)), "who was let in comes in again"
        assert not is_waiting(await visit(site, lucky))
        async with httpx.AsyncClient() as third:
            assert is_waiting(await visit(site, third))
            press(site, Level.FULL)
            assert is_waiting(await visit(site, third))


async def test_who_was_here_before_and_who_runs_the_jam_need_not_wait(site: Site) -> None:
    async with httpx.AsyncClient() as before:
        await visit(site, before)
        async with aclosing(await site.signed_in("pmod")) as moderator, aclosing(await site.signed_in("pada")) as ada:
            for client in (moderator, ada):
                client.cookies.delete("hothouse_pass")
            press(site, Level.FULL)
            let_in_so_many(site, 0)
            assert not is_waiting(await visit(site, before))
            assert not is_waiting(await visit(site, moderator))
            assert is_waiting(await visit(site, ada))


async def test_signing_in_waits_with_a_place_that_the_page_shows(site: Site) -> None:
    press(site, Level.HEAVY)
    let_in_so_many(site, 0)
    link = await site.server.links.make("pada", "/")
    token = {"token": link.split("#")[1]}
    async with httpx.AsyncClient(headers=OURS) as client:
        answer = await client.post(f"{site.url}/auth/enter", json=token)
        assert answer.status_code == 503
        told = answer.json()
        assert (told["code"], told["place"]) == ("Waiting", 1)
        assert told["retryAfterSeconds"] <= int(answer.headers["retry-after"])
        turn_comes(site)
        assert (await client.post(f"{site.url}/auth/enter", json=token)).status_code == 200, (
            "the link was not used up by waiting"
        )


async def test_what_is_no_newcomer_is_not_asked_to_wait(site: Site) -> None:
    press(site, Level.FULL)
    let_in_so_many(site, 0)
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{site.url}/healthz")).status_code == 200
        assert (await client.get(f"{site.url}/assets/none.js", headers={"Accept": "*/*"})).status_code == 404
        assert (await client.get(f"{site.url}/auth/ways")).status_code == 200


async def test_a_ticket_of_ones_own_making_is_worth_nothing(site: Site) -> None:
    press(site, Level.FULL)
    let_in_so_many(site, 0)
    async with httpx.AsyncClient() as client:
        await visit(site, client)
        forged = client.cookies[ROOM][:-2] + "AA"
    for name in (ROOM, "hothouse_pass"):
        async with httpx.AsyncClient(cookies={name: forged}) as other:
            assert is_waiting(await visit(site, other))


@pytest.mark.parametrize(("asked", "first"), [("he-IL,he;q=0.9,en;q=0.8", "he"), ("en-GB", "en"), ("iw", "he"), ("", "en")])
async def test_the_page_speaks_both_languages_and_loads_nothing(site: Site, asked: str, first: str) -> None:
    press(site, Level.HEAVY)
    let_in_so_many(site, 0)
    async with httpx.AsyncClient() as client:
        answer = await visit(site, client, **{"Accept-Language": asked})
    checker = Checker()
    checker.feed(answer.text)
    assert checker.sections[0] == (first, {"he": "rtl", "en": "ltr"}[first])
    assert {one for one, _ in checker.sections} == {"en", "he"}
    assert checker.loads == []
    (nonce,) = checker.nonces
    assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
    assert "no-store" in answer.headers["cache-control"]
    assert len(answer.text) < 5_000


async def test_files_that_take_long_are_not_made_for_anybody(site: Site) -> None:
    async with aclosing(await site.signed_in("porg")) as organizer:
        path = f"{site.url}/export/town.csv"
        assert (await organizer.get(path)).status_code == 200
        press(site, Level.HEAVY)
        refused = await organizer.get(path)
        assert refused.status_code == 503
        assert refused.json()["what"] == "HEAVY_QUERIES"
        assert int(refused.headers["retry-after"]) >= 1


async def test_a_moderator_who_is_not_in_yet_is_let_through_by_the_console_page(site: Site) -> None:
    async with aclosing(await site.signed_in("pmod")) as moderator:
        shut(site)
        let_in_so_many(site, 0)
        moderator.cookies.delete("hothouse_pass")
        assert not is_waiting(await visit(site, moderator, "/jam/town/console"))
