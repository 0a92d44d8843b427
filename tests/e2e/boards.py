"""Reading the board of a page, and finding things on it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.words import Words

READ = """() => ({
  tiles: [...document.querySelectorAll('article.tile')].map((tile) => ({
    title: tile.querySelector('h2').textContent.trim(),
    body: tile.querySelector('.body').textContent,
    by: tile.querySelector('.by').firstElementChild.textContent,
    marks: tile.querySelector('.marks')?.textContent ?? '',
    counts: [...tile.querySelectorAll('.foot bdi.figures')].map((count) => count.textContent),
    supported: tile.querySelector('.support button').getAttribute('aria-pressed'),
    theme: tile.querySelector('.theme')?.textContent ?? '',
    lang: tile.querySelector('h2').lang, dir: tile.querySelector('h2').dir,
  })),
  pulse: [...document.querySelectorAll('.pulse dl div')].slice(1).map((row) => row.textContent),
  topics: [...document.querySelectorAll('.pulse li')].map((row) => row.textContent),
})"""


PILL = ".live .place button"


def read_board(page: Page) -> dict[str, Any]:
    """What the board shows: every tile in order with texts and counts, and the counts beside the board (not who is here)."""
    read: dict[str, Any] = page.evaluate(READ)
    return read


def titles(page: Page) -> list[str]:
    """The titles on the board, in order."""
    return [tile["title"] for tile in read_board(page)["tiles"]]


def open_board(page: Page, address: str) -> None:
    """Goes to a board, and waits until its ideas are there."""
    page.goto(address)
    expect(page.locator("article.tile").first).to_be_visible()


def tile(page: Page, title: str) -> Locator:
    """The tile of an idea on the board or in a list."""
    return page.locator("article.tile").filter(has=page.get_by_role("link", name=title, exact=True))


def support_button(place: Page | Locator, say: Words) -> Locator:
    """The button that gives or takes back support, whatever it says now."""
    given, taken = say.like("board_withdraw").pattern, say.like("board_support").pattern
    return place.get_by_role("button", name=re.compile(f"{given}|{taken}"))


def support_count(place: Page | Locator, say: Words) -> int:
    """The count on the support button."""
    return int(support_button(place, say).locator("bdi.figures").inner_text().replace(",", ""))


def show_what_waits(page: Page) -> None:
    """Taps the pill with what is new and moved, where there is one."""
    pill = page.locator(PILL)
    if pill.count():
        pill.click()
        expect(pill).to_have_count(0)


def wait_for_tile(page: Page, title: str) -> Locator:
    """The tile of a new idea, at once or behind the pill with what waits."""
    found, pill = tile(page, title), page.locator(PILL)
    expect(found.or_(pill).first).to_be_visible()
    show_what_waits(page)
    expect(found).to_be_visible()
    return found


def id_in(address: str) -> str:
    """The idea's id in the address of its page."""
    return address.split("/idea/")[1].split("?")[0].split("#")[0]
