"""What every test shares."""

import os

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True)
if not os.environ.get("EXPLORE"):
    settings.load_profile("same")
"""Property tests try the same examples in each run, so that a change is judged by what it changed; EXPLORE=1 tries new ones."""

os.environ.setdefault("HOTHOUSE_OVERLOAD", "false")
"""A machine that runs many tests at once is pressed, and what is tested must not be refused for it; tests/overload turns it on."""


@pytest.fixture
def anyio_backend() -> str:
    """The server runs on asyncio only, and so do its tests."""
    return "asyncio"


LONG = (
    "faults/",
    "web/test_kill",
    "web/test_company",
    "live/",
    "themes/",
    "clustering/",
    "leasing/",
    "journal/",
    "inviting/",
    "web/",
    "e2e/test_offline",
    "e2e/test_push",
    "e2e/test_accessibility",
    "e2e/test_interruptions",
)
"""What takes longest, much of it in waiting for processes to come and go. Begun first, none of it is left alone at the end of a run
in several processes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    place = item.nodeid.removeprefix("tests/")
    return next((turn for turn, long in enumerate(LONG) if place.startswith(long)), len(LONG))
