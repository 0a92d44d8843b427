"""The product in a real browser: a real server, people signed in at it, and a watch over everything that goes wrong.

One store is made for the whole run: the sample jam with its themes, everyone signed in. Each server starts on a copy of it.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, StorageState

from tests.e2e.mailbox import Mailbox
from tests.e2e.people import SLUG, Api, People, enter
from tests.e2e.serving import ROOT, Serving
from tests.e2e.watching import Watch

QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
PERSONAS = ("participant, English", "participant, Hebrew", "moderator", "executive", "organizer", "first organizer")
THEMES_WITHIN_S = 120.0


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, or the one named by $CHROMIUM."""
    return {"executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium", "args": QUIET.split(), "headless": True}


@dataclass(frozen=True)
class Seed:
    """A store with the sample jam and its themes; `states` are the cookies of everyone signed in at it."""

    data: Path
    states: dict[str, StorageState]


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory, playwright: Playwright, worker_id: str) -> Seed:
    """Made once, by whichever process of the run comes first: everything that `hothouse serve --sample` does at its first
    start, until every idea has its theme.
    """
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.fail("The page has not been built: run `make setup` first.")
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "seed"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        states = folder / "states.json"
        if not states.exists():
            states.write_text(json.dumps(_planted(folder / "store", playwright)))
        return Seed(folder / "store", json.loads(states.read_text()))


def _planted(data: Path, playwright: Playwright) -> dict[str, StorageState]:
    """Makes the store; returns the cookies of everyone."""
    serving = Serving(data, {"HOTHOUSE_THEME_WORKERS": "1"}).start()
    try:
        links = serving.links()
        states = {persona: enter(playwright, serving.url, links[persona]) for persona in PERSONAS}
        _wait_for_themes(playwright, serving.url, states["executive"])
    finally:
        serving.stop()
    return states


def _wait_for_themes(playwright: Playwright, url: str, state: StorageState) -> None:
    api = Api(playwright.request.new_context(base_url=url, storage_state=state, extra_http_headers={"X-Hothouse": "1"}))
    document = "query($slug: String!) { jam(slug: $slug) { themes { id } themeRun { backlog } } }"
    deadline = time.monotonic() + THEMES_WITHIN_S
    while True:
        jam = api.ask(document, slug=SLUG)["jam"]
        if jam["themes"] and jam["themeRun"]["backlog"] == 0:
            break
        assert time.monotonic() < deadline, f"no themes within {THEMES_WITHIN_S:.0f} s"
        time.sleep(0.3)
    api.requests.dispose()


@pytest.fixture(scope="session")
def start_server(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Serving]]:
    """Starts a server on a copy of the seed; ends it with the run."""
    started: list[Serving] = []

    def start(**environment: str) -> Serving:
        data = tmp_path_factory.mktemp("server") / "store"
        shutil.copytree(seed.data, data)
        started.append(Serving(data, environment).start())
        return started[-1]

    yield start
    for serving in started:
        serving.stop()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Where the mails of the shared server go."""
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="session")
def serving(start_server: Callable[..., Serving], mailbox: Mailbox) -> Serving:
    """The server that most tests share."""
    return start_server(HOTHOUSE_SMTP_URL=mailbox.url, HOTHOUSE_THEME_WORKERS="1")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test if anything went wrong in one of its pages."""
    noted = Watch()
    yield noted
    noted.assert_nothing_went_wrong()


@pytest.fixture
def people_at(browser: Browser, playwright: Playwright, seed: Seed, watch: Watch) -> Iterator[Callable[[str], People]]:
    """Everyone signed in, at a server of one's own."""
    made: list[People] = []

    def at(url: str) -> People:
        made.append(People(browser, playwright, url, seed.states, watch))
        return made[-1]

    yield at
    for people in made:
        people.close()


@pytest.fixture
def people(people_at: Callable[[str], People], serving: Serving) -> People:
    """Everyone signed in, at the shared server."""
    return people_at(serving.url)
