"""Waking a page's service worker by the browser's own tools, as the browser does when its time has come."""

import time

from playwright.sync_api import Page

FOUND_WITHIN_S = 20.0


def wake(page: Page, url: str, method: str, **told: object) -> None:
    """Calls `ServiceWorker.<method>` of the DevTools protocol for the service worker of `url`; any page of the browser will do."""
    tools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    deadline = time.monotonic() + FOUND_WITHIN_S
    while not registrations:
        assert time.monotonic() < deadline, "this browser has no service worker"
        page.wait_for_timeout(50)
    tools.send(f"ServiceWorker.{method}", {"origin": url, "registrationId": registrations[-1], **told})
    tools.detach()
