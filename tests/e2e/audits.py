"""What is checked on every page and dialog: axe finds nothing, nothing runs over the edge, nothing is too small to touch."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.people import SIZES, Size
from tests.e2e.serving import ROOT

UNFINISHED = ".skeleton:not(ul + div > .skeleton), [aria-busy=true]"
"""What stands for something on its way; the one at a list's end waits until it is scrolled to."""

AT_REST = """() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => new Promise(requestAnimationFrame))
  .then(() => Promise.allSettled(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity)
    .map((one) => one.finished)))"""
RUN = """([within, only]) => axe.run(document.querySelector(within), only ? { runOnly: only } : { rules: { 'target-size': { enabled: true } } })
  .then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.slice(0, 4).map((node) =>
    `${node.target.join(' ')}: ${node.failureSummary.split('\\n').slice(1, 2).join('').trim()}`) })))"""
OVER_THE_EDGE = """() => document.scrollingElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (right > innerWidth + 1 || left < -1);
  }).slice(0, 8).map((element) => `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 40)}`)"""


@cache
def _axe() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def settle(page: Page) -> None:
    """Waits until the page shows what it has to show, and nothing moves any more."""
    expect(page.locator("h1").first).to_be_attached()
    expect(page.locator(UNFINISHED)).to_have_count(0)
    page.evaluate(AT_REST)


def violations(page: Page, within: str, *only: str) -> list[dict[str, Any]]:
    """What axe finds in an element (with WCAG 2.2's target size), or what it finds by some rules only."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(RUN, [within, list(only) or None])
    return found


def over_the_edge(page: Page) -> list[str]:
    """Elements because of which the page scrolls sideways."""
    found: list[str] = page.evaluate(OVER_THE_EDGE)
    return found


SHOW_ALL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { content-visibility: visible !important }');
  document.adoptedStyleSheets = [sheet];
}"""
"""What a browser leaves undrawn below the screen keeps its old colours, and axe would take them for the page's."""


def lasting(page: Page, within: str) -> list[dict[str, Any]]:
    """Contrasts that are too low, and still are a moment later: Chromium may tell of an element's old colour just after the
    scheme has changed, when another look finds the new one.
    """
    found = violations(page, within, "color-contrast")
    if found:
        page.wait_for_timeout(500)
        found = violations(page, within, "color-contrast")
    return found


def resize(page: Page, size: Size) -> None:
    """Makes the window as large as a phone or a desktop."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


def audit(page: Page, within: str = "html", *, sizes: Iterable[Size] = SIZES, dark: bool = False) -> None:
    """Checks a part of the page as it is now, on a desktop and on a phone, in light and, if asked, in dark colours."""
    faults: list[Any] = []
    for size in sizes:
        resize(page, size)
        settle(page)
        faults += [(size, "over the edge", element) for element in over_the_edge(page)]
        page.evaluate(SHOW_ALL)
        settle(page)
        faults += [(size, fault) for fault in violations(page, within)]
        if dark:
            page.emulate_media(color_scheme="dark")
            page.evaluate(AT_REST)
            faults += [(size, "dark", fault) for fault in lasting(page, within)]
            page.emulate_media(color_scheme="light")
    assert not faults, "\n".join(str(fault) for fault in faults)
