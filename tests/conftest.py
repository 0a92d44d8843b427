"""What every test shares."""

import os

import pytest

os.environ.setdefault("HOTHOUSE_OVERLOAD", "false")
"""A machine that runs many tests at once is pressed, and what is tested must not be refused for it; tests/overload turns it on."""


@pytest.fixture
def anyio_backend() -> str:
    """The server runs on asyncio only, and so do its tests."""
    return "asyncio"
