"""Notes whatever goes wrong in a page: uncaught errors, errors on the console, and what the page's policy refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page

NETWORK = re.compile(r"net::ERR_|WebSocket connection to|status of 50[234]")
"""What Chromium writes on the console while a connection is gone: no fault of the page."""

NOTE_VIOLATIONS = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy refused ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`))"""


class Watch:
    """Collects the faults of pages; `accepting_lost_connections` lets those pass that come from a connection cut on purpose."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._lets_network_pass = False

    def look_at(self, page: Page) -> None:
        """Notes everything from now on."""
        page.add_init_script(NOTE_VIOLATIONS)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: uncaught {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        if message.type != "error" or (self._lets_network_pass and NETWORK.search(message.text)):
            return
        self.faults.append(f"{page.url}: {message.text} ({message.location.get('url', '')})")

    @contextmanager
    def accepting_lost_connections(self) -> Iterator[None]:
        """While a connection is cut on purpose."""
        self._lets_network_pass = True
        yield
        self._lets_network_pass = False

    def assert_nothing_went_wrong(self) -> None:
        """Fails with every fault noted since the last call."""
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)
